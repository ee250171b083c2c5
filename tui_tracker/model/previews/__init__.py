"""What an artifact holds, as far as a look at it needs: never executed, never unpickled, never all of it.

`reading.read_preview` takes a file of a run and gives a `Preview`, whose text is clean. Everything here is for a worker
thread, and takes bytes that may be hostile.
"""
