"""What is done without anybody asking: each job in a unit of work of its own, again and again.

Several processes may run the jobs at once: each job finds out by itself what is left to do, and what two of them do
is done once.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from datetime import timedelta

from core import db, instance as instances
from core.domain import cases, documents, history, reads, requests, tasks, uploads, users
from core.errors import without_values

log = logging.getLogger("tiepsuc.jobs")


@dataclass(frozen=True)
class Job:
    """``do`` gives how many things it did and is called every so often.

    ``about`` says what it depends on: a process that has done the job does not do it again while that stays the same.
    """

    name: str
    every: timedelta
    do: Callable[[], int]
    about: Callable[[], Hashable] = object  # never the same


def _rebuild_tasks() -> int:
    return tasks.rebuild(cases.case)


def _law_of_today() -> Hashable:
    return db.registry().version, db.today()


MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
JOBS = (
    Job("seal the history", MINUTE, history.seal_new),
    Job("rebuild worklists", MINUTE, _rebuild_tasks, about=_law_of_today),
    Job("take in rows of the log of reads that had to wait", MINUTE, reads.take_in),
    Job("forget old rows of the log of reads", DAY, reads.forget_old),
    Job("forget old attempts and sessions", DAY, users.forget_old),
    Job("forget answers to other systems", DAY, requests.forget_old),
    Job("forget drafts of closed cases", DAY, cases.drop_drafts_of_closed),
    Job("sweep files that no row names", DAY, documents.sweep),
    Job("forget files that never arrived", DAY, uploads.forget_old),
)


def run(
    instance: db.Instance, once: bool = False, stop: threading.Event | None = None, jobs: tuple[Job, ...] = JOBS
) -> int:
    """Do every job when it is due until ``stop`` is set; with ``once``, each job once. Gives how many failed.

    A job that fails is undone and written to the log, and is due again at its next turn; the others go on.
    """
    stop = stop or threading.Event()
    failed = 0
    due = dict.fromkeys(jobs, 0.0)
    done: dict[Job, Hashable] = {}
    while not stop.is_set():
        for job in jobs:
            if due[job] <= time.monotonic() and not stop.is_set():
                due[job] = time.monotonic() + job.every.total_seconds()
                failed += not _did(instance, job, done)
        if once:
            break
        stop.wait(max(0.0, min(due.values()) - time.monotonic()))
    return failed


def _did(instance: db.Instance, job: Job, done: dict[Job, Hashable]) -> bool:
    """Do a job and remember what it was about; False when it failed."""
    try:
        with db.transaction(instance, patient=True):
            instances.refresh(instance)
            about = job.about()
            count = job.do() if done.get(job) != about else 0
    except Exception as error:  # whatever it is, the other jobs have to go on
        log.error("job failed: %s\n%s", job.name, without_values(error))
        return False
    done[job] = about
    if count:
        log.info("job: %s: %d", job.name, count)
    return True
