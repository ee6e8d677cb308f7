"""The programme as one table: whom it is for, what it asks and judges, what it pays after which check."""

from core.toolkit import Instalment, Paper, Programme, Step, Support, Text
from plugins.housing.criteria import CRITERIA
from plugins.housing.fields import AS_BUILT, FIELDS, LATER
from plugins.housing.parameters import PARAMETERS

NEW = ("kind", ("new",))
REPAIR = ("kind", ("repair",))

PAPERS = (
    Paper(
        "application",
        Text("Đơn đề nghị hỗ trợ nhà ở", "Application for help with a house"),
        required_for=("propose", "approve"),
        help=Text(
            "Có chữ ký hoặc điểm chỉ của đại diện hộ.",
            "Signed, or with the fingerprint of, whoever speaks for the household.",
        ),
    ),
    Paper(
        "recognition",
        Text("Quyết định công nhận hộ nghèo, hộ cận nghèo", "Decision that recognises the poor or near-poor household"),
        issued_by_us="category",
    ),
    Paper(
        "house_photo",
        Text("Ảnh nhà ở hiện tại", "Photograph of the present house"),
        required_for=("propose", "approve"),
        when=("has_house", (True,)),
    ),
    Paper(
        "estimate",
        Text("Dự toán hoặc bảng kê chi phí", "Estimate or list of costs"),
        required_for=("propose", "approve"),
    ),
    Paper(
        "land",
        Text("Giấy tờ đất ở hoặc văn bản đồng ý cho xây dựng", "Paper on the land, or consent to build on it"),
        help=Text("Khi hộ xây trên đất của người khác.", "When the household builds on somebody else's land."),
        when=NEW,
    ),
)

SUPPORTS = (
    Support("central", "recurrent", Text("Ngân sách trung ương", "Central budget"), "money_central"),
    Support("local", "recurrent", Text("Ngân sách địa phương đối ứng", "Local counterpart budget"), "money_local"),
    Support("fatherland_front", "recurrent", Text("Quỹ Vì người nghèo", "Fund For the Poor"), "money_fatherland_front"),
    Support("mobilised", "recurrent", Text("Nguồn vận động, tài trợ", "Mobilised money"), "money_mobilised"),
)

STEPS = (
    Step(
        "foundation",
        Text("Kiểm tra nền, móng", "Check of the foundation"),
        due="housing.days_foundation",
        photos=1,
        when=NEW,
    ),
    Step(
        "frame_roof",
        Text("Kiểm tra khung, tường, mái", "Check of frame, walls and roof"),
        due="housing.days_frame_roof",
        after="foundation",
        photos=1,
        when=NEW,
    ),
    Step(
        "repair_begun",
        Text("Kiểm tra khởi công sửa chữa", "Check that the repair has begun"),
        due="housing.days_repair",
        photos=1,
        when=REPAIR,
    ),
    Step(
        "finished",
        Text("Kiểm tra đã làm xong", "Check that the work is done"),
        due="housing.days_finished",
        photos=1,
    ),
    Step(
        "completion",
        Text("Nghiệm thu nhà hoàn thành", "Check of the finished house against the standard"),
        due="housing.days_completion",
        after="finished",
        fields=AS_BUILT,
        point="completion",
        photos=1,
        gates=("finish_monitoring",),
    ),
    Step(
        "late_check",
        Text("Kiểm tra sau khi đưa vào sử dụng", "Check of the house in use"),
        due="housing.late_check_months",
        after="completion",
        unit="months",
        fields=LATER,
        gates=("close",),
    ),
)

INSTALMENTS = (
    Instalment(
        "foundation",
        Text("Sau khi xong nền, móng", "After the foundation"),
        share="housing.share_foundation",
        after="foundation",
        when=NEW,
    ),
    Instalment(
        "frame_roof",
        Text("Sau khi xong khung, tường, mái", "After frame, walls and roof"),
        share="housing.share_frame_roof",
        after="frame_roof",
        when=NEW,
    ),
    Instalment(
        "repair_begun",
        Text("Khi đã khởi công sửa chữa", "Once the repair has begun"),
        share="housing.share_repair",
        after="repair_begun",
        when=REPAIR,
    ),
    Instalment(
        "finished",
        Text("Sau khi làm xong", "Once the work is done"),
        share=None,
        after="finished",
    ),
)

PROGRAMME = Programme(
    code="housing",
    title=Text("Hỗ trợ nhà ở", "Housing support"),
    summary=Text(
        "Xây mới hoặc sửa chữa nhà ở cho hộ nghèo, hộ cận nghèo, trả theo giai đoạn xây dựng.",
        "New houses and repairs for poor and near-poor households, paid by stages of the work.",
    ),
    subject="household",
    workflow="support",
    fields=FIELDS,
    criteria=CRITERIA,
    papers=PAPERS,
    supports=SUPPORTS,
    instalments=INSTALMENTS,
    steps=STEPS,
    parameters=PARAMETERS,
    counts_on="application",
)
