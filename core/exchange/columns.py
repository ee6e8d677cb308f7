"""The columns of a household list: how their cells are read, whose facts they are, what their headers say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from core.domain.people import CATEGORIES, INDICATORS, id_numbers, values
from core.text import Text

Of = Literal["household", "person", "row", "nothing"]

_NO_HINT = Text("", "")


@dataclass(frozen=True)
class Column:
    """A column: the name of what it fills, its header, other headers taken for it, whether a list must have it.

    A column ``of`` the household is read from the head's row and may be repeated, not contradicted, on the others.
    """

    name: str
    title: str
    read: Callable[[Any], Any]
    of: Of
    required: bool = True
    example: str = ""
    also: tuple[str, ...] = ()
    hint: Text = _NO_HINT

    @property
    def of_name(self) -> bool:
        """Whether its cells are names of persons."""
        return self.name in ("name", "head_name")


def _commune_code(value: Any) -> str | None:
    """A commune's five digits; a workbook that took them for a number dropped the zeros in front."""
    written = values.said(value)
    if not written:
        return None
    if not (written.isascii() and written.isdigit() and len(written) <= 5):
        raise values.Unreadable(Text("Mã xã có 5 chữ số, ví dụ 09187", "A commune's code has 5 digits, as 09187"))
    return written.zfill(5)


_TICK = Text("Ghi x nếu hộ thiếu hụt chỉ số này, để trống nếu không",
             "Write x where the household is deprived, else leave empty")

COLUMNS: tuple[Column, ...] = (
    Column("number", "STT", values.said, "nothing", False, "1", ("TT", "Số TT", "Số thứ tự")),
    Column("code", "Mã hộ", values.read_code, "row", True, "BN-0001", ("Mã số hộ", "Mã hộ gia đình")),
    Column("commune", "Mã xã", _commune_code, "row", False, "09187",
           ("Mã đơn vị hành chính", "Mã xã/phường", "Mã ĐVHC"),
           Text("5 chữ số; cần có khi nhập cho cả tỉnh", "5 digits; needed when a file is for a whole province")),
    Column("village", "Thôn", values.read_text, "household", True, "Khu 5", (
        "Thôn, xóm", "Thôn/xóm", "Xóm", "Ấp", "Bản", "Khu phố", "Tổ dân phố", "Thôn/tổ dân phố", "Thôn/bản",
        "Địa bàn")),
    Column("name", "Họ và tên", values.read_name, "person", True, "Nguyễn Văn Á",
           ("Họ tên", "Họ, tên", "Họ tên thành viên")),
    Column("relation", "Quan hệ với chủ hộ", values.read_relation, "person", True, "Chủ hộ",
           ("Quan hệ", "QH với chủ hộ"),
           Text("Chủ hộ, Vợ, Chồng, Con, Bố, Mẹ, Ông, Bà, Cháu, Anh, Chị, Em, Khác; mỗi hộ một chủ hộ",
                "Chủ hộ, Vợ, Chồng, Con, Bố, Mẹ, Ông, Bà, Cháu, Anh, Chị, Em, Khác; one Chủ hộ each household")),
    Column("birth", "Ngày sinh", values.read_birth, "person", True, "05/08/1968", (
        "Năm sinh", "Ngày, tháng, năm sinh", "Ngày tháng năm sinh"),
        Text("dd/mm/yyyy, hoặc chỉ năm", "dd/mm/yyyy, or the year alone")),
    Column("sex", "Giới tính", values.read_sex, "person", True, "Nam", ("Giới",), Text("Nam hoặc Nữ", "Nam or Nữ")),
    Column("ethnic", "Dân tộc", values.read_ethnic, "person", True, "Kinh", (),
           Text("Tên dân tộc", "The group's name")),
    Column("id_number", "Số định danh", id_numbers.read_id_number, "person", True, "027068001234", (
        "Số định danh cá nhân", "Số CCCD", "CCCD", "Số căn cước", "Số căn cước công dân", "Số CCCD/Số định danh",
        "Số CCCD/định danh"),
        Text("12 chữ số, định dạng ô là Văn bản", "12 digits, the cell formatted as Text")),
    Column("category", "Phân loại", values.read_category, "household", True, "Hộ nghèo",
           ("Phân loại hộ", "Loại hộ", "Diện hộ"),
           Text("Hộ nghèo, Hộ cận nghèo, Hộ mới thoát nghèo, Mức sống trung bình hoặc Không thuộc diện",
                "Hộ nghèo, Hộ cận nghèo, Hộ mới thoát nghèo, Mức sống trung bình or Không thuộc diện")),
    Column("score_a", "Điểm A", values.read_score, "household", True, "120", ("Điểm A (thu nhập)", "Tổng điểm A")),
    Column("score_b", "Điểm B", values.read_score, "household", True, "40", ("Điểm B (thiếu hụt)", "Tổng điểm B")),
    *(Column(f"deprived_{number}", f"Thiếu hụt {number}", values.read_tick, "household", True, "x",
             (f"Thiếu hụt {number:02}", f"Chỉ số {number}", indicator.title.vi), _TICK)
      for number, indicator in enumerate(INDICATORS, 1)),
    Column("decided_on", "Ngày công nhận", values.read_day, "household", True, "15/12/2025",
           ("Ngày quyết định", "Ngày QĐ"),
           Text("Ngày của quyết định công nhận", "The date of the decision that recognised it")),
    Column("decision_number", "Số quyết định", values.read_code, "household", True, "31/QĐ-UBND", ("Số QĐ",),
           Text("Bắt buộc khi phân loại thay đổi", "Needed when the category changes")),
    Column("decision_issuer", "Cơ quan quyết định", values.read_text, "household", False,
           "Chủ tịch UBND phường Kinh Bắc"),
    Column("line", "Chuẩn", values.read_line, "household", False, "Quốc gia", ("Chuẩn nghèo",), Text(
        "Quốc gia hoặc Tỉnh; để trống là Quốc gia", "Quốc gia or Tỉnh; empty is Quốc gia")),
    Column("residence", "Cư trú", values.read_residence, "household", False, "Thường trú", ("Tình trạng cư trú",)),
    Column("resident_since", "Cư trú từ ngày", values.read_day, "household", False, "01/02/2010", ("Cư trú từ",)),
    Column("set_up_on", "Lập hộ từ ngày", values.read_day, "household", False, "06/05/2012",
           ("Ngày lập hộ", "Lập hộ từ")),
    Column("causes", "Nguyên nhân nghèo", values.read_causes, "household", False, "Thiếu vốn", ("Nguyên nhân",)),
    Column("marks", "Ưu tiên", values.read_marks, "person", False, "NCC; NKT", ("Đối tượng ưu tiên", "Diện ưu tiên"),
           Text("NCC, BTXH, NKT, DTTS …, cách nhau bằng dấu chấm phẩy",
                "NCC, BTXH, NKT, DTTS …, with semicolons between")),
    Column("demands", "Nhu cầu", values.read_demands, "person", False, "Nhà ở", ("Nhu cầu hỗ trợ",)),
    Column("phone", "Điện thoại", values.read_phone, "household", False, "0912 345 678",
           ("Số điện thoại", "SĐT", "ĐT")),
    Column("size_said", "Số nhân khẩu", values.read_count, "household", False, "4",
           ("Nhân khẩu", "Số khẩu", "Số người trong hộ", "Tổng số nhân khẩu", "Số thành viên"),
           Text("Khi danh sách chỉ ghi chủ hộ, không ghi từng thành viên",
                "Where the list names the head and not each member")),
    Column("address", "Địa chỉ", values.read_address, "household", False, "Số 5 đường Thiên Đức", ("Nơi ở",)),
)



