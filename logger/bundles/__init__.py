"""A model version as one directory or archive, with all that belongs to it: to keep, to send, to import elsewhere.

    manifest.json     what this is, and the size and SHA-256 of every other file
    version.json      the version and its model: description, tags, stage, aliases, hash
    run.json          the run it came from: who, when, command, commit, params, tags, data, its files
    points.jsonl      every point of every metric, in order of arrival: {"key", "steps", "times", "values"} a line
    history.json      what was done to it
    card.md           all of it to read
    files/...         the artifact, under its path within the run

Times are epoch seconds, those of points epoch milliseconds. Values that are not finite are the strings "NaN",
"Infinity" and "-Infinity". In an archive all of it lies below one directory. What is read back is taken for hostile:
names stay below the directory, links and special files are refused, every byte is hashed before it counts.
"""

from logger.bundles.exporting import export_version
from logger.bundles.importing import Imported, import_version
from logger.bundles.layout import BundleError
from logger.bundles.reading import Verified, verify

__all__ = ["BundleError", "Imported", "Verified", "export_version", "import_version", "verify"]
