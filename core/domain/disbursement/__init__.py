"""Paying a case in instalments, each after its monitoring step, out of what the funds have promised it."""

from core.domain.disbursement.paying import FIELDS, pay, why_not
from core.domain.disbursement.planning import EFFECTS, REQUIREMENTS, WAIT, ask_next, next_payment, of_case, passed_steps
from core.domain.disbursement.tables import instalment, passed_step, payment

__all__ = [
    "EFFECTS",
    "FIELDS",
    "REQUIREMENTS",
    "WAIT",
    "ask_next",
    "instalment",
    "next_payment",
    "of_case",
    "passed_step",
    "passed_steps",
    "pay",
    "payment",
    "why_not",
]
