"""What happened, appended only: one chain of hashes for each case, and seals that tie all chains into one.

The hash of a row is the SHA-256 of the exact UTF-8 bytes in ``body``, which holds the hash of the row before. The
head of each chain stands on the case. Personal values stand in ``body`` as salted digests only; the values lie beside
it in ``history_value``, so that they can be restricted without breaking the chain.
"""

from core.domain.history.appending import Entry, Happened, acts, append, digest, has, of_case
from core.domain.history.sealing import heads, seal_new, take_over, taken_over, unsealed
from core.domain.history.tables import history, history_value, seal, seal_takeover
from core.domain.history.verifying import Broken, Head, verify

__all__ = [
    "Broken",
    "Entry",
    "Happened",
    "Head",
    "acts",
    "append",
    "digest",
    "has",
    "heads",
    "history",
    "history_value",
    "of_case",
    "seal",
    "seal_new",
    "seal_takeover",
    "take_over",
    "taken_over",
    "unsealed",
    "verify",
]
