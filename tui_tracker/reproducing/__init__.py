"""Getting a run back: `workspace` brings its code into a directory, `data` its data; `today` says what has changed.

`rerun` runs its command there, `verdict` compares what came of both.
"""
