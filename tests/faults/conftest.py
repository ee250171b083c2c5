"""Signals reach the processes that the tests start, wherever pytest itself was started."""

from __future__ import annotations

import signal

# In the background of a shell script an interrupt is ignored, and would be by every process that is started here.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
