"""The whole instance in one file, and from one file: taken while people work, restored on an empty machine.

A backup is a ZIP archive: ``tables/NAME.jsonl`` (one row a line, in any database's terms), ``files.tar`` (the papers),
``seals.json`` (as ``tiepsuc seal --export`` writes it) and ``manifest.json`` with the schema's version and the SHA-256
of each part. It holds everybody's data and, unless asked for, no key.
"""

from core.backup.parts import KEYS, Told
from core.backup.restoring import restore
from core.backup.writing import backup

__all__ = ["KEYS", "Told", "backup", "restore"]
