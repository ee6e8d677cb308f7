"""What is done without anybody asking: each job in a unit of work of its own, again and again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from core import db, instance as instances
from core.domain import history

log = logging.getLogger("tiepsuc.jobs")


@dataclass(frozen=True)
class Job:
    """A function that gives how many things it did, and how long to wait until it is called again."""

    name: str
    every: timedelta
    do: Callable[[], int]


JOBS = (Job("seal_history", timedelta(minutes=1), history.seal_new),)


def run(
    instance: db.Instance, once: bool = False, stop: threading.Event | None = None, jobs: tuple[Job, ...] = JOBS
) -> int:
    """Do every job when it is due until ``stop`` is set; with ``once``, each job once. Gives how many failed.

    A job that fails is undone and logged, and is due again at its next turn; the others go on.
    """
    stop = stop or threading.Event()
    failed = 0
    due = dict.fromkeys(jobs, datetime.min)
    while not stop.is_set():
        now = datetime.now()
        for job in [job for job in jobs if due[job] <= now]:
            due[job] = now + job.every
            failed += not _done(instance, job)
        if once:
            break
        stop.wait(max(0.0, (min(due.values()) - datetime.now()).total_seconds()))
    return failed


def _done(instance: db.Instance, job: Job) -> bool:
    try:
        with db.transaction(instance):
            instances.refresh(instance)
            count = job.do()
    except Exception:
        log.exception("job %s failed", job.name)
        return False
    if count:
        log.info("job %s: %d", job.name, count)
    return True
