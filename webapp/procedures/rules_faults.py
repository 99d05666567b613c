"""What is wrong with a catalogue, for `make content`: every sentence names the file and says what to mend."""

import re
from collections.abc import Iterable, Iterator

from webapp.facts.rules import Dictionary
from webapp.procedures.rules import Deadline, Procedure
from webapp.procedures.rules_catalogue import Catalogue
from webapp.procedures.rules_faults_events import find_event_faults
from webapp.procedures.rules_faults_forms import find_form_faults
from webapp.procedures.rules_faults_once import find_once_faults
from webapp.procedures.rules_faults_router import find_router_faults
from webapp.procedures.rules_router import WITHOUT_COMPUTER

NATIONAL = (
    *(f"childcare-{number:02}" for number in range(1, 16)),
    *(f"care-{number:02}" for number in range(1, 12)),
    "disaster-01",
    "moving-01",
)
"""The procedures that the national government asks every municipality to offer online, by their numbers here."""

SURVEY_EVENTS = (
    "妊娠", "出生・こども", "引越し", "就職・転職", "結婚・離婚", "自動車", "住宅", "介護", "医療・健康", "税金",
    "年金", "死亡・相続", "その他",
)  # fmt: skip
"""The personal life events of the Digital Agency's survey of administrative procedures."""

LINKED = ("mynaportal", "joint", "external")
NEEDED_WORDS = ("title", "summary", "who", "cost", "where", "result", "takes")
OTHER_WORDS = ("official", "when", "late", "note", "closed")
NEEDED_CLAIMS = ("who", "cost", "bring", "where", "result", "takes")


def find_faults(catalogue: Catalogue, dictionary: Dictionary) -> list[str]:
    """Return everything that is wrong between the files of a catalogue and the dictionary; [] when it is sound."""
    faults = list(find_router_faults(catalogue.router))
    for procedure in catalogue.procedures.values():
        found = (*_find_all(procedure, catalogue), *find_form_faults(procedure, dictionary))
        faults += [f"procedures/{procedure.slug}: {fault}" for fault in found]
    for event in catalogue.events.values():
        faults += find_event_faults(event, catalogue, dictionary)
    faults += find_once_faults(catalogue, dictionary)
    faults += [
        f"search/popular.yaml: {slug} is no procedure" for slug in catalogue.popular if slug not in catalogue.procedures
    ]
    return [*faults, *_find_national_faults(catalogue.procedures.values()), *_find_empty_lists(catalogue)]


def _find_all(procedure: Procedure, catalogue: Catalogue) -> Iterator[str]:
    """Yield the faults of one procedure that do not concern its form."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", procedure.slug):
        yield "the folder's name must be small letters, digits and single hyphens"
    yield from _find_place_faults(procedure, catalogue)
    yield from _find_channel_faults(procedure)
    yield from _find_word_faults(procedure)
    yield from _find_claim_faults(procedure)
    if procedure.define.keep_days is not None and not 30 <= procedure.define.keep_days <= 36500:
        yield "keep_days is 30 to 36500"
    if procedure.define.deadline:
        yield from find_deadline_faults(procedure.define.deadline)


def _find_place_faults(procedure: Procedure, catalogue: Catalogue) -> Iterator[str]:
    """Yield names of offices, events, audiences and survey events that do not exist."""
    define = procedure.define
    if define.office not in catalogue.offices:
        yield f"the office {define.office} does not exist"
    yield from (f"the life event {slug} does not exist" for slug in define.events if slug not in catalogue.events)
    yield from (f"the audience {key} does not exist" for key in define.audiences if key not in catalogue.audiences)
    if not define.audiences:
        yield "audiences must name at least one (everyone)"
    if define.survey_event not in SURVEY_EVENTS:
        yield f"the survey event {define.survey_event} is none of the survey's"


def _find_channel_faults(procedure: Procedure) -> Iterator[str]:
    """Yield ways and links that do not fit together."""
    define = procedure.define
    if not set(define.channels) & set(WITHOUT_COMPUTER):
        yield "channels must offer a way without a computer: counter, post or phone"
    if len(set(define.channels)) < len(define.channels):
        yield "channels name a way twice"
    sends = define.form is not None and define.form.ends == "send"
    if ("own_form" in define.channels) != sends:
        yield "a form that is sent and the channel own_form belong together"
    if define.form is not None and define.form.ends == "counter" and "counter" not in define.channels:
        yield "a form that ends at the counter needs the channel counter"
    for channel, link in define.links.items():
        if channel not in LINKED or channel not in define.channels:
            yield f"the link for {channel} has no such way"
        if not link.startswith("https://"):
            yield f"the link for {channel} must start with https://"


def _find_word_faults(procedure: Procedure) -> Iterator[str]:
    """Yield words that are missing or unknown."""
    yield from (f"the words {key} are missing" for key in NEEDED_WORDS if key not in procedure.words)
    known = (*NEEDED_WORDS, *OTHER_WORDS)
    yield from (f"the words {key} are none that a sheet has" for key in procedure.words if key not in known)
    if procedure.define.deadline and "when" not in procedure.words:
        yield "the words when are missing: there is a deadline"
    for voice, words in procedure.keywords.items():
        if any(not word.strip() for word in words):
            yield f"a keyword of {voice} is empty"


def _find_claim_faults(procedure: Procedure) -> Iterator[str]:
    """Yield statements of the sheet without a source."""
    claims = procedure.define.claims
    needed = (*NEEDED_CLAIMS, *(("when",) if procedure.define.deadline or "when" in procedure.words else ()))
    yield from (f"the claim {key} is missing" for key in needed if key not in claims)
    yield from (f"the claim {key} has no source" for key, claim in claims.items() if not claim.source.strip())
    cost = procedure.define.cost
    if (cost.yen is None) != cost.varies:
        yield "cost needs either yen or varies"
    if cost.yen is not None and cost.yen < 0:
        yield "cost cannot be less than 0"


def find_deadline_faults(deadline: Deadline) -> Iterator[str]:
    """Yield why a deadline cannot be worked out."""
    spans = (deadline.days, deadline.months, deadline.years, deadline.days_before)
    counted = deadline.since is not None and any(span is not None for span in spans)
    yearly = deadline.every_year is not None
    if counted == yearly or (yearly and (deadline.since or any(span is not None for span in spans))):
        yield "a deadline needs either since with a span, or every_year"
    if deadline.every_year and not re.fullmatch(r"(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", deadline.every_year):
        yield "every_year must be a month and a day such as 07-31"


def _find_national_faults(procedures: Iterable[Procedure]) -> Iterator[str]:
    """Yield numbers of the national list that are missing, unknown or there twice."""
    numbers = [procedure.define.national for procedure in procedures if procedure.define.national]
    yield from (f"procedures: the national procedure {key} is missing" for key in NATIONAL if key not in numbers)
    yield from (f"procedures: {key} is no number of the national list" for key in sorted({*numbers} - {*NATIONAL}))
    twice = sorted({key for key in numbers if numbers.count(key) > 1})
    yield from (f"procedures: the national procedure {key} is there twice" for key in twice)


def _find_empty_lists(catalogue: Catalogue) -> Iterator[str]:
    """Yield life events and audiences that would lead to an empty page."""
    for slug in catalogue.events:
        if not catalogue.of_event(slug):
            yield f"lifeevents/{slug}: no procedure names it"
    for key in catalogue.audiences:
        if not catalogue.of_audience(key):
            yield f"audiences: no procedure is for {key}"
