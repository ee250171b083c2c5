"""The adapters against the real libraries, each running its library's own quick start; a missing one is skipped."""
