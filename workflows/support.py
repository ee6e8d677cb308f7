"""The way of a case of support: proposed, approved, disbursed, monitored, closed.

| who           | brings a case from              | to        |
|---------------|---------------------------------|-----------|
| officer       | draft, returned                 | proposed  |
| approver      | proposed                        | approved, returned, rejected |
| approver      | approved, nothing paid yet      | revoked   |
| the payments  | approved                        | disbursed |
| the checks    | disbursed                       | monitored |
| officer       | monitored                       | closed    |
"""

from datetime import date

from core.toolkit import (
    DECISION_FIELDS,
    Declared,
    Field,
    Guard,
    Row,
    State,
    Text,
    Transition,
    Wait,
    Workflow,
)

EVERYBODY = ("officer", "approver", "accountant", "monitor", "manager", "auditor")
OFFICE = ("officer", "manager", "auditor")
DECIDING = ("officer", "approver", "manager", "auditor")

COMMENT = Field("comment", "long_text", Text("Ý kiến", "Comment"), maximum=2000, privacy="personal")
REQUIRED_COMMENT = Field(
    "comment",
    "long_text",
    Text("Nội dung cần bổ sung, sửa", "What to add or correct"),
    required=True,
    minimum=5,
    maximum=2000,
    privacy="personal",
)
REASON = Field(
    "reason", "long_text", Text("Lý do", "Reason"), required=True, minimum=5, maximum=2000, privacy="personal"
)

WORKFLOW = Workflow(
    name="support",
    title=Text("Hỗ trợ", "Support"),
    initial="draft",
    opening=Guard(roles=("officer",)),
    states=(
        State(
            "draft",
            Text("Đang soạn", "Draft"),
            permissions=(("view", OFFICE), ("edit", ("officer",)), ("propose", ("officer",))),
            waits=(Wait("officer", Text("Soạn và đề xuất", "Complete and propose"), deadline="deadline.draft"),),
        ),
        State(
            "proposed",
            Text("Đã đề xuất", "Proposed"),
            permissions=(("view", DECIDING), ("propose", ("officer",)), ("decide", ("approver",))),
            waits=(Wait("approver", Text("Xét duyệt", "Decide"), procedure="approve", deadline="deadline.decide"),),
        ),
        State(
            "returned",
            Text("Trả lại", "Returned"),
            permissions=(("view", DECIDING), ("edit", ("officer",)), ("propose", ("officer",))),
            waits=(
                Wait(
                    "officer", Text("Bổ sung, đề xuất lại", "Complete and propose again"), deadline="deadline.returned"
                ),
            ),
        ),
        State(
            "approved",
            Text("Đã phê duyệt", "Approved"),
            permissions=(
                ("view", EVERYBODY),
                ("pay", ("accountant",)),
                ("visit", ("monitor", "officer")),
                ("propose", ("officer",)),
                ("decide", ("approver",)),
            ),
        ),
        State(
            "disbursed",
            Text("Đã giải ngân", "Disbursed"),
            permissions=(("view", EVERYBODY), ("visit", ("monitor", "officer")), ("follow", ("monitor", "officer"))),
        ),
        State(
            "monitored",
            Text("Đã giám sát", "Monitored"),
            permissions=(("view", EVERYBODY), ("visit", ("monitor", "officer")), ("close", ("officer", "manager"))),
            waits=(Wait("officer", Text("Đóng hồ sơ", "Close"), deadline="deadline.close"),),
        ),
        State("closed", Text("Đã đóng", "Closed"), permissions=(("view", EVERYBODY),), final=True),
        State("rejected", Text("Từ chối", "Rejected"), permissions=(("view", DECIDING),), final=True),
        State("revoked", Text("Đã thu hồi", "Revoked"), permissions=(("view", EVERYBODY),), final=True),
        State("withdrawn", Text("Đã rút", "Withdrawn"), permissions=(("view", DECIDING),), final=True),
    ),
    transitions=(
        Transition(
            "propose",
            Text("Đề xuất", "Propose"),
            ("draft", "returned"),
            "proposed",
            Guard(permissions=("propose",)),
            requirements=("form_complete", "papers_complete", "criteria_hold"),
            effects=("keep_verdicts",),
            fields=(COMMENT,),
        ),
        Transition(
            "approve",
            Text("Phê duyệt", "Approve"),
            ("proposed",),
            "approved",
            Guard(permissions=("decide",)),
            procedure="approve",
            requirements=(
                "form_complete",
                "papers_complete",
                "criteria_hold",
                "decision_in_order",
                "instalments_set",
                "budget_available",
            ),
            effects=("keep_verdicts", "cover_by_decision", "commit_budget", "plan_instalments", "plan_visits"),
            fields=(*DECISION_FIELDS, COMMENT),
            not_by=("open", "edit", "attach", "remove", "propose"),
        ),
        Transition(
            "return",
            Text("Trả lại", "Return"),
            ("proposed",),
            "returned",
            Guard(permissions=("decide",)),
            procedure="approve",
            fields=(REQUIRED_COMMENT,),
            new_round=True,
        ),
        Transition(
            "reject",
            Text("Từ chối", "Reject"),
            ("proposed",),
            "rejected",
            Guard(permissions=("decide",)),
            procedure="approve",
            fields=(REASON,),
        ),
        Transition(
            "revoke",
            Text("Thu hồi phê duyệt", "Revoke"),
            ("approved",),
            "revoked",
            Guard(permissions=("decide",)),
            procedure="approve",
            requirements=("decision_in_order", "nothing_paid"),
            effects=("cover_by_decision", "release_budget", "cancel_instalments", "cancel_visits"),
            fields=(*DECISION_FIELDS, REASON),
        ),
        Transition(
            "withdraw",
            Text("Rút hồ sơ", "Withdraw"),
            ("draft", "proposed", "returned", "approved"),
            "withdrawn",
            Guard(permissions=("propose",)),
            requirements=("nothing_paid",),
            effects=("release_budget", "cancel_instalments", "cancel_visits"),
            fields=(REASON,),
        ),
        Transition(
            "finish_payment",
            Text("Hoàn thành chi trả", "Finish payment"),
            ("approved",),
            "disbursed",
            Guard(permissions=("pay",)),
            requirements=("all_paid",),
            automatic=True,
        ),
        Transition(
            "finish_monitoring",
            Text("Hoàn thành giám sát", "Finish monitoring"),
            ("disbursed",),
            "monitored",
            Guard(permissions=("follow",)),
            requirements=("visits_passed",),
            effects=("await_checks",),
            automatic=True,
        ),
        Transition(
            "close",
            Text("Đóng hồ sơ", "Close"),
            ("monitored",),
            "closed",
            Guard(permissions=("close",)),
            requirements=("visits_passed",),
            fields=(COMMENT,),
        ),
    ),
)

