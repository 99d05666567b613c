"""What papers about one application say besides its page: what was mended, and the decision in its resident's voice."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import current_app
from markupsafe import Markup

from webapp.applications.rules_names import find_label
from webapp.applications.service_corrections import Asked, list_corrections
from webapp.drafts.pages_diff import Change, list_changes
from webapp.drafts.pages_status import get_appeal
from webapp.facts.rules import Fact
from webapp.kit.database import get_session
from webapp.kit.ids import show_receipt_number
from webapp.staff.door import ward
from webapp.staff.door_case import Desk
from webapp.staff.pages_case import to_ward

ENDS = ("decided", "reopened")


@dataclass(frozen=True, slots=True)
class Mended:
    """One correction: what was asked, about which facts, and every answer that changed, before and after."""

    asked: Asked
    facts: Sequence[Fact]
    changes: Sequence[Change]


@dataclass(frozen=True, slots=True)
class DecisionTold:
    """What was decided, when, why (in paragraphs, in the language `lang`), and whether one can object."""

    outcome: str
    day: date
    paragraphs: tuple[str, ...]
    lang: str
    can_object: bool


def list_mended(desk: Desk) -> list[Mended]:
    """Return everything that was asked to be mended, the oldest first."""
    return [
        Mended(
            asked,
            [fact for key, fact in desk.book.dictionary.facts.items() if key in asked.marks.facts],
            list_changes(asked.before or {}, asked.after, desk.book, asked.marks.facts) if asked.after else (),
        )
        for asked in reversed(list_corrections(get_session(), desk.case))
    ]


def find_decision(desk: Desk) -> DecisionTold | None:
    """Return the decision that holds; None where none was made, or it was taken back."""
    ends = [one for one in desk.happenings if one.kind in ENDS]
    if not ends or ends[-1].kind != "decided":
        return None
    content = ends[-1].content
    parts = (part.strip() for part in str(content.get("reason") or "").split("\n\n"))
    return DecisionTold(
        str(content.get("outcome")), to_ward(ends[-1].at).date(), tuple(part for part in parts if part),
        "en" if content.get("voice") == "en" else "ja", bool(content.get("object")),
    )  # fmt: skip


def say_decision(desk: Desk, decision: DecisionTold, code: str) -> Markup:
    """Return the sheet about a decision in a voice, with readings where that voice has them: staff read in another one."""
    reading, row = current_app.extensions["reading"], desk.case.row
    voice, offices = reading.voices[code], ward().catalogue.offices
    sheet = reading.environments[code, voice.furigana].get_template("staff/_decision_sheet.html")
    return Markup(  # noqa: S704  # made by a template, which escapes
        sheet.render(
            decision=decision, title=desk.title, name=find_label(desk.case.answers)["name"], sent_at=to_ward(row.sent_at),
            receipt=show_receipt_number(row.receipt), appeal=get_appeal() if decision.can_object else None,
            office=offices.get(row.section), house=offices.get("general"),
        )
    )  # fmt: skip
