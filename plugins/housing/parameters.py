"""The legal values of the programme, each row with its document, its place, its days, and whether it was read there.

There are three layers: the national rule of the period 2021-2025; the plan of old Bắc Ninh for its term in that
period; and from 2026, while the norms of the period 2026-2035 are not known, what today's Bắc Ninh goes on with on
trial. Outside Bắc Ninh nothing is set from 2026 on, and a case there is told so.
"""

from datetime import date
from typing import Any

from core.toolkit import Declared, Row, Text

CIRCULAR = "Thông tư 01/2022/TT-BXD"
FINANCE = "Thông tư 01/2022/TT-BXD; Thông tư 55/2023/TT-BTC (mức tối đa)"
PLAN = "Kế hoạch 121/KH-UBND ngày 11/4/2023 của UBND tỉnh Bắc Ninh, mục 1.4"
TO_CONFIRM = "Chưa có văn bản; địa phương xác nhận"

PLAN_BEGINS, PERIOD_ENDS, TRIAL_BEGINS = date(2023, 4, 11), date(2025, 12, 31), date(2026, 1, 1)
OLD_BAC_NINH = ("27", date(2025, 1, 1))
OLD_BAC_GIANG = ("24", date(2025, 1, 1))
BAC_NINH = ("24", date(2025, 7, 1))  # the province of today, made of the two

KEPT = "Tạm áp dụng tiếp quy định của giai đoạn 2021-2025 để chạy thử; chờ quy định giai đoạn 2026-2035."
ASSUMED = "Giả định để chạy thử tại tỉnh Bắc Ninh; không phải mức theo văn bản."
METRES, YEARS, DAYS, MONTHS, PERCENT = (
    Text("m²", "m²"),
    Text("năm", "years"),
    Text("ngày", "days"),
    Text("tháng", "months"),
    Text("%", "%"),
)


def national(value: Any, source: str = CIRCULAR, *, verified: bool = True, note: str = "") -> Row:
    """A rule for the whole country until the end of 2025. From which day is left open: the gazette was not seen."""
    return Row(value, source, verified, valid_to=PERIOD_ENDS, note=note)


def planned(value: Any, *, verified: bool = True, note: str = "") -> Row:
    """A rule of the plan of old Bắc Ninh, for its term."""
    return Row(value, PLAN, verified, PLAN_BEGINS, PERIOD_ENDS, *OLD_BAC_NINH, note=note)


def kept(value: Any, source: str = CIRCULAR, place: tuple[str, date] = BAC_NINH) -> Row:
    """An old rule that goes on, on trial, from 2026."""
    return Row(value, source, False, TRIAL_BEGINS, None, *place, note=KEPT)


def assumed(value: Any) -> Row:
    """A value that no document gives, for the trial in today's Bắc Ninh alone."""
    return Row(value, TO_CONFIRM, False, None, None, *BAC_NINH, note=ASSUMED)


PLACE_AND_HOUSEHOLD = (
    Declared(
        "housing.runs",
        "yes_no",
        Text("Chương trình được thực hiện tại địa bàn", "The programme runs in the place"),
        rows=(
            national(
                None,
                verified=False,
                note="Chỉ các huyện nghèo; danh sách 74 huyện chưa được nhập, mỗi huyện cần một dòng «có».",
            ),
            planned(True),
            kept(True, PLAN, OLD_BAC_NINH),
            Row(True, TO_CONFIRM, False, TRIAL_BEGINS, None, *OLD_BAC_GIANG, note=ASSUMED),
        ),
    ),
    Declared(
        "housing.categories",
        "codes",
        Text("Diện hộ được hỗ trợ", "Categories that are helped"),
        choices={
            "poor": Text("Hộ nghèo", "Poor"),
            "near_poor": Text("Hộ cận nghèo", "Near-poor"),
            "newly_escaped": Text("Hộ mới thoát nghèo", "Newly escaped poverty"),
        },
        rows=(national(("poor", "near_poor")), kept(("poor", "near_poor"))),
    ),
    Declared(
        "housing.independent_years",
        "integer",
        Text("Số năm là hộ độc lập", "Years as an independent household"),
        unit=YEARS,
        rows=(national(3), kept(3)),
    ),
    Declared(
        "housing.programme_start",
        "date",
        Text("Ngày chương trình có hiệu lực", "Day the programme took effect"),
        rows=(
            national(
                "2022-01-18",
                "Quyết định 90/QĐ-TTg ngày 18/01/2022",
                verified=False,
                note="Ngày có hiệu lực theo ngày ký; chưa đối chiếu văn bản.",
            ),
            kept("2022-01-18", "Quyết định 90/QĐ-TTg ngày 18/01/2022"),
        ),
    ),
)

