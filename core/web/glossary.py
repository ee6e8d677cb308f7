"""Legal terms as they are explained where they stand on a page: ``ui.term('near_poor')``, ``ui.terms('score_a', …)``.

A term is explained in a sentence an official would use, with the document it rests on. ``found`` says whether what is
written here was read in a public account of that document; where it was not, the page says that nobody has checked it.
Amounts and counts that a later document changes are written with the years they hold for; the program judges by its
parameters and never by these sentences.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask

from core.text import Text


@dataclass(frozen=True)
class Term:
    """One term: its name, what it means, the document, and whether that was found there."""

    name: Text
    meaning: Text
    source: str
    found: bool


_DECREE = "Nghị định 07/2021/NĐ-CP"
_CIRCULAR = "Thông tư 07/2021/TT-BLĐTBXH"

TERMS: dict[str, Term] = {
    "poor": Term(
        Text("Hộ nghèo", "Poor household"),
        Text(
            "Hộ có thu nhập bình quân đầu người từ chuẩn nghèo trở xuống và thiếu hụt từ 3 chỉ số trở lên.",
            "A household whose income per head is at or below the poverty line and that is deprived of 3 "
            "indicators or more.",
        ),
        _DECREE,
        found=True,
    ),
    "near_poor": Term(
        Text("Hộ cận nghèo", "Near-poor household"),
        Text(
            "Hộ có thu nhập bình quân đầu người từ chuẩn nghèo trở xuống, như hộ nghèo, nhưng thiếu hụt dưới 3 "
            "chỉ số. "
            "Đây không phải là hộ có thu nhập cao hơn hộ nghèo.",
            "A household whose income per head is at or below the poverty line, like a poor one, but that is "
            "deprived of "
            "fewer than 3 indicators. Its income is not higher than a poor household’s.",
        ),
        _DECREE,
        found=True,
    ),
    "newly_escaped": Term(
        Text("Hộ mới thoát nghèo", "Household newly escaped from poverty"),
        Text(
            "Hộ đã được công nhận thoát nghèo, trong vòng 36 tháng kể từ ngày công nhận.",
            "A household recognised as having escaped poverty, for 36 months from that day.",
        ),
        "Kế hoạch 228/KH-UBND ngày 24/11/2021 của UBND tỉnh Quảng Ninh",
        found=False,
    ),
    "poverty_line": Term(
        Text("Chuẩn nghèo", "Poverty line"),
        Text(
            "Mức thu nhập bình quân đầu người một tháng, cùng 12 chỉ số thiếu hụt. Đến hết 31/12/2026: 1,5 triệu "
            "đồng ở "
            "nông thôn, 2 triệu đồng ở thành thị.",
            "An income per head and month, together with 12 indicators. Until 31/12/2026: 1.5 million đồng in rural "
            "areas, 2 million in urban ones.",
        ),
        f"{_DECREE}; Nghị định 351/2025/NĐ-CP",
        found=True,
    ),
    "deprived": Term(
        Text("Thiếu hụt", "Deprived"),
        Text(
            "Hộ không đạt ngưỡng của một chỉ số. Có 12 chỉ số thuộc 6 chiều: việc làm, y tế, giáo dục, nhà ở, "
            "nước sạch "
            "và vệ sinh, thông tin. Mỗi chỉ số tính một lần cho cả hộ.",
            "The household falls short of an indicator. There are 12 in 6 dimensions: work, health, education, "
            "housing, "
            "water and sanitation, information. Each counts once for the household.",
        ),
        _DECREE,
        found=True,
    ),
    "score_a": Term(
        Text("Điểm A", "Points A"),
        Text(
            "Điểm ước lượng thu nhập theo phiếu rà soát, không phải số tiền hộ tự khai. Chuẩn 2022–2026: 140 điểm "
            "ở nông "
            "thôn, 175 điểm ở thành thị ứng với mức chuẩn nghèo.",
            "Points of the review form that estimate the income; not a declared amount. By the standard of "
            "2022–2026, 140 "
            "points in rural and 175 in urban areas stand for the poverty line.",
        ),
        _CIRCULAR,
        found=True,
    ),
    "score_b": Term(
        Text("Điểm B", "Points B"),
        Text(
            "Điểm thiếu hụt: mỗi chỉ số thiếu hụt được 10 điểm, nên 30 điểm là thiếu hụt 3 chỉ số.",
            "Points of deprivation: 10 for each indicator, so that 30 points are 3 indicators.",
        ),
        _CIRCULAR,
        found=True,
    ),
    "counterpart": Term(
        Text("Vốn đối ứng", "Counterpart"),
        Text(
            "Phần ngân sách địa phương góp cùng ngân sách trung ương; mức và tỷ lệ do Hội đồng nhân dân tỉnh quy định.",
            "What the local budget adds to the central one; the People’s Council of the province sets the amount "
            "or share.",
        ),
        "Nghị quyết của Hội đồng nhân dân tỉnh",
        found=False,
    ),
    "recurrent": Term(
        Text("Vốn sự nghiệp", "Recurrent capital"),
        Text(
            "Vốn chi thường xuyên của chương trình, để hỗ trợ trực tiếp cho hộ và người; khác vốn đầu tư phát "
            "triển, dùng "
            "cho công trình.",
            "The programme’s money for current spending, which supports households and persons directly; investment "
            "capital pays for public works.",
        ),
        "Thông tư 55/2023/TT-BTC",
        found=False,
    ),
}


def register(app: Flask) -> None:
    """Templates reach the terms through ``ui.term`` and ``ui.terms``."""
    app.jinja_env.globals.update(TERMS=TERMS)
