"""Other trackers' files read into a store: MLflow, TensorBoard, W&B, trackio.

Nothing of theirs has to be installed, and nothing of theirs is changed. A run keeps its id where a store can have it,
else it gets one that is made of its own, so that what has been imported is known when it is met again.
"""
