"""Funds, what is allocated to them, and what cases have been promised of them. No fund is ever overspent.

The balances stand on the fund and are kept by the same transaction that writes the rows; a check in the database is the
last guard. Two approvers at once queue on the lock of the fund.
"""

from core.domain.budget.accounts import allocate, allocations, commitments_of, create_fund, find_fund, funds
from core.domain.budget.promises import EFFECTS, REQUIREMENTS, Left, Share, asked, left_for, left_for_all, of_case
from core.domain.budget.reserving import release, reserve, reserved_for
from core.domain.budget.tables import CAPITALS, SOURCES, allocation, commitment, fund, reservation

__all__ = [
    "CAPITALS",
    "EFFECTS",
    "REQUIREMENTS",
    "SOURCES",
    "Left",
    "Share",
    "allocate",
    "allocation",
    "allocations",
    "asked",
    "commitment",
    "commitments_of",
    "create_fund",
    "find_fund",
    "fund",
    "funds",
    "left_for",
    "left_for_all",
    "of_case",
    "release",
    "reservation",
    "reserve",
    "reserved_for",
]
