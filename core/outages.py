"""What is wrong with the database when it does not answer, in words that say what to do.

| kind     | what happened                                                 | who can help |
|----------|---------------------------------------------------------------|--------------|
| locked   | somebody else writes, longer than one waits                   | nobody: wait |
| slow     | a statement took longer than the settings allow               | ask for less |
| busy     | every connection is taken                                     | nobody: wait |
| full     | the disk, or the space of the database, is full               | administrator |
| readonly | the database takes no writing: a replica, a read-only folder  | administrator |
| damaged  | its file can no longer be read                                | administrator |
| not migrated | the schema is not the one of this program             | administrator |
| gone     | it cannot be reached, or its file is away                     | administrator |
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, TimeoutError as PoolTimeout

from core.text import Text


@dataclass(frozen=True)
class Outage:
    """A kind of trouble, its heading and sentence, and after how many seconds to try again."""

    kind: str
    title: Text
    sentence: Text
    retry: int
    lasting: bool = False  # it will not pass by itself: the administrator has to do something


_NOT_SAVED = Text("Nội dung vừa gửi chưa được lưu", "What you sent was not saved")
_ASK = Text("hãy báo quản trị viên", "tell the administrator")

LOCKED = Outage(
    "locked",
    Text("Cơ sở dữ liệu đang bận", "The database is busy"),
    Text(
        "Có người đang ghi một việc lớn vào cơ sở dữ liệu. {not_saved}; hãy gửi lại sau ít giây.",
        "Somebody is writing something large into the database. {not_saved}; send it again in a few seconds.",
    ).format(not_saved=_NOT_SAVED),
    5,
)
SLOW = Outage(
    "slow",
    Text("Việc này mất quá lâu", "This takes too long"),
    Text(
        "Cơ sở dữ liệu chưa trả lời kịp. {not_saved}; hãy thu hẹp (một xã, một trạng thái, ít hồ sơ hơn) rồi thử lại.",
        "The database did not answer in time. {not_saved}; ask for less (one commune, one state, fewer cases) and "
        "try again.",
    ).format(not_saved=_NOT_SAVED),
    30,
)
BUSY = Outage(
    "busy",
    Text("Hệ thống đang quá tải", "The system is overloaded"),
    Text(
        "Quá nhiều người đang dùng cùng lúc. {not_saved}; hãy gửi lại sau ít giây.",
        "Too many people work at once. {not_saved}; send it again in a few seconds.",
    ).format(not_saved=_NOT_SAVED),
    10,
)
FULL = Outage(
    "full",
    Text("Hết chỗ lưu", "There is no space left"),
    Text(
        "Đĩa của máy chủ đã đầy. {not_saved}; những gì đã lưu vẫn còn nguyên. Hãy giữ trang này và {ask}: cần giải "
        "phóng chỗ trên đĩa.",
        "The server's disk is full. {not_saved}; what was saved before is whole. Keep this page and {ask}: space has "
        "to be freed.",
    ).format(not_saved=_NOT_SAVED, ask=_ASK),
    300,
    lasting=True,
)
READ_ONLY = Outage(
    "readonly",
    Text("Cơ sở dữ liệu chỉ cho xem", "The database can only be read"),
    Text(
        "Cơ sở dữ liệu hiện không nhận ghi. {not_saved}; có thể xem, còn muốn ghi thì {ask}.",
        "The database takes no writing just now. {not_saved}; you can look; to write, {ask}.",
    ).format(not_saved=_NOT_SAVED, ask=_ASK),
    300,
    lasting=True,
)
DAMAGED = Outage(
    "damaged",
    Text("Cơ sở dữ liệu bị hỏng", "The database is damaged"),
    Text(
        "Tệp cơ sở dữ liệu không đọc được nữa. {not_saved}; {ask} ngay: cần dừng hệ thống và khôi phục bản sao lưu.",
        "The database's file can no longer be read. {not_saved}; {ask} at once: stop the system and restore a backup.",
    ).format(not_saved=_NOT_SAVED, ask=_ASK),
    300,
    lasting=True,
)
GONE = Outage(
    "gone",
    Text("Chưa dùng được cơ sở dữ liệu", "The database cannot be used just now"),
    Text(
        "Hệ thống không nối được với cơ sở dữ liệu. {not_saved}; hãy giữ trang này và gửi lại sau một phút. Nếu vẫn "
        "vậy, {ask}.",
        "The database cannot be reached. {not_saved}; keep this page and send it again in a minute. If that does not "
        "help, {ask}.",
    ).format(not_saved=_NOT_SAVED, ask=_ASK),
    60,
)

UNPREPARED = Outage(
    "not migrated",
    Text("Cơ sở dữ liệu chưa được chuẩn bị", "The database is not prepared"),
    Text(
        "Cơ sở dữ liệu chưa được chuẩn bị cho phiên bản này. {not_saved}; {ask}: chạy tiepsuc init.",
        "The database is not prepared for this version. {not_saved}; {ask}: run tiepsuc init.",
    ).format(not_saved=_NOT_SAVED, ask=_ASK),
    60,
)

_BY_SQLITE = {  # primary result codes of SQLite
    5: LOCKED,
    6: LOCKED,
    8: READ_ONLY,
    9: SLOW,
    10: GONE,  # an input or output error: often the file is away
    11: DAMAGED,
    13: FULL,
    14: GONE,
    26: DAMAGED,
}
_BY_STATE = {  # SQLSTATE of PostgreSQL
    "25006": READ_ONLY,
    "40001": LOCKED,
    "40P01": LOCKED,
    "53000": FULL,
    "53100": FULL,
    "53200": BUSY,
    "53300": BUSY,
    "53400": FULL,
    "42703": UNPREPARED,
    "42P01": UNPREPARED,
    "55P03": LOCKED,
    "57014": SLOW,
    "XX001": DAMAGED,
    "XX002": DAMAGED,
}


def outage(error: BaseException) -> Outage | None:
    """What is wrong with the database, by an error of SQLAlchemy; None when the program is at fault and not it.

    SQLite rolls back by itself when the disk is full, and the rollback that follows fails too: what happened first
    stands in the chain of the error.
    """
    if isinstance(error, PoolTimeout):
        return BUSY
    if not isinstance(error, DBAPIError):
        return None
    before: BaseException | None = error
    while before is not None:
        found = _known(before.orig) if isinstance(before, DBAPIError) else None
        if found is not None:
            return found
        before = before.__context__
    return GONE if isinstance(error, (OperationalError, InterfaceError)) else None


def _known(driver: BaseException | None) -> Outage | None:
    code = getattr(driver, "sqlite_errorcode", None)
    if code is not None:
        unprepared = str(driver).startswith(("no such table", "no such column"))
        return UNPREPARED if unprepared else _BY_SQLITE.get(code & 0xFF)
    return _BY_STATE.get(getattr(driver, "sqlstate", None) or "")


__all__ = ["BUSY", "DAMAGED", "FULL", "GONE", "LOCKED", "READ_ONLY", "SLOW", "UNPREPARED", "Outage", "outage"]
