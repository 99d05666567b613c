"""Background and timed jobs: rooms describe them, the worker process runs them. State lies in DATA_DIR/jobs.db."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from huey import SqliteHuey, crontab


@dataclass(frozen=True, slots=True)
class Job:
    """One timed job: its name, at which minutes of the hour it runs (crontab style), and what it does."""

    name: str
    minute: str
    run: Callable[[], None]


def make_worker_queue(data_dir: Path, jobs: Sequence[Job]) -> SqliteHuey:
    """Return the queue with all timed jobs on it."""
    queue = SqliteHuey("madoguchi", filename=str(data_dir / "jobs.db"))
    for job in jobs:
        queue.periodic_task(crontab(minute=job.minute), name=job.name)(job.run)
    return queue