NEED = (
    Declared(
        "housing.need_join",
        "code",
        Text("Cách kết hợp điều kiện bền chắc và diện tích", "How durability and area are joined"),
        choices={
            "and": Text("không bền chắc và chật hẹp", "not durable and too small"),
            "or": Text("không bền chắc hoặc chật hẹp", "not durable or too small"),
        },
        rows=(
            national(
                "and",
                verified=False,
                note="Hai bản tóm tắt của thông tư viết khác nhau; cần đọc nguyên văn điều khoản.",
            ),
            kept("and"),
        ),
    ),
    Declared(
        "housing.area_per_head",
        "integer",
        Text("Diện tích bình quân đầu người được coi là chật hẹp", "Area a head below which a house is too small"),
        unit=METRES,
        rows=(national(8), kept(8)),
    ),
)

RESULT = (
    Declared(
        "housing.min_area",
        "integer",
        Text("Diện tích sử dụng tối thiểu", "Least usable area"),
        unit=METRES,
        rows=(
            national(30),
            planned(24),
            kept(24, PLAN, OLD_BAC_NINH),
            kept(30, CIRCULAR, OLD_BAC_GIANG),
        ),
    ),
    Declared(
        "housing.min_area_single",
        "integer",
        Text("Diện tích sử dụng tối thiểu của hộ một người", "Least usable area for one person alone"),
        unit=METRES,
        rows=(
            national(18, verified=False, note="Chưa đối chiếu văn bản."),
            planned(24, verified=False, note="Kế hoạch không nêu mức riêng cho hộ một người."),
            kept(24, PLAN, OLD_BAC_NINH),
            kept(18, CIRCULAR, OLD_BAC_GIANG),
        ),
    ),
    Declared(
        "housing.min_life",
        "integer",
        Text("Tuổi thọ tối thiểu của căn nhà", "Least service life"),
        unit=YEARS,
        rows=(
            national(20),
            planned(10),
            kept(10, PLAN, OLD_BAC_NINH),
            kept(20, CIRCULAR, OLD_BAC_GIANG),
        ),
    ),
)

MONEY = (
    Declared(
        "housing.central_new",
        "money",
        Text("Mức ngân sách trung ương hỗ trợ xây mới", "Norm of the central budget for a new house"),
        rows=(national(40_000_000, FINANCE), kept(40_000_000, FINANCE)),
    ),
    Declared(
        "housing.central_repair",
        "money",
        Text("Mức ngân sách trung ương hỗ trợ sửa chữa", "Norm of the central budget for a repair"),
        rows=(national(20_000_000, FINANCE), kept(20_000_000, FINANCE)),
    ),
    Declared(
        "housing.local_new",
        "money",
        Text("Mức đối ứng của địa phương khi xây mới", "Norm of the local counterpart for a new house"),
        help=Text("Do Hội đồng nhân dân tỉnh quyết định.", "Set by the provincial People's Council."),
        rows=(assumed(20_000_000),),
    ),
    Declared(
        "housing.local_repair",
        "money",
        Text("Mức đối ứng của địa phương khi sửa chữa", "Norm of the local counterpart for a repair"),
        help=Text("Do Hội đồng nhân dân tỉnh quyết định.", "Set by the provincial People's Council."),
        rows=(assumed(10_000_000),),
    ),
)


def _percent(name: str, label: Text, value: int) -> Declared:
    return Declared(name, "integer", label, unit=PERCENT, rows=(assumed(value),))


def _days(name: str, label: Text, value: int) -> Declared:
    return Declared(name, "integer", label, unit=DAYS, rows=(assumed(value),))


SCHEDULE = (
    _percent("housing.share_foundation", Text("Tỷ lệ chi sau khi xong nền, móng", "Share after the foundation"), 30),
    _percent("housing.share_frame_roof", Text("Tỷ lệ chi sau khi xong khung, mái", "Share after frame and roof"), 40),
    _percent("housing.share_repair", Text("Tỷ lệ chi khi đã khởi công sửa chữa", "Share once a repair has begun"), 50),
    _days("housing.days_foundation", Text("Số ngày đến kiểm tra nền, móng", "Days to the check of the foundation"), 30),
    _days(
        "housing.days_frame_roof",
        Text("Số ngày đến kiểm tra khung, mái", "Days to the check of frame and roof"),
        45,
    ),
    _days("housing.days_repair", Text("Số ngày đến kiểm tra khởi công", "Days to the check of a repair begun"), 15),
    _days("housing.days_finished", Text("Số ngày đến kiểm tra đã xong", "Days to the check that it is done"), 120),
    _days("housing.days_completion", Text("Số ngày từ khi xong đến nghiệm thu", "Days from then to its check"), 30),
    Declared(
        "housing.late_check_months",
        "integer",
        Text("Số tháng sau hoàn thành thì kiểm tra lại", "Months from completion to the late check"),
        unit=MONTHS,
        rows=(assumed(12),),
    ),
)

PARAMETERS = (*PLACE_AND_HOUSEHOLD, *NEED, *RESULT, *MONEY, *SCHEDULE)
