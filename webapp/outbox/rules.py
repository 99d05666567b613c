"""How long a worker holds a message, how long ended ones are kept, and where one stands after a step. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

LEASE = timedelta(minutes=2)
KEPT = timedelta(days=90)
SLEEPING = ("unheard", "failed")
UNTOLD = ("waiting", "listed", *SLEEPING)
BY_PEOPLE = ("call", "letter")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a message stands: still waiting (until `due_at`, on `channel`, after `tries` there), or ended as `state`."""

    state: str
    channel: str
    tries: int
    due_at: datetime
