"""An approver's day: what waits in two piles, one case after the other, and what is said when one goes back."""

from core.domain.reviews.changes import Returned, since_return
from core.domain.reviews.duplicates import duplicates
from core.domain.reviews.phrases import composed, phrases, remove_phrase, save_phrase, title_of
from core.domain.reviews.piles import KINDS, Place, check_kind, numbers_of, place_of, set_out
from core.domain.reviews.queue import CLEAN, CLOSER, MOST, Waiting, judged, reasons_of, waiting
from core.domain.reviews.tables import phrase, pile

__all__ = [
    "CLEAN",
    "CLOSER",
    "KINDS",
    "MOST",
    "Place",
    "Returned",
    "Waiting",
    "check_kind",
    "composed",
    "duplicates",
    "judged",
    "numbers_of",
    "phrase",
    "phrases",
    "pile",
    "place_of",
    "reasons_of",
    "remove_phrase",
    "save_phrase",
    "set_out",
    "since_return",
    "title_of",
    "waiting",
]
