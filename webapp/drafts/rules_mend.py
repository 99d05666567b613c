"""Which pages a draft shows that answers a correction: those with a marked fact, and those that the new answers open. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from webapp.drafts.rules import Page, Plan

WHYS = ("wrong", "incomplete", "outdated", "unreadable")
"""What can be wrong with an answer; the last one is for files alone."""


@dataclass(frozen=True, slots=True)
class Mend:
    """What a draft holds of the correction that it answers: whose it is, what is marked, and how it stood at the start.

    `facts` says by fact what is wrong and what the section notes, in the language `asked_in`. `asked` were asked or known at
    the start, `answered` those of them that had an answer; `done` are marked facts whose page was sent since.
    """

    parent: str
    application: str
    facts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    note: str = ""
    asked_in: str = ""
    asked: tuple[str, ...] = ()
    answered: tuple[str, ...] = ()
    done: tuple[str, ...] = ()

    def look_at(self, page: Page) -> "Mend":
        """Return the same after a page was sent."""
        keys = [question.fact.key for question in page.questions if question.fact.key in self.facts]
        return replace(self, done=tuple(dict.fromkeys((*self.done, *keys))))


def read_mend(content: Mapping[str, Any] | None) -> Mend | None:
    """Return what a draft holds of a correction, from JSON."""
    lists = ("asked", "answered", "done")
    return Mend(**{**content, **{name: tuple(content[name]) for name in lists}}) if content else None


def note_start(mend: Mend, made: Plan) -> Mend:
    """Return the same with how a plan stood at the start."""
    asked = [q.fact.key for q in (*(q for page in made.pages for q in page.questions), *made.known)]
    answered = tuple(key for key in asked if key in made.answers)
    return replace(mend, asked=tuple(asked), answered=answered)


def narrow(made: Plan, mend: Mend) -> Plan:
    """Return a plan with the pages that are to be mended, each marked one open until it was sent once."""
    pages = tuple(page for page in made.pages if _is_to_mend(page, made, mend))
    return replace(made, pages=pages, waiting=frozenset(mend.facts) - frozenset(mend.done))


def keep_rest(before: Mapping[str, Any], after: Mapping[str, Any], mend: Mend) -> dict[str, Any]:
    """Return the answers of an application after mending: what was never asked in this draft stays as it was sent."""
    return {**{key: value for key, value in before.items() if key not in mend.asked}, **after}


def _is_to_mend(page: Page, made: Plan, mend: Mend) -> bool:
    """Tell whether a page is marked, new, or open by now although it had an answer."""
    return any(
        q.fact.key in mend.facts
        or q.fact.key not in mend.asked
        or (q.fact.key in mend.answered and (bool(q.open) or q.fact.key not in made.answers))
        for q in page.questions
    )
