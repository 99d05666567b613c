"""A place for a guide beside practised drafts.

Another room may put one there (`app.extensions["practice_guide"]`). Drafts tell it what a learner really sent and show what it
says above the page, in the page's own flow; they never depend on there being one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from markupsafe import Markup

from webapp.drafts.rules import Page
from webapp.facts.rules_answers import Gap


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that was really sent, and how it was taken.

    `what`: "answered", "refused", "pressed", "slip", "returned", "chosen" or "sent"; `place`: a page's key, "check", "todo", "slip" or
    "return"; `word`: the button that was pressed; `gaps`: what is to be mended; `before`: the answers before.
    """

    what: str
    place: str
    word: str = ""
    gaps: Sequence[Gap] = ()
    before: Mapping[str, Any] = field(default_factory=dict)


class Guide(Protocol):
    """What stands beside practised drafts. `door` is the open draft (webapp.drafts.door.Door)."""

    def is_with(self, door: Any) -> bool:
        """Tell whether this draft is being guided."""

    def list_assets(self, door: Any, kind: str) -> tuple[str, ...]:
        """Return the files of a kind ("css" or "js") that its words need."""

    def stand_by(self, door: Any, place: str) -> Markup | None:
        """Return what to show above the page at a place."""

    def take_note(self, door: Any, happened: Happened) -> None:
        """Take note of what was sent."""

    def fill(self, door: Any, page: Page, word: str) -> Mapping[str, Any] | None:
        """Return what a button of the guide types into a page, by fact; None if the button is not one of its own."""

    def press(self, door: Any, what: str, value: str) -> str | None:
        """Do what another button of the guide says; return where to go ("" to stay), or None if it is not its own."""

    def lead(self, door: Any, place: str) -> str | None:
        """Return the address to show instead of the page at a place, or None."""
