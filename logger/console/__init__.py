"""What a run prints: captured below Python, passed on unchanged, recorded.

While a run is open, the file descriptors 1 and 2 of its process lead to a small process of its own, the pump, which
writes every byte to where it would have gone and a copy into the store. So the output of C libraries and of
subprocesses is in the record too, and what was printed the instant before a SIGKILL still arrives, at the terminal and
in the record.

    choice     whether to record
    capture    in the script: where the descriptors lead
    beside     in a notebook's kernel: copies of what its streams are given
    pump       the process that passes on and records
    lines      bytes to lines: progress bars become their last state
    record     lines to files
    reading    files to lines, without ever reading more than is looked at
"""
