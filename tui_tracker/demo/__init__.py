"""`tracker-tui demo`: a small sweep of real models, trained on this machine, in processes of their own.

`plan` says what is trained, `network` is the model, `train` trains one (a process), `sweep` runs the
processes, `verdict` promotes what came out best, `errand` is the command.
"""
