"""Getting a run back: `workspace` brings its code into a directory, `today` says what has changed since.

`rerun` runs its command there, `verdict` compares what came of both.
"""
