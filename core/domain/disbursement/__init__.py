"""Paying a case in instalments, each after its monitoring step, out of what the funds have promised it."""

from core.domain.disbursement.parts import Part, paid_from, parts_of
from core.domain.disbursement.paying import FIELDS, pay, why_not
from core.domain.disbursement.planning import EFFECTS, REQUIREMENTS, WAIT, ask_next, next_payment, of_case, passed_steps
from core.domain.disbursement.tables import instalment, passed_step, payment
from core.domain.disbursement.waiting import Need, needed_by_fund, payable

__all__ = [
    "EFFECTS",
    "FIELDS",
    "REQUIREMENTS",
    "WAIT",
    "Need",
    "Part",
    "ask_next",
    "instalment",
    "needed_by_fund",
    "next_payment",
    "of_case",
    "paid_from",
    "parts_of",
    "passed_step",
    "passed_steps",
    "pay",
    "payable",
    "payment",
    "why_not",
]