def _ticked(name: str, title: str, also: tuple[str, ...] = ()) -> Column:
    return Column(name, title, values.read_tick, "row", False, "x", also)


# Ways in which lists say with other columns what the columns above say; ``settle`` makes the one of the other.
_OTHERWISE: tuple[Column, ...] = (
    Column("head_name", "Họ và tên chủ hộ", values.read_name, "row", False, "Nguyễn Văn Á",
           ("Họ tên chủ hộ", "Tên chủ hộ", "Chủ hộ", "Họ và tên chủ hộ gia đình")),
    Column("birth_male", "Năm sinh nam", values.read_birth, "row", False, "1968", (
        "Năm sinh (Nam)", "Nam sinh năm", "Ngày sinh nam", "Ngày tháng năm sinh nam")),
    Column("birth_female", "Năm sinh nữ", values.read_birth, "row", False, "1970", (
        "Năm sinh (Nữ)", "Nữ sinh năm", "Ngày sinh nữ", "Ngày tháng năm sinh nữ")),
    _ticked("sex_male", "Giới tính nam", ("Nam",)),
    _ticked("sex_female", "Giới tính nữ", ("Nữ",)),
    *(_ticked(f"category_{code}", f"Phân loại: {known.title.vi}", (known.title.vi, *short)) for code, known, short in (
        (code, known, tuple(word for word in known.written if len(word) > 2))
        for code, known in CATEGORIES.items() if code != "none")),
    Column("deprived", "Các chỉ số thiếu hụt", values.read_indicators, "household", False, "1; 7; 10",
           ("Thiếu hụt", "Chỉ số thiếu hụt", "Các thiếu hụt", "Thiếu hụt các chỉ số"),
           Text("Số thứ tự các chỉ số, cách nhau bằng dấu chấm phẩy",
                "The numbers of the indicators, with semicolons")),
)

ALL_COLUMNS = (*COLUMNS, *_OTHERWISE)
BY_NAME = {column.name: column for column in ALL_COLUMNS}
