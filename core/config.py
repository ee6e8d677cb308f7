"""Settings, read once from the environment and refused at start-up with a sentence when they make no sense."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.errors import BadInput, Reason
from core.text import Text


@dataclass(frozen=True)
class Settings:
    """Where this instance keeps its data and its keys."""

    instance: Path
    database_url: str
    secret_key: str
    seal_key: str
    https_only: bool = False
    session_minutes: int = 60
    upload_limit: int = 20 * 1024 * 1024
    lock_seconds: float = 10  # how long a write waits for another
    statement_seconds: float = 30  # how long one statement of a page may take
    trusted_proxies: int = 0  # how many proxies stand in front and say who really asks
    log: str = ""  # text or json; empty: as text at a terminal, else as JSON
    metrics_token: str = ""  # who holds it may read /metrics; empty: nobody
    read_log_months: int = 24  # how long the log of reads is kept; at least 12
    second_factor: frozenset[str] = frozenset()  # the roles that may not sign in by a password alone


def from_environment(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process. Keys that are not given are made once and kept in files only the owner may read.

    Raises ``BadInput`` naming the variable that cannot be used.
    """
    env = os.environ if environ is None else environ
    instance = Path(env.get("TIEPSUC_INSTANCE") or "instance").absolute()
    instance.mkdir(parents=True, exist_ok=True)
    url = env.get("TIEPSUC_DATABASE_URL") or f"sqlite:///{instance / 'tiepsuc.db'}"
    if url.startswith(("postgresql://", "postgres://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise BadInput(
            Reason(
                "database_url",
                Text(
                    "TIEPSUC_DATABASE_URL phải bắt đầu bằng sqlite:/// hoặc postgresql://",
                    "TIEPSUC_DATABASE_URL must start with sqlite:/// or postgresql://",
                ),
                field="TIEPSUC_DATABASE_URL",
            )
        )
    return Settings(
        instance=instance,
        database_url=url,
        secret_key=_key(env, "TIEPSUC_SECRET_KEY", instance / "secret_key"),
        seal_key=_key(env, "TIEPSUC_SEAL_KEY", instance / "seal_key"),
        https_only=env.get("TIEPSUC_HTTPS", "") == "1",
        trusted_proxies=_count(env, "TIEPSUC_PROXIES"),
        metrics_token=env.get("TIEPSUC_METRICS", ""),
        log=_log(env, "TIEPSUC_LOG"),
        read_log_months=_months(env, "TIEPSUC_READ_LOG_MONTHS"),
        second_factor=frozenset(env.get("TIEPSUC_SECOND_FACTOR", "").replace(",", " ").split()),
    )


def _log(env: Mapping[str, str], name: str) -> str:
    given = env.get(name) or ""
    if given not in {"", "text", "json"}:
        sentence = Text(f"{name} phải là text hoặc json", f"{name} must be text or json")
        raise BadInput(Reason("not_a_log", sentence, seen=given[:20], field=name))
    return given


def _months(env: Mapping[str, str], name: str) -> int:
    given = env.get(name) or "24"
    if not given.isdecimal() or not 12 <= int(given[:6]) <= 1200:
        sentence = Text(f"{name} phải là số tháng, ít nhất 12", f"{name} must be a number of months, at least 12")
        raise BadInput(Reason("not_months", sentence, seen=given[:20], needed=12, field=name))
    return int(given)


def _count(env: Mapping[str, str], name: str) -> int:
    given = env.get(name) or "0"
    if not given.isdecimal() or int(given) > 9:
        raise BadInput(Reason("not_a_count", Text(
            f"{name} phải là một số từ 0 đến 9", f"{name} must be a number from 0 to 9"),
                              seen=given, field=name))
    return int(given)


def _key(env: Mapping[str, str], name: str, path: Path) -> str:
    given = env.get(name, "")
    if given:
        if len(given) < 16:
            raise BadInput(
                Reason(
                    "key_too_short",
                    Text(f"{name} cần ít nhất 16 ký tự", f"{name} needs at least 16 characters"),
                    field=name,
                )
            )
        return given
    try:
        with open(path, "x", opener=lambda p, flags: os.open(p, flags, 0o600)) as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    return path.read_text().strip()


def keep_key(path: Path, key: str) -> None:
    """Keep a key in a file that only the owner may read, in the place of the one before."""
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    with open(partial, "w", opener=lambda p, flags: os.open(p, flags, 0o600)) as file:
        file.write(key)
    partial.replace(path)
