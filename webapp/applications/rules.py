"""What an application is to the resident: five plain states, and the day by which an answer can be expected."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

State = Literal["received", "checking", "mend", "decided", "finished"]
STATES: tuple[State, ...] = ("received", "checking", "mend", "decided", "finished")


@dataclass(frozen=True, slots=True)
class Status:
    """What a resident sees of one application."""

    procedure: str
    receipt: str
    state: State
    sent_at: datetime
    answer_by: date
