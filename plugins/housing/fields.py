"""What is asked: the house as it is, the house that is planned, its cost by source, and the house as it was built."""

from collections.abc import Iterator

from core.toolkit import Field, Text

NOW = Text("Nhà ở hiện tại", "The present house")
BEFORE = Text("Hỗ trợ đã nhận", "Help received before")
PLAN = Text("Nhà ở dự kiến", "The planned house")
COST = Text("Kinh phí theo nguồn", "Cost by source")

DURABLE = (
    ("durable", Text("Bền chắc", "Durable")),
    ("not_durable", Text("Không bền chắc", "Not durable")),
)
KINDS = (
    ("new", Text("Xây mới", "New building")),
    ("repair", Text("Sửa chữa, nâng cấp", "Repair or upgrade")),
)

PARTS = (  # what makes each hard is said by Circular 01/2022/TT-BXD
    (
        "floor",
        Text("Nền, móng", "Foundation and floor"),
        Text(
            "Bền chắc (cứng): láng vữa xi măng, bê tông, gạch, đá, gỗ.",
            "Durable (hard): cement mortar, concrete, brick, stone or wood.",
        ),
    ),
    (
        "frame",
        Text("Khung, tường", "Frame and walls"),
        Text(
            "Bền chắc (cứng): khung bê tông cốt thép, sắt, thép, gỗ bền chắc; tường gạch, đá, gỗ bền chắc.",
            "Durable (hard): frame of reinforced concrete, iron, steel, solid wood; walls of brick, stone, solid wood.",
        ),
    ),
    (
        "roof",
        Text("Mái", "Roof"),
        Text(
            "Bền chắc (cứng): đỡ mái bằng bê tông cốt thép, sắt, thép, gỗ bền chắc; lợp vật liệu bền chắc.",
            "Durable (hard): carried by reinforced concrete, iron, steel or solid wood; covered with lasting material.",
        ),
    ),
)

HAS_HOUSE = ("has_house", (True,))
HELPED = ("helped_before", (True,))


def _durable_parts() -> Iterator[Field]:
    for part, label, help in PARTS:
        yield Field(
            f"present_{part}",
            "code",
            Text("{part} hiện tại", "Present {part}").format(part=Text(label.vi, label.en.lower())),
            help=help,
            required=True,
            choices=DURABLE,
            privacy="personal",
            shown_when=HAS_HOUSE,
            group=NOW,
        )


def _hard_parts(house: str, group: Text | None = None) -> Iterator[Field]:
    for part, label, help in PARTS:
        hard = Text("{part} cứng", "Hard {part}").format(part=Text(label.vi, label.en.lower()))
        yield Field(f"{house}_{part}_hard", "yes_no", hard, help=help, required=True, group=group)


def _money(name: str, label: Text, help: Text | None = None, privacy: str = "public") -> Field:
    return Field(name, "money", label, help=help, empty_means=0, privacy=privacy, group=COST)


PRESENT_HOUSE = (
    Field(
        "has_house",
        "yes_no",
        Text("Hộ có nhà ở", "The household has a house"),
        help=Text(
            "Chọn Không khi hộ ở nhờ, ở thuê hoặc không có chỗ ở.",
            "No when it lodges with others, rents or has no dwelling.",
        ),
        required=True,
        privacy="personal",
        group=NOW,
    ),
    *_durable_parts(),
    Field(
        "present_area",
        "integer",
        Text("Diện tích sử dụng hiện tại", "Present usable area"),
        unit="m²",
        required=True,
        minimum=1,
        maximum=1000,
        privacy="personal",
        shown_when=HAS_HOUSE,
        group=NOW,
    ),
    Field(
        "present_heads",
        "integer",
        Text("Số người đang ở trong nhà", "Persons living in the house"),
        required=True,
        minimum=1,
        maximum=50,
        privacy="personal",
        shown_when=HAS_HOUSE,
        group=NOW,
    ),
)

HELP_BEFORE = (
    Field(
        "helped_before",
        "yes_no",
        Text("Đã được hỗ trợ nhà ở trước đây", "Helped with a house before"),
        help=Text(
            "Từ bất kỳ chương trình, chính sách nào của Nhà nước hoặc đoàn thể.",
            "By any programme or policy of the State or of an organisation.",
        ),
        required=True,
        privacy="personal",
        group=BEFORE,
    ),
    Field(
        "helped_programme",
        "text",
        Text("Chương trình đã hỗ trợ", "The programme that helped"),
        privacy="personal",
        shown_when=HELPED,
        group=BEFORE,
    ),
    Field(
        "helped_year",
        "integer",
        Text("Năm được hỗ trợ", "Year of that help"),
        minimum=1975,
        maximum=2100,
        privacy="personal",
        shown_when=HELPED,
        group=BEFORE,
    ),
)

PLANNED_HOUSE = (
    Field(
        "kind",
        "code",
        Text("Hình thức", "Kind of work"),
        required=True,
        choices=KINDS,
        indexed=True,
        group=PLAN,
    ),
    Field(
        "planned_area",
        "integer",
        Text("Diện tích sử dụng dự kiến", "Planned usable area"),
        help=Text("Khi sửa chữa: diện tích sau khi sửa.", "Of a repair: the area after it."),
        unit="m²",
        required=True,
        minimum=1,
        maximum=1000,
        indexed=True,
        group=PLAN,
    ),
    Field(
        "planned_life",
        "integer",
        Text("Tuổi thọ dự kiến (năm)", "Planned service life (years)"),
        required=True,
        minimum=1,
        maximum=200,
        indexed=True,
        group=PLAN,
    ),
    *_hard_parts("planned", PLAN),
    Field(
        "planned_start",
        "date",
        Text("Ngày dự kiến khởi công", "Planned start of work"),
        group=PLAN,
    ),
)

COSTS = (
    Field(
        "planned_cost",
        "money",
        Text("Tổng chi phí theo dự toán", "Whole cost by the estimate"),
        help=Text("Bằng tổng các nguồn dưới đây.", "What the sources below come to."),
        required=True,
        minimum=1,
        indexed=True,
        group=COST,
    ),
    _money("money_central", Text("Ngân sách trung ương", "Central budget")),
    _money("money_local", Text("Ngân sách địa phương đối ứng", "Local counterpart budget")),
    _money("money_fatherland_front", Text("Quỹ Vì người nghèo", "Fund For the Poor")),
    _money("money_mobilised", Text("Nguồn vận động, tài trợ", "Mobilised and sponsored money")),
    _money("money_loan", Text("Vay Ngân hàng Chính sách xã hội", "Loan of the policy bank"), privacy="personal"),
    _money(
        "money_own",
        Text("Hộ tự đóng góp", "The household's own part"),
        Text(
            "Tiền, vật liệu và ngày công, quy ra đồng.",
            "Money, materials and days of labour, in đồng.",
        ),
        privacy="personal",
    ),
)

FIELDS = (*PRESENT_HOUSE, *HELP_BEFORE, *PLANNED_HOUSE, *COSTS)

AS_BUILT = (
    Field(
        "built_area",
        "integer",
        Text("Diện tích sử dụng thực tế", "Usable area as built"),
        unit="m²",
        required=True,
        minimum=1,
        maximum=1000,
    ),
    Field(
        "built_life",
        "integer",
        Text("Tuổi thọ căn nhà (năm)", "Service life of the house (years)"),
        required=True,
        minimum=1,
        maximum=200,
    ),
    *_hard_parts("built"),
)

LATER = (
    Field(
        "lived_in",
        "yes_no",
        Text("Hộ đang ở trong nhà này", "The household lives in this house"),
        required=True,
    ),
)
