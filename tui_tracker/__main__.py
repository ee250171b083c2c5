"""`python -m tui_tracker` is `tracker-tui`."""

import sys

from tui_tracker.cli import main

sys.exit(main())
