"""The closed lists of the register, each code with its words: how a list may write it, and how a page shows it.

Codes are stored, words are shown; a word is recognised without marks, case and outer blanks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from core.text import Text, fold


@dataclass(frozen=True)
class Code:
    """One code, its title, and the other ways in which lists write it."""

    code: str
    title: Text
    written: tuple[str, ...] = ()
    privacy: str = "personal"  # a class of ``core.fields.PRIVACY``


def _by_code(*codes: Code) -> dict[str, Code]:
    return {code.code: code for code in codes}


def words(*codes: Mapping[str, Code]) -> dict[str, str]:
    """Every way of writing a code, to the code: as written in small letters, and without marks where that names one
    code only
    («ba» is a father, «bà» a grandmother)."""
    exact: dict[str, str] = {}
    folded: dict[str, set[str]] = {}
    for code in (code for some in codes for code in some.values()):
        for word in (code.code, code.title.vi, code.title.en, *code.written):
            exact.setdefault(word.lower(), code.code)
            folded.setdefault(fold(word), set()).add(code.code)
    return {word: found.copy().pop() for word, found in folded.items() if len(found) == 1} | exact


def recognise(known: Mapping[str, str], said: str) -> str | None:
    """The code that ``said`` writes, by a dictionary of ``words``; None when there is none, or more than one."""
    return known.get(said.lower()) or known.get(fold(said))


# Decree 07/2021; the letters are those of the provinces' plans.
CATEGORIES = _by_code(
    Code("poor", Text("Hộ nghèo", "Poor"), ("nghèo", "N", "HN")),
    Code("near_poor", Text("Hộ cận nghèo", "Near-poor"), ("cận nghèo", "C", "CN", "HCN")),
    Code("newly_escaped", Text("Hộ mới thoát nghèo", "Newly escaped poverty"), ("mới thoát nghèo", "M", "HMTN", "MTN")),
    Code("average", Text("Mức sống trung bình", "Average living standard"),
         ("Hộ có mức sống trung bình", "Hộ mức sống trung bình", "TB", "MSTB", "HTB", "HMSTB")),
    Code("none", Text("Không thuộc diện", "On no list"),
         ("Không", "Không nghèo", "Hộ không nghèo", "Thoát nghèo", "Hộ thoát nghèo", "HTN", "HKN")),
)

LINES = _by_code(
    Code("national", Text("Chuẩn quốc gia", "National line"), ("quốc gia", "trung ương", "TW")),
    Code("provincial", Text("Chuẩn của tỉnh", "Provincial line"), ("tỉnh", "chuẩn tỉnh", "thành phố")),
)

RELATIONS = _by_code(
    Code("head", Text("Chủ hộ", "Head"), ("CH", "chủ", "bản thân", "chủ hộ gia đình")),
    Code("spouse", Text("Vợ/chồng", "Spouse"),
         ("vợ", "chồng", "vợ chủ hộ", "chồng chủ hộ", "vợ, chồng", "vợ hoặc chồng")),
    Code("child", Text("Con", "Child"), ("con đẻ", "con ruột", "con trai", "con gái", "con nuôi", "con riêng",
                                         "con chủ hộ")),
    Code("child_in_law", Text("Con dâu/rể", "Son- or daughter-in-law"), ("con dâu", "con rể", "dâu", "rể")),
    Code("parent", Text("Bố/mẹ", "Parent"), (
        "bố", "mẹ", "cha", "ba", "má", "cha/mẹ", "cha mẹ", "bố mẹ", "bố đẻ", "mẹ đẻ", "cha đẻ", "bố ruột", "mẹ ruột")),
    Code("parent_in_law", Text("Bố/mẹ vợ hoặc chồng", "Parent-in-law"), (
        "bố chồng", "mẹ chồng", "bố vợ", "mẹ vợ", "cha chồng", "cha vợ", "ba vợ", "ba chồng")),
    Code("grandparent", Text("Ông/bà", "Grandparent"), ("ông", "bà", "ông nội", "bà nội", "ông ngoại", "bà ngoại")),
    Code("grandchild", Text("Cháu", "Grandchild, nephew or niece"), (
        "cháu nội", "cháu ngoại", "cháu ruột", "cháu nội/ngoại", "chắt", "cháu gái", "cháu trai")),
    Code("sibling", Text("Anh/chị/em", "Sibling"), (
        "anh", "chị", "em", "anh ruột", "chị ruột", "em ruột", "anh trai", "chị gái", "em trai", "em gái", "em dâu",
        "em rể",
        "chị dâu", "anh rể", "anh chị em")),
    Code("other", Text("Khác", "Other"), ("quan hệ khác", "họ hàng", "ở nhờ", "người ở cùng", "chú", "bác", "cô", "dì",
                                          "cậu", "mợ")),
)

SEXES = _by_code(Code("male", Text("Nam", "Male"), ("trai", "nam giới")),
                 Code("female", Text("Nữ", "Female"), ("gái", "nữ giới")))

RESIDENCES = _by_code(
    Code("permanent", Text("Thường trú", "Permanent"), ("đăng ký thường trú", "KT1")),
    Code("temporary", Text("Tạm trú", "Temporary"), ("đăng ký tạm trú", "KT3", "KT2")),
)

# Whose the mark is decides where a list may write it: one of a person stands on that person's row.
PERSON_MARKS = _by_code(
    Code("NCC", Text("Người có công với cách mạng", "Person of merit"), ("người có công",)),
    Code("BTXH", Text("Đối tượng bảo trợ xã hội", "On monthly social protection"), ("bảo trợ xã hội",)),
    Code("NKT", Text("Người khuyết tật", "Person with a disability"), ("khuyết tật",),
         "health"),
    Code("NCT", Text("Người cao tuổi cô đơn, khó khăn", "Elderly, alone or in hardship"), ("người cao tuổi",)),
    Code("TNT", Text("Người lao động có thu nhập thấp", "Low-income worker"),
         ("lao động thu nhập thấp", "thu nhập thấp")),
    Code("HSSV", Text("Học sinh, sinh viên", "Pupil or student"), ("học sinh", "sinh viên")),
    Code("PN", Text("Phụ nữ mang thai hoặc nuôi con nhỏ", "Pregnant or nursing woman"), ("phụ nữ mang thai", "phụ nữ"),
         "health"),
    Code("TE", Text("Trẻ em", "Child")),
)
HOUSEHOLD_MARKS = _by_code(
    Code("DTTS", Text("Hộ đồng bào dân tộc thiểu số", "Ethnic-minority household"),
         ("dân tộc thiểu số", "hộ dân tộc thiểu số")),
    Code("CSXH", Text("Hộ chính sách xã hội", "Social-policy household"), ("chính sách xã hội",)),
    Code("KNLD", Text("Hộ không có khả năng lao động", "Household without anyone able to work"),
         ("không có khả năng lao động",)),
    Code("TT", Text("Vùng thường xuyên bị thiên tai", "In a place of frequent disasters"),
         ("thiên tai", "vùng thiên tai")),
)
MARKS = {**PERSON_MARKS, **HOUSEHOLD_MARKS}

# Unverified: the report forms count causes, their exact wording was not seen; other words are kept as "other".
CAUSES = _by_code(
    Code("no_land", Text("Không có đất sản xuất", "No land to work"), ("thiếu đất sản xuất", "thiếu đất")),
    Code("no_capital", Text("Không có vốn sản xuất, kinh doanh", "No capital"),
         ("thiếu vốn", "không có vốn", "thiếu vốn sản xuất")),
    Code("no_labour", Text("Không có lao động", "Nobody able to work"), ("thiếu lao động",)),
    Code("no_tools", Text("Không có công cụ, phương tiện sản xuất", "No tools"), (
        "thiếu công cụ", "thiếu phương tiện sản xuất", "không có công cụ/phương tiện sản xuất")),
    Code("no_knowledge", Text("Không có kiến thức về sản xuất", "No knowledge of production"), ("thiếu kiến thức",)),
    Code("no_skills", Text("Không có kỹ năng lao động, sản xuất", "No skills"), ("thiếu kỹ năng",)),
    Code("illness", Text("Có người ốm đau, bệnh nặng, tai nạn", "Illness or accident"), (
        "ốm đau", "bệnh nặng", "tai nạn", "ốm đau, bệnh nặng, tai nạn"), "health"),
    Code("other", Text("Nguyên nhân khác", "Another cause"), ("khác",)),
)


@dataclass(frozen=True)
class Indicator:
    """One of the twelve indicators of deprivation; its ``fact`` is ``household.deprived_…`` in criteria."""

    fact: str
    title: Text
    privacy: str = "personal"


# Decree 07/2021, in the order of form B; bit n-1 of ``household_category.deprivations`` is indicator n.
INDICATORS: tuple[Indicator, ...] = (
    Indicator("job", Text("Việc làm", "Employment")),
    Indicator("dependants", Text("Người phụ thuộc trong hộ", "Dependants")),
    Indicator("nutrition", Text("Dinh dưỡng", "Nutrition"), "health"),
    Indicator("insurance", Text("Bảo hiểm y tế", "Health insurance")),
    Indicator("adult_education", Text("Trình độ giáo dục của người lớn", "Education of adults")),
    Indicator("child_schooling", Text("Tình trạng đi học của trẻ em", "School attendance")),
    Indicator("housing", Text("Chất lượng nhà ở", "Quality of the house")),
    Indicator("housing_area", Text("Diện tích nhà ở bình quân đầu người", "Floor area a head")),
    Indicator("water", Text("Nguồn nước sinh hoạt", "Water")),
    Indicator("latrine", Text("Nhà tiêu hợp vệ sinh", "Sanitary latrine")),
    Indicator("telecom", Text("Sử dụng dịch vụ viễn thông", "Use of telecommunications")),
    Indicator("information", Text("Phương tiện phục vụ tiếp cận thông tin", "Means of information")),
)


def deprivation_list(mask: int | None) -> list[int]:
    """The numbers (1 to 12) of the indicators that a bit mask names."""
    return [number for number in range(1, len(INDICATORS) + 1) if mask and mask >> number - 1 & 1]


def deprivation_mask(numbers: list[int]) -> int:
    """The bit mask of indicator numbers (1 to 12)."""
    return sum(1 << number - 1 for number in set(numbers))


def indicator_set(on: date) -> str:
    """The set of indicators a review on this day scored by: Decree 07/2021 applies from 2022 to the end of 2026.

    The set of Decree 351/2025 (reviews used from 2027) was not seen in final form, so it has no code yet.
    """
    return "2021-12" if on >= date(2022, 1, 1) else "2016-10"
