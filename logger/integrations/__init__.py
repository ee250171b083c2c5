"""Adapters for training libraries, each a module of its own that imports its library: take the one you need.

    from logger.integrations.lightning import TrackerLogger        Trainer(logger=TrackerLogger("churn"))
    from logger.integrations.transformers import TrackerCallback   Trainer(..., callbacks=[TrackerCallback("churn")])
    from logger.integrations.keras import TrackerCallback          model.fit(..., callbacks=[TrackerCallback("churn")])
    from logger.integrations.xgboost import TrackerCallback        xgb.train(..., callbacks=[TrackerCallback("churn")])
    from logger.integrations.lightgbm import TrackerCallback       lgb.train(..., callbacks=[TrackerCallback("churn")])
    from logger.integrations.optuna import TrackerCallback         study.optimize(callbacks=[TrackerCallback("churn")])
    from logger.integrations.sklearn import log_search             log_search(GridSearchCV(...).fit(x, y), "churn")
    from logger.integrations.tensorboard import SummaryWriter      in the place of torch.utils.tensorboard's

All of them log to the active run where there is one, and start one otherwise, which they then also finish.
"""
