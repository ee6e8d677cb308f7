"""Who is helped, whether the present house is bad enough, and what the new one must be, as planned and as built."""

from core.toolkit import Criterion, Text

CIRCULAR = "Thông tư 01/2022/TT-BXD"
RECEIPTS = "Đối chiếu số liệu trong hồ sơ"

TWO_OF_THREE_NOT_DURABLE = """(
    answers.present_floor == "not_durable" and answers.present_frame == "not_durable"
    or answers.present_floor == "not_durable" and answers.present_roof == "not_durable"
    or answers.present_frame == "not_durable" and answers.present_roof == "not_durable"
)"""
TOO_SMALL = "answers.present_area < params.housing.area_per_head * answers.present_heads"
ASKED_FOR = "answers.money_central + answers.money_local + answers.money_fatherland_front + answers.money_mobilised"


def large_enough(area: str) -> str:
    """The area asked of a house, which may be smaller for somebody living alone."""
    return (
        f"household.size == 1 and {area} >= params.housing.min_area_single"
        f" or household.size != 1 and {area} >= params.housing.min_area"
    )


def within_norm(source: str) -> str:
    """Money of a source stays within its norm for the kind of work; nothing asked needs no norm."""
    return (
        f"answers.money_{source} == 0 or answers.money_{source} > 0 and ("
        f'answers.kind == "new" and answers.money_{source} <= params.housing.{source}_new'
        f' or answers.kind == "repair" and answers.money_{source} <= params.housing.{source}_repair)'
    )


WHO = (
    Criterion(
        "category",
        Text("Là hộ nghèo hoặc hộ cận nghèo theo chuẩn quốc gia", "Poor or near-poor by the national line"),
        "household.category in params.housing.categories",
        source=CIRCULAR,
        stage="registry",
    ),
    Criterion(
        "residence",
        Text("Đang cư trú trên địa bàn", "Lives in the place"),
        'household.residence in ("permanent", "temporary")',
        source=CIRCULAR,
        stage="registry",
    ),
    Criterion(
        "place",
        Text("Địa bàn được thực hiện chương trình", "The programme runs in this place"),
        "params.housing.runs",
        source=CIRCULAR,
        stage="registry",
    ),
    Criterion(
        "independent",
        Text(
            "Là hộ độc lập đủ số năm trước khi chương trình có hiệu lực",
            "An independent household for long enough before the programme took effect",
        ),
        "add_years(household.set_up_on, params.housing.independent_years) <= params.housing.programme_start",
        source=CIRCULAR,
        stage="registry",
    ),
    Criterion(
        "first_help",
        Text("Chưa được chương trình, chính sách nào hỗ trợ nhà ở", "No programme has helped with a house before"),
        "not answers.helped_before",
        source=CIRCULAR,
    ),
)

NEED = (
    Criterion(
        "need",
        Text(
            "Chưa có nhà ở, hoặc nhà ở không bền chắc, chật hẹp",
            "Has no house, or one that is not durable and too small",
        ),
        f"""not answers.has_house or answers.has_house and (
            params.housing.need_join == "and" and {TWO_OF_THREE_NOT_DURABLE} and {TOO_SMALL}
            or params.housing.need_join == "or" and ({TWO_OF_THREE_NOT_DURABLE} or {TOO_SMALL}))""",
        source=CIRCULAR,
        verified=False,  # one summary of the circular joins the two with "and", another lists them
    ),
)

RESULT = (
    Criterion(
        "area",
        Text("Diện tích dự kiến đạt mức tối thiểu", "The planned area reaches the least area"),
        large_enough("answers.planned_area"),
        source=CIRCULAR,
    ),
    Criterion(
        "service_life",
        Text("Tuổi thọ dự kiến đạt mức tối thiểu", "The planned service life reaches the least"),
        "answers.planned_life >= params.housing.min_life",
        source=CIRCULAR,
    ),
    Criterion(
        "three_hard",
        Text("Nhà dự kiến bảo đảm “3 cứng”", "The planned house has three hard parts"),
        "answers.planned_floor_hard and answers.planned_frame_hard and answers.planned_roof_hard",
        source=CIRCULAR,
    ),
)

MONEY = (
    Criterion(
        "cost_adds_up",
        Text("Các nguồn cộng lại bằng tổng chi phí", "The sources add up to the whole cost"),
        f"{ASKED_FOR} + answers.money_loan + answers.money_own == answers.planned_cost",
        source=RECEIPTS,
    ),
    Criterion(
        "asks_support",
        Text("Có đề nghị hỗ trợ từ ít nhất một nguồn", "Asks at least one source for support"),
        f"{ASKED_FOR} > 0",
        source=RECEIPTS,
    ),
    Criterion(
        "central_norm",
        Text("Không vượt mức ngân sách trung ương hỗ trợ", "Within the norm of the central budget"),
        within_norm("central"),
        source="Thông tư 55/2023/TT-BTC",
    ),
    Criterion(
        "local_norm",
        Text("Không vượt mức đối ứng của địa phương", "Within the norm of the local counterpart"),
        within_norm("local"),
        source="Nghị quyết của Hội đồng nhân dân tỉnh",
        verified=False,  # no resolution has been seen
    ),
)

AS_BUILT = (
    Criterion(
        "built_area",
        Text("Diện tích thực tế đạt mức tối thiểu", "The area as built reaches the least area"),
        large_enough("visit.built_area"),
        source=CIRCULAR,
        point="completion",
    ),
    Criterion(
        "built_service_life",
        Text("Tuổi thọ căn nhà đạt mức tối thiểu", "The service life of the house reaches the least"),
        "visit.built_life >= params.housing.min_life",
        source=CIRCULAR,
        point="completion",
    ),
    Criterion(
        "built_three_hard",
        Text("Nhà hoàn thành bảo đảm “3 cứng”", "The finished house has three hard parts"),
        "visit.built_floor_hard and visit.built_frame_hard and visit.built_roof_hard",
        source=CIRCULAR,
        point="completion",
    ),
)

CRITERIA = (*WHO, *NEED, *RESULT, *MONEY, *AS_BUILT)
