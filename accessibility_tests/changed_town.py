"""A town that changes its questions while residents are writing, and the pages on which they are told."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from msgspec.structs import replace as alter

from accessibility_tests.event_pages import SHORT
from accessibility_tests.residents import Resident
from accessibility_tests.site import Site, Visit, open_site
from webapp.kit.clock import today
from webapp.procedures.rules import Ask, Procedure
from webapp.procedures.rules_catalogue import Member
from webapp.reading.rules_texts import Text

EVENT = SHORT.rpartition("/")[2]
CHANGED, LEAVING, JOINING, CLOSED = "moving-within", "dog-change-or-death", "seal-certificate", "road-damage-report"
ASKED_NO_MORE, ASKED_NEWLY, ASKED_OTHERWISE = "applicant.support", "applicant.country", "applicant.contact_hours"
WORDS = {"ja": "新しい言葉です。", "ja-easy": "新しい 言葉です。", "en": "These are new words."}


@contextmanager
def open_changed_site() -> Iterator[tuple[Site, list[Visit]]]:
    """Yield a site whose content changed after residents had begun, and the visits to what they are told."""
    with open_site() as site:
        pass_, single, late = (Resident(site, name) for name in ("changed event", "changed procedure", "too late"))
        check = pass_.walk(SHORT)
        other = single.walk(CHANGED, lambda where, html: "/drafts/" in where)
        over = late.walk(CLOSED, lambda where, html: "/drafts/" in where)
        change_content(site)
        yield (
            site,
            [
                pass_.see(check.replace("/check", "/changes")),
                single.see(f"{other.rsplit('/', 1)[0]}/changes"),
                late.see(f"{over.rsplit('/', 1)[0]}/changes", "over"),
                Visit("begun too late", f"/procedures/{CLOSED}", press='form[action$="/start"] button'),
            ],
        )


def change_content(site: Site) -> None:
    """Give the running product other content: everything that a resident can be told about has happened."""
    ward: Any = site.ward
    catalogue, event = ward.catalogue, ward.catalogue.events[EVENT]
    members = [one for one in event.define.members if one.procedure != LEAVING]
    members.append(Member(procedure=JOINING))
    procedures = dict(catalogue.procedures)
    procedures |= {CHANGED: ask_differently(procedures[CHANGED]), CLOSED: close_form(procedures[CLOSED])}
    changed = replace(
        event, define=alter(event.define, members=members), reasons={**event.reasons, JOINING: Text(WORDS)}
    )
    facts = dict(ward.dictionary.facts)
    facts[ASKED_OTHERWISE] = replace(
        facts[ASKED_OTHERWISE], words={**facts[ASKED_OTHERWISE].words, "question": Text(WORDS)}
    )
    site.app.extensions["madoguchi"] = replace(
        ward,
        catalogue=replace(catalogue, procedures=procedures, events={**catalogue.events, EVENT: changed}),
        dictionary=replace(ward.dictionary, facts=facts),
    )
    site.app.extensions.pop("books")


def ask_differently(procedure: Procedure) -> Procedure:
    """Return a procedure with one question more, one less, and other promises."""
    form = procedure.define.form
    assert form is not None
    asks = [one for one in form.asks if one.fact != ASKED_NO_MORE]
    assert len(asks) < len(form.asks)
    new = alter(form, asks=[*asks, Ask(fact=ASKED_NEWLY)])
    promises = dict.fromkeys(procedure.declarations, Text(WORDS))
    return replace(procedure, define=alter(procedure.define, form=new), declarations=promises)


def close_form(procedure: Procedure) -> Procedure:
    """Return a procedure whose last day was yesterday."""
    form = alter(procedure.define.form, closes_at=today() - timedelta(days=1))
    return replace(
        procedure, define=alter(procedure.define, form=form), words={**procedure.words, "closed": Text(WORDS)}
    )
