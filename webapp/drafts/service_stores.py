"""Where drafts live: the real store, and one of its own for practice. Nothing goes from one to the other."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from webapp.applications.service import Applications
from webapp.config import Settings
from webapp.drafts.tables import (
    Draft,
    HandOver,
    PracticeDraft,
    PracticeHandOver,
    PracticeUpload,
    PracticeWayIn,
    Upload,
    WayIn,
)

PRACTICE_DAYS = 7
HAND_OVER_DAYS = 14


@dataclass(frozen=True, slots=True)
class Store:
    """The tables and the folder of one store. `name` is its word in addresses."""

    name: str
    draft: type[Draft] | type[PracticeDraft]
    way_in: type[WayIn] | type[PracticeWayIn]
    upload: type[Upload] | type[PracticeUpload]
    hand_over: type[HandOver] | type[PracticeHandOver]
    applications: Applications
    folder: str

    @property
    def is_practice(self) -> bool:
        """Tell whether nothing here is real."""
        return self.name == "practice"

    def uploads_folder(self, data_dir: Path) -> Path:
        """Return the folder of sealed files, made for the service's own eyes."""
        folder = data_dir / self.folder
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder

    def draft_days(self, settings: Settings) -> int:
        """Return how many days an unfinished draft is kept without a change."""
        return PRACTICE_DAYS if self.is_practice else settings.draft_days

    def keep_days(self, settings: Settings) -> int:
        """Return how many days what was sent is kept."""
        return PRACTICE_DAYS if self.is_practice else settings.keep_days

    def hand_over_days(self, settings: Settings) -> int:
        """Return how many days a hand-over is good: never longer than the draft that prints it again."""
        return min(HAND_OVER_DAYS, self.draft_days(settings))

    def expiry(self, day: date, settings: Settings) -> date:
        """Return the day until which a draft changed on `day` is kept."""
        return day + timedelta(days=self.draft_days(settings))


REAL = Store("drafts", Draft, WayIn, Upload, HandOver, Applications.REAL, "uploads")
PRACTICE = Store(
    "practice",
    PracticeDraft,
    PracticeWayIn,
    PracticeUpload,
    PracticeHandOver,
    Applications.PRACTICE,
    "practice-uploads",
)
STORES: dict[str, Store] = {store.name: store for store in (REAL, PRACTICE)}


def store_of(row: Any) -> Store:
    """Return the store that a draft's row lives in."""
    return PRACTICE if isinstance(row, PracticeDraft) else REAL
