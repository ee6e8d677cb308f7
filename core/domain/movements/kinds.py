"""The kinds of movement, each with its words and with what it asks for.

What a movement does to the register is in ``effects``; what it does to open cases is for the programmes to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from core.text import Text


@dataclass(frozen=True)
class Kind:
    """``asks`` names what has to be said beside the day: "decision" (its number and date) or "into" (a household)."""

    code: str
    title: Text
    does: Text
    asks: str = ""


_KINDS = (
    Kind("escaped", Text("Thoát nghèo", "Escaped poverty"),
         Text("Phân loại chuyển thành Hộ mới thoát nghèo theo quyết định", "The category becomes newly escaped, by "
              "decision"), "decision"),
    Kind("moved", Text("Chuyển đi nơi khác", "Moved away"),
         Text("Hộ không còn ở xã từ ngày này; cư trú chấm dứt", "The household left the commune on this day; its "
              "residence ends")),
    Kind("merged", Text("Nhập vào hộ khác", "Merged into another"),
         Text("Thành viên chuyển sang hộ kia; phân loại của hộ này chấm dứt", "The members join the other household; "
              "the category of this one ends"), "into"),
    Kind("died", Text("Cả hộ đã mất", "Died out"),
         Text("Ghi ngày mất cho các thành viên; phân loại chấm dứt", "The members' death is recorded; the category "
              "ends")),
    Kind("error", Text("Ghi nhầm vào sổ", "Recorded in error"),
         Text("Thông tin của hộ không còn được dùng; vẫn đọc lại được", "What was recorded is no longer believed; it "
              "stays readable")),
    Kind("stays", Text("Vẫn còn, danh sách bỏ sót", "Stays, the list left it out"),
         Text("Không thay đổi gì trong sổ", "Nothing changes in the register")),
)

KINDS: Mapping[str, Kind] = MappingProxyType({kind.code: kind for kind in _KINDS})
