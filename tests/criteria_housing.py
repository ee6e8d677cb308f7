"""The words of a housing programme, and a judge of one case, for the tests of criteria."""

from datetime import date

from core.criteria import Criterion, Fact, Verdict, compile, gather
from core.parameters import ParameterDeclaration, ParameterRow
from core.text import Text

CATEGORIES = {"N": Text("Hộ nghèo", "Poor household"), "C": Text("Hộ cận nghèo", "Near-poor household")}
SEXES = {"F": Text("Nữ", "Female"), "M": Text("Nam", "Male")}
FACTS = {fact.name: fact for fact in [
    Fact("household.category", "code", Text("Phân loại", "Category"), choices=CATEGORIES),
    Fact("household.marks", "codes", Text("Diện ưu tiên", "Marks")),
    Fact("household.set_up_on", "date", Text("Ngày lập hộ", "Set up on")),
    Fact("household.address", "text", Text("Địa chỉ", "Address")),
    Fact("answers.area", "integer", Text("Diện tích thiết kế", "Designed area"), unit=Text("m²", "m²")),
    Fact("answers.cost", "money", Text("Tổng chi phí", "Total cost")),
    Fact("answers.own", "money", Text("Vốn tự có", "Own contribution")),
    Fact("answers.helped", "yes_no", Text("Đã được hỗ trợ nhà ở", "Helped with housing before")),
    Fact("members", "table", Text("Thành viên", "Members"), columns=(
        Fact("birth", "date", Text("Ngày sinh", "Date of birth")),
        Fact("sex", "code", Text("Giới tính", "Sex"), choices=SEXES),
        Fact("income", "money", Text("Thu nhập", "Income")))),
]}
PARAMETERS = {each.name: each for each in [
    ParameterDeclaration("house_area", Text("Diện tích tối thiểu", "Least area"), "integer", Text("m²", "m²")),
    ParameterDeclaration("categories", Text("Đối tượng", "Who"), "codes", choices=CATEGORIES),
    ParameterDeclaration("set_up_before", Text("Lập hộ trước ngày", "Set up before"), "date"),
    ParameterDeclaration("need_rule", Text("Cách xét nhu cầu", "How need is judged"), "code",
                         choices={"and": Text("cả hai", "both"), "or": Text("một trong hai", "either")}),
]}
ON = date(2025, 9, 1)
SENTENCE = Text("Nhà đủ rộng", "The house is large enough")


def criterion(expression, **more):
    return Criterion("house", SENTENCE, expression, "Điều 3", **more)


def judge(expression, params=None, verified=True, **groups) -> Verdict:
    rows = {name: ParameterRow(name, value, None, None, 1, None, "121/KH-UBND", verified)
            for name, value in (params or {}).items()}
    return compile(criterion(expression), FACTS, PARAMETERS).judge(gather(on=ON, **groups), rows.get)
