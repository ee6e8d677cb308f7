"""Restoring a backup on an empty machine."""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from alembic.util.exc import CommandError
from sqlalchemy import Connection, column, func, inspect, select, table as light, text
from sqlalchemy.exc import IntegrityError

from core import config, db, instance as instances
from core.backup.parts import AT_ONCE, FILES, FORMAT, KEYS, KINDS, MANIFEST, PIECE, SEALS, Told
from core.domain import documents, history
from core.errors import BadInput, Reason, Refused, WrongState
from core.text import Text

LARGEST_MANIFEST = 16 * 1024 * 1024


def restore(instance: db.Instance, path: Path) -> Told:
    """Fill an empty instance from a backup: all of it, or nothing of the database.

    Every part is read and held against its digest before anything is written. The database gets the schema the backup
    was made with, its rows, then the present schema, in one transaction; files come before it. Keys that the file
    holds become those of the instance, unless the environment sets them. Where the instance has another key than the
    seals were made with, they are taken over as they stand (``history.take_over``).

    Raises ``BadInput`` for a file that is damaged, cut off or no backup, ``WrongState`` when the database is not empty.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            manifest = _read_manifest(archive)
            _check(archive, manifest)
            _refuse_unless_empty(instance)
            _take_keys(instance, manifest.get("keys") or {})
            files = _put_files(archive, instance.settings.instance)
            _fill(archive, manifest, instance)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, KeyError, TypeError, ValueError, IntegrityError) as error:
        raise _damaged() from error
    except OSError as error:
        why = Text("Không đọc hoặc ghi được: {why}", "It cannot be read or written: {why}")
        raise BadInput(Reason("file_unreadable", why.format(why=str(error.strerror)), field="file")) from error
    with db.transaction(instance, patient=True):
        taken_over = history.take_over()
    rows = sum(int(each["rows"]) for each in manifest["tables"])
    return Told(rows, files, manifest["cases"], "keys" in manifest, taken_over)


_DAMAGED = Text(
    "Tệp này không phải bản sao lưu nguyên vẹn của Tiếp Sức: nó bị hỏng, bị cắt hoặc là tệp khác. Chưa có gì được ghi "
    "vào cơ sở dữ liệu.",
    "The file is no whole backup of Tiếp Sức: it is damaged, cut off, or something else. Nothing was written into the "
    "database.",
)
_NEWER = Text(
    "Bản sao lưu do phiên bản {version} ghi, mới hơn chương trình này: hãy cài phiên bản đó rồi khôi phục",
    "The backup was made by version {version}, newer than this program: install that version, then restore",
)
_NOT_EMPTY = Text(
    "Cơ sở dữ liệu này đã có dữ liệu; khôi phục chỉ ghi vào cơ sở dữ liệu trống. Hãy đặt TIEPSUC_INSTANCE hoặc "
    "TIEPSUC_DATABASE_URL tới nơi trống.",
    "This database holds data already; a backup is restored into an empty one only. Point TIEPSUC_INSTANCE or "
    "TIEPSUC_DATABASE_URL to an empty place.",
)


def _damaged() -> Refused:
    return BadInput(Reason("backup_damaged", _DAMAGED, field="file"))


def _read_manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    about = archive.getinfo(MANIFEST)
    if about.file_size > LARGEST_MANIFEST:
        raise _damaged()
    found = json.loads(archive.read(about))
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise _damaged()
    if not instances.knows(str(found["revision"])):
        raise BadInput(Reason("backup_newer", _NEWER.format(version=str(found["program"])[:40]), field="file"))
    return found


def _check(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    """Hold every part against its digest, before anything is written."""
    wanted = {f"tables/{each['name']}.jsonl": each["sha256"] for each in manifest["tables"]}
    wanted |= {name: manifest["parts"][name] for name in (SEALS, FILES)}
    for name, sha256 in wanted.items():
        digest = hashlib.sha256()
        with archive.open(name) as member:
            while piece := member.read(PIECE):
                digest.update(piece)
        if digest.hexdigest() != sha256:
            raise _damaged()


def _refuse_unless_empty(instance: db.Instance) -> None:
    with instance.engine.connect() as connection:
        if inspect(connection).get_table_names():
            raise WrongState(Reason("not_empty", _NOT_EMPTY))


def _take_keys(instance: db.Instance, keys: dict[str, Any]) -> None:
    """Make the backup's keys those of the instance, where nothing else is said."""
    for name in KEYS:
        key = str(keys.get(name) or "")
        if key and not os.environ.get(f"TIEPSUC_{name.upper()}"):
            config.keep_key(instance.settings.instance / name, key)
            instance.settings = replace(instance.settings, **cast(Any, {name: key}))


