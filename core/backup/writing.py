"""Taking a backup, while people go on working."""

from __future__ import annotations

import json
import os
import tarfile
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Table, func, select

from core import db, instance as instances
from core.backup.parts import AT_ONCE, FILES, FORMAT, KEYS, KINDS, MANIFEST, SEALS, Digested, Told, kind_of
from core.config import Settings
from core.domain import cases, documents, history
from core.errors import BadInput, Reason
from core.text import Text, canonical


def backup(instance: db.Instance, path: Path, *, with_keys: bool = False) -> Told:
    """Write the whole instance into one file that only its owner may read; memory stays flat.

    The rows are those of one moment: a reading unit of work sees the database as it was when it began, and keeps
    nobody from writing. Papers are copied after the rows; a paper's bytes are there before its row is. The file
    appears under its name when it is whole. Raises ``BadInput`` when it cannot be written, or exists.
    """
    if path.exists():
        raise BadInput(Reason("file_exists", _EXISTS.format(path=path), seen=str(path), field="file"))
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        with open(partial, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as out:
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
                told = _write(instance, archive, with_keys)
            out.flush()
            os.fsync(out.fileno())
        os.link(partial, path)  # never over a file that came meanwhile
    except FileExistsError as error:
        raise BadInput(Reason("file_exists", _EXISTS.format(path=path), seen=str(path), field="file")) from error
    except OSError as error:
        raise BadInput(
            Reason("file_unwritable", _UNWRITABLE.format(path=path, why=str(error.strerror)), field="file")
        ) from error
    finally:
        partial.unlink(missing_ok=True)
    return told


_EXISTS = Text("Tệp {path} đã có; hãy chọn tên khác", "File {path} exists; choose another name")
_UNWRITABLE = Text("Không ghi được tệp {path}: {why}", "File {path} cannot be written: {why}")


def _write(instance: db.Instance, archive: zipfile.ZipFile, with_keys: bool) -> Told:
    with db.transaction(instance, read_only=True, patient=True):
        manifest: dict[str, Any] = {
            "format": FORMAT,
            "program": version("tiepsuc"),
            "revision": instances.revision(),
            "made_at": db.now().isoformat(),
            "tables": [_table(archive, table) for table in db.metadata.sorted_tables],
        }
        parts = {SEALS: _text(archive, SEALS, canonical({"seals": list(history.heads())}) + "\n")}
        case_count = db.execute(select(func.count()).select_from(cases.case)).scalar_one()
    files, parts[FILES] = _files(archive, instance.settings)
    manifest |= {"files": files, "cases": case_count, "parts": parts}
    if with_keys:
        manifest["keys"] = {name: getattr(instance.settings, name) for name in KEYS}
    _text(archive, MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
    return Told(sum(each["rows"] for each in manifest["tables"]), files, case_count, with_keys)


def _table(archive: zipfile.ZipFile, table: Table) -> dict[str, Any]:
    kinds = [kind_of(column) for column in table.columns]
    writes = [KINDS[kind].write for kind in kinds]
    keys = list(table.primary_key.columns)
    count = 0
    with archive.open(f"tables/{table.name}.jsonl", "w", force_zip64=True) as member:
        out = Digested(member)
        with db.execute(select(table).order_by(*keys).execution_options(yield_per=AT_ONCE)) as rows:
            for some in rows.partitions():
                lines = [
                    json.dumps([value if value is None else write(value) for write, value in zip(writes, row)],  # noqa: B905
                               ensure_ascii=False, separators=(",", ":"))
                    for row in some
                ]  # fmt: skip
                out.write(("\n".join(lines) + "\n").encode())
                count += len(lines)
    names = [column.name for column in table.columns]
    return {"name": table.name, "columns": list(zip(names, kinds, strict=True)), "rows": count, "sha256": out.sha256}


def _text(archive: zipfile.ZipFile, name: str, written: str) -> str:
    with archive.open(name, "w") as member:
        out = Digested(member)
        out.write(written.encode())
    return out.sha256


def _files(archive: zipfile.ZipFile, settings: Settings) -> tuple[int, str]:
    """Every file in a folder of the instance; those beside the folders are the database and the keys."""
    kept = zipfile.ZipInfo(FILES)
    kept.compress_type = zipfile.ZIP_STORED  # photographs do not get smaller
    count = 0
    with archive.open(kept, "w", force_zip64=True) as member:
        out = Digested(member)
        with tarfile.open(mode="w|", fileobj=cast(Any, out), format=tarfile.PAX_FORMAT) as tar:
            for path in _in_folders(settings.instance):
                try:
                    with path.open("rb") as file:
                        about = tarfile.TarInfo(path.relative_to(settings.instance).as_posix())
                        status = os.fstat(file.fileno())
                        about.size, about.mtime, about.mode = status.st_size, int(status.st_mtime), 0o600
                        tar.addfile(about, file)
                except FileNotFoundError:
                    continue  # taken away since the folder was read
                cast(Any, tar).members.clear()  # it would keep every name
                count += 1
    return count, out.sha256


def _in_folders(instance: Path) -> Iterator[Path]:
    for folder in sorted(instance.iterdir()):
        if folder.is_dir() and not folder.is_symlink():
            for where, below, names in os.walk(folder):
                below.sort()
                for name in sorted(names):
                    path = Path(where, name)
                    if path.is_file() and not path.is_symlink() and not documents.PARTIAL.search(name):
                        yield path
