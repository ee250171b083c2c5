"""What a person would do at the end of a sweep: put the first model to use and the best one up next."""

from __future__ import annotations

from logger.store import registry, series
from logger.store.connection import writing
from logger.store.locate import Store
from tui_tracker.demo.plan import MODEL
from tui_tracker.model import formats


def announce(store: Store) -> None:
    """Move the first registered version to Production and the newest, which is the best, to Staging.

    Versions that somebody has moved meanwhile stay where they are. Raises StoreError.
    """
    with writing(store) as connection:
        if not any(model.name == MODEL for model in registry.models(connection)):
            return
        versions = registry.versions(connection, MODEL)
        if not versions or any(version.stage != registry.NO_STAGE for version in versions):
            return
        newest, first = versions[0], versions[-1]
        registry.transition(
            connection,
            MODEL,
            first.version,
            registry.PRODUCTION,
            archive_existing=False,
            reason="the first model of the sweep, as a baseline",
        )
        if newest.version == first.version:
            return
        accuracy = series.metrics(connection, newest.run_id)["val/acc"].max if newest.run_id else None
        registry.transition(
            connection,
            MODEL,
            newest.version,
            registry.STAGING,
            archive_existing=False,
            reason=f"the best val/acc of the sweep: {formats.number(accuracy)}",
        )
        registry.set_alias(connection, MODEL, "challenger", newest.version)