def _put_files(archive: zipfile.ZipFile, instance: Path) -> int:
    count = 0
    with archive.open(FILES) as member, tarfile.open(mode="r|", fileobj=cast(Any, member)) as tar:
        for about in tar:
            parts = PurePosixPath(about.name).parts
            source = tar.extractfile(about)
            if source is None or len(parts) < 2 or about.name.startswith("/") or ".." in parts:
                raise _damaged()
            documents.copy_file(instance.joinpath(*parts), _pieces(source))
            cast(Any, tar).members.clear()  # it would keep every name
            count += 1
    return count


def _pieces(source: IO[bytes]) -> Iterator[bytes]:
    while piece := source.read(PIECE):
        yield piece


def _fill(archive: zipfile.ZipFile, manifest: dict[str, Any], instance: db.Instance) -> None:
    with db.transaction(instance, patient=True) as work:
        connection = work.connection
        try:
            instances.upgrade(connection, manifest["revision"])
        except CommandError as error:
            raise _damaged() from error
        _let_order_wait(connection)
        for each in manifest["tables"]:
            if _load(connection, archive, each) != each["rows"]:
                raise _damaged()
        _hold_order(connection)
        instances.upgrade(connection, "head")


def _load(connection: Connection, archive: zipfile.ZipFile, about: dict[str, Any]) -> int:
    name, kinds = about["name"], [(str(column_name), KINDS[kind]) for column_name, kind in about["columns"]]
    target = light(name, *(column(column_name, kind.type) for column_name, kind in kinds))
    if connection.execute(select(func.count()).select_from(target)).scalar():
        connection.execute(target.delete())  # rows that the schema brings are among those of the backup
    count = 0
    with archive.open(f"tables/{name}.jsonl") as member:
        lines = map(json.loads, member)
        while some := list(islice(lines, AT_ONCE)):
            connection.execute(
                target.insert(),
                [
                    {
                        column_name: None if value is None else kind.read(value)
                        for (column_name, kind), value in zip(kinds, values, strict=True)
                    }
                    for values in some
                ],
            )
            count += len(some)
    _count_on(connection, name, [column_name for column_name, _ in kinds])
    return count


def _count_on(connection: Connection, name: str, columns: list[str]) -> None:
    """Have PostgreSQL's own counters go on after the largest key that was loaded."""
    if connection.dialect.name != "postgresql":
        return
    quoted = connection.dialect.identifier_preparer.quote
    for each in columns:
        sequence = connection.execute(
            text("SELECT pg_get_serial_sequence(:t, :c)"), {"t": quoted(name), "c": each}
        ).scalar()
        if sequence:
            largest = connection.execute(text(f"SELECT max({quoted(each)}) FROM {quoted(name)}")).scalar()  # noqa: S608
            if largest:
                connection.execute(text("SELECT setval(CAST(:s AS regclass), :n)"), {"s": sequence, "n": largest})


def _foreign_keys(connection: Connection) -> Iterator[tuple[str, str]]:
    quoted = connection.dialect.identifier_preparer.quote
    found = inspect(connection)
    for name in found.get_table_names():
        for each in found.get_foreign_keys(name):
            yield quoted(name), quoted(str(each["name"]))


def _let_order_wait(connection: Connection) -> None:
    """Let a row point at one that is loaded after it, until all are there."""
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        return
    for name, key in list(_foreign_keys(connection)):
        connection.execute(text(f"ALTER TABLE {name} ALTER CONSTRAINT {key} DEFERRABLE INITIALLY DEFERRED"))


def _hold_order(connection: Connection) -> None:
    """Every row must point at one that is there; from now on at once again."""
    if connection.dialect.name == "sqlite":
        if connection.execute(text("PRAGMA foreign_key_check")).first():
            raise _damaged()
        return
    connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    for name, key in list(_foreign_keys(connection)):
        connection.execute(text(f"ALTER TABLE {name} ALTER CONSTRAINT {key} NOT DEFERRABLE"))