TO_CONFIRM = "Chưa có văn bản; địa phương xác nhận"

PARAMETERS = (
    Declared(
        "authority.approve",
        "code",
        Text("Cấp phê duyệt hồ sơ hỗ trợ", "Level that approves support"),
        choices={
            "commune": Text("Cấp xã", "Commune"),
            "district": Text("Cấp huyện", "District"),
            "province": Text("Cấp tỉnh", "Province"),
        },
        rows=(
            Row(
                "district",
                "Luật 72/2025/QH15: cấp huyện hoạt động đến hết 30/06/2025",
                verified=False,
                valid_to=date(2025, 6, 30),
            ),
            Row(
                "commune",
                TO_CONFIRM,
                verified=False,
                valid_from=date(2025, 7, 1),
                note="Phần lớn việc của cấp huyện chuyển về cấp xã; từng tỉnh quy định cụ thể.",
            ),
            Row(
                "province",
                TO_CONFIRM,
                verified=False,
                valid_from=date(2025, 7, 1),
                place="24",
                place_on=date(2025, 7, 1),
                note="Giả định để chạy thử tại tỉnh Bắc Ninh.",
            ),
        ),
    ),
    Declared(
        "deadline.draft",
        "integer",
        Text("Số ngày để hoàn thiện hồ sơ đang soạn", "Days to complete a draft"),
        unit=Text("ngày", "days"),
        rows=(Row(30, TO_CONFIRM, verified=False),),
    ),
    Declared(
        "deadline.decide",
        "integer",
        Text("Số ngày để xét duyệt", "Days to decide"),
        unit=Text("ngày", "days"),
        rows=(Row(15, TO_CONFIRM, verified=False),),
    ),
    Declared(
        "deadline.returned",
        "integer",
        Text("Số ngày để bổ sung hồ sơ bị trả lại", "Days to complete a returned case"),
        unit=Text("ngày", "days"),
        rows=(Row(15, TO_CONFIRM, verified=False),),
    ),
    Declared(
        "deadline.payment",
        "integer",
        Text("Số ngày để chi trả khi đủ điều kiện", "Days to pay once it can be paid"),
        unit=Text("ngày", "days"),
        rows=(Row(10, TO_CONFIRM, verified=False),),
    ),
    Declared(
        "deadline.close",
        "integer",
        Text("Số ngày để đóng hồ sơ", "Days to close"),
        unit=Text("ngày", "days"),
        rows=(Row(30, TO_CONFIRM, verified=False),),
    ),
)
