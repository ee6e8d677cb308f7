"""What becomes of the demo's cases: each story a row of acts, told in days before the demo's last day.

Acts: ``open``, ``propose``, ``approve``, ``return``, ``edit``, ``reject``, ``withdraw``, ``revoke``, ``close`` as
people do them; ``work`` does what comes next after approval, a payment or a visit; ``fail`` is a visit whose result
is not good enough; ``short`` takes money back from the fund the case needs. Approvals of one day stand under one
decision.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.demo.accounts import HILLS, RURAL, WARD, Commune


@dataclass(frozen=True)
class Act:
    """One act, ``ago`` days before the last day; ``work`` may repeat every ``every`` days until a state is reached."""

    ago: int
    verb: str
    words: str = ""
    until: str = ""
    every: int = 0


@dataclass(frozen=True)
class Story:
    """A case's way. ``commune`` is where, None: anywhere; one that ``fails`` does not fulfil every criterion."""

    code: str
    acts: tuple[Act, ...]
    commune: Commune | None = WARD
    fails: bool = False


def _opened(opened: int, proposed: int, *later: Act) -> tuple[Act, ...]:
    return (Act(opened, "open"), Act(proposed, "propose"), *later)


def _approved(approved: int, *later: Act) -> tuple[Act, ...]:
    return _opened(approved + 17, approved + 11, Act(approved, "approve"), *later)


MISSING_SIGNATURE = "Đơn chưa có chữ ký của chủ hộ, bản dự toán thiếu trang cuối. Đề nghị bổ sung và gửi lại."
UNCLEAR_PHOTO = "Ảnh chụp mờ, không thấy rõ hiện trạng. Đề nghị chụp lại ban ngày, đủ các phía."
SUMS = "Số tiền gia đình đóng góp chưa khớp với biên bản làm việc tại thôn. Đề nghị kiểm tra lại."
OTHER_HELP = "Gia đình đã được doanh nghiệp nhận hỗ trợ toàn bộ kinh phí; không hỗ trợ trùng nội dung."
MOVED = "Hộ chuyển về ở cùng con tại địa phương khác, có đơn đề nghị rút hồ sơ."
NOT_THEIRS = "Kiểm tra lại: đất đang tranh chấp, chưa đủ căn cứ để hỗ trợ; thu hồi phê duyệt đối với hộ này."
OWN_MEANS = "Gia đình xin lùi sang năm sau do chưa thu xếp được phần đóng góp."
NOT_FINISHED = "Còn hạng mục chưa hoàn thành theo dự toán; hẹn kiểm tra lại khi xong."

# What a demo always shows, however small. The oldest begins 507 days before the last day.
ALWAYS = (
    Story("draft", (Act(5, "open"),)),
    Story("draft_late", (Act(43, "open"),)),
    Story("draft_with_failing_criteria", (Act(12, "open"),), HILLS, fails=True),
    Story("proposed", _opened(15, 6)),
    Story("proposed_late", _opened(39, 27), RURAL),
    Story("short_of_money", _opened(30, 9, Act(3, "short")), HILLS),
    Story("returned", _opened(30, 21, Act(5, "return", MISSING_SIGNATURE))),
    Story("returned_late", _opened(71, 62, Act(33, "return", UNCLEAR_PHOTO)), RURAL),
    Story("proposed_again", _opened(61, 53, Act(41, "return", SUMS), Act(13, "edit"), Act(10, "propose"))),
    Story("rejected", _opened(88, 80, Act(70, "reject", OTHER_HELP))),
    Story("withdrawn", _opened(96, 90, Act(83, "withdraw", OWN_MEANS))),
    Story("withdrawn_when_approved", _approved(118, Act(97, "withdraw", MOVED)), HILLS),
    Story("revoked", _approved(118, Act(104, "revoke", NOT_THEIRS)), RURAL),
    Story("approved", _approved(20)),
    Story("visit_late", _approved(62), RURAL),
    Story("to_pay", _approved(34, Act(6, "work"))),
    Story("to_pay_late", _approved(62, Act(31, "work")), HILLS),
    Story("paid_in_part", _approved(62, Act(36, "work"), Act(27, "work"))),
    Story(
        "check_failed", _approved(176, Act(150, "work", until="next_is_last", every=13), Act(16, "fail", NOT_FINISHED))
    ),
    Story("disbursed", _approved(176, Act(148, "work", until="disbursed", every=14)), RURAL),
    Story("monitored", _approved(280, Act(252, "work", until="monitored", every=15))),
    Story("to_close", _approved(490, Act(478, "work", until="monitored", every=7), Act(10, "work"))),
    Story("closed", _approved(490, Act(476, "work", until="monitored", every=7), Act(38, "work"), Act(31, "close"))),
)

# What a larger demo has more of: (story, how many of a hundred).
MORE = (
    (Story("draft", (Act(9, "open"),), None), 10),
    (Story("proposed", _opened(19, 8), None), 14),
    (Story("proposed", _opened(27, 13), WARD), 6),
    (Story("returned", _opened(26, 18, Act(7, "return", SUMS)), None), 6),
    (Story("rejected", _opened(143, 136, Act(127, "reject", OTHER_HELP)), None), 4),
    (Story("withdrawn", _opened(151, 147, Act(140, "withdraw", OWN_MEANS)), None), 2),
    (Story("approved", _approved(20), None), 10),
    (Story("to_pay", _approved(34, Act(4, "work")), None), 6),
    (Story("paid_in_part", _approved(62, Act(33, "work"), Act(24, "work")), None), 8),
    (
        Story("paid_in_part", _approved(118, Act(90, "work"), Act(81, "work"), Act(47, "work"), Act(38, "work")), None),
        8,
    ),
    (Story("monitored", _approved(176, Act(151, "work", until="monitored", every=17)), None), 10),
    (Story("monitored", _approved(280, Act(255, "work", until="monitored", every=16)), None), 10),
    (
        Story(
            "closed",
            _approved(490, Act(477, "work", until="monitored", every=7), Act(36, "work"), Act(26, "close")),
            None,
        ),
        6,
    ),
)
LONGEST = max(act.ago for story in (*ALWAYS, *(story for story, _ in MORE)) for act in story.acts)


def told(count: int) -> list[Story]:
    """At least ``count`` stories: those a demo always shows, then the others in proportion, widely mixed."""
    found = list(ALWAYS)
    due = [0.0] * len(MORE)
    while len(found) < count:
        due = [owed + share for owed, (_, share) in zip(due, MORE, strict=True)]
        most = max(range(len(MORE)), key=due.__getitem__)
        due[most] -= sum(share for _, share in MORE)
        found.append(MORE[most][0])
    return found
