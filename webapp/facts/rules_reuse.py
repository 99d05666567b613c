"""What may be kept for next time, and how what is kept grows, is joined and shrinks again.

Every kept fact carries the day, the title and the slug of the procedure or event that it came from, and every use its
title, so that both can be shown even when the procedure itself is gone. People have random identifiers: the same one
means the same person, and so do the same name and day of birth.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

import msgspec

from webapp.facts.rules import Dictionary, Fact

APPLICANT = "applicant"
KEPT_REUSES = ("silent", "confirm")
NEVER_KEPT_KINDS = ("file", "people", "person")
NOTHING: tuple[Any, ...] = (None, "", [], {}, "unknown")
"""Answers that tell nothing: the question is put again next time."""
OWN_NAMES = ("id", "kept_on", "title")
"""What a kept person has besides attributes."""
Person = dict[str, Any]


@dataclass(frozen=True, slots=True)
class KeptFact:
    """One kept answer: since which day (ISO), and from which procedure or event (its Japanese title and its slug)."""

    value: Any
    kept_on: str
    title: str
    scope: str


@dataclass(frozen=True, slots=True)
class Use:
    """One use of something kept: `fact` is the key of a fact (also of one about the applicant) or a person's identifier."""

    fact: str
    title: str
    scope: str
    used_on: str


@dataclass(slots=True)
class KeptContent:
    """All that lies in one box. A person is {"id", "kept_on", "title", and attributes}; `applicant` is the id of one."""

    facts: dict[str, KeptFact] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)
    applicant: str | None = None
    uses: list[Use] = field(default_factory=list)

    def to_json(self) -> bytes:
        """Return it as JSON in ASCII, whatever letters were typed."""
        return json.dumps(asdict(self), ensure_ascii=True).encode()

    @classmethod
    def from_json(cls, words: bytes) -> "KeptContent":
        """Return what `to_json` wrote; what is not known here (from another version) is passed over."""
        return msgspec.convert(json.loads(words), cls)


def may_keep(fact: Fact) -> bool:
    """Tell whether an answer to this fact may be kept: its policy allows it, and it stands for itself or for a person."""
    define = fact.define
    if define.within is not None and define.is_ is None:
        return False
    return define.reuse in KEPT_REUSES and define.kind not in NEVER_KEPT_KINDS


def choose_facts(
    dictionary: Dictionary, answers: Mapping[str, Any], today: date, title: str, scope: str
) -> KeptContent:
    """Return what of a draft's answers may be kept, as of today; `title` and `scope` say where it comes from."""
    day = today.isoformat()
    flat = {key: value for key, value in answers.items() if _may_keep_flat(dictionary.facts.get(key), value)}
    facts = {key: KeptFact(value, day, title, scope) for key, value in flat.items()}
    people = [one | {"kept_on": day, "title": title} for one in _choose_people(dictionary, answers)]
    applicant = _roles_of(answers).get(APPLICANT)
    return KeptContent(facts, people, applicant if any(one["id"] == applicant for one in people) else None)


def _may_keep_flat(fact: Fact | None, value: Any) -> bool:
    """Tell whether an answer that is no attribute of a person is kept."""
    if fact is None or fact.define.of is not None or fact.define.within is not None:
        return False
    return may_keep(fact) and value not in NOTHING


def _choose_people(dictionary: Dictionary, answers: Mapping[str, Any]) -> Iterator[Person]:
    """Yield the people with the attributes that may be kept; without a name nobody could be told apart or taken out."""
    for person_id, person in (answers.get("people") or {}).items():
        names = _choose_attributes(dictionary, answers, person_id).difference(OWN_NAMES)
        kept = {name: value for name, value in person.items() if name in names and value not in NOTHING}
        if "name" in kept:
            yield {"id": person_id} | kept


def _choose_attributes(dictionary: Dictionary, answers: Mapping[str, Any], person_id: str) -> set[str | None]:
    """Return the attributes of a person that may be kept.

    Of the applicant those that facts of the applicant allow. Of others those that any fact allows, unless all facts by
    which this draft asks about the person refuse: who is asked about for one procedure only is not remembered.
    """
    asking = list(_list_asking(dictionary, answers, person_id))
    allowing = [fact for fact in asking if _allows(dictionary, fact)]
    if _roles_of(answers).get(APPLICANT) == person_id:
        return {fact.define.is_ for fact in allowing if fact.define.of == APPLICANT}
    anywhere = {fact.define.is_ for fact in dictionary.facts.values() if _allows(dictionary, fact)}
    refused = {fact.define.is_ for fact in asking} - {fact.define.is_ for fact in allowing}
    return anywhere - refused


def _list_asking(dictionary: Dictionary, answers: Mapping[str, Any], person_id: str) -> Iterator[Fact]:
    """Yield the facts that ask about a person: by a role that they have, or by a list that they are on."""
    roles = {role for role, who in _roles_of(answers).items() if who == person_id}
    for fact in dictionary.facts.values():
        listed = answers.get(fact.define.within or "")
        on_list = [one.get("id") if isinstance(one, Mapping) else one for one in listed or ()]
        if fact.define.of in roles or person_id in on_list:
            yield fact


def _allows(dictionary: Dictionary, fact: Fact) -> bool:
    """Tell whether a fact may be kept, and the list that it is within too."""
    whole = dictionary.facts.get(fact.define.within or "")
    return may_keep(fact) and (whole is None or whole.define.reuse in KEPT_REUSES)


def _roles_of(answers: Mapping[str, Any]) -> Mapping[str, str]:
    """Return who has which role."""
    roles: Mapping[str, str] = answers.get("roles") or {}
    return roles


def merge(old: KeptContent, new: KeptContent) -> KeptContent:
    """Return both together: newer facts win, the same person is updated, uses are joined."""
    newer = {key: fact for key, fact in new.facts.items() if key not in old.facts or _is_newer(fact, old.facts[key])}
    people, places = _merge_people(old.people, new.people)
    applicant = old.applicant if new.applicant is None else places.get(new.applicant, new.applicant)
    used = [replace(use, fact=places.get(use.fact, use.fact)) for use in new.uses]
    return KeptContent(old.facts | newer, people, applicant, list(dict.fromkeys([*old.uses, *used])))


def _is_newer(fact: KeptFact, than: KeptFact) -> bool:
    """Tell whether a fact was not kept before another; of the same day the one that comes later wins."""
    return fact.kept_on >= than.kept_on


def _merge_people(old: Sequence[Person], new: Sequence[Person]) -> tuple[list[Person], dict[str, str]]:
    """Return all people, and under which identifier each of the new ones is now.

    Those who are there under their own identifiers come first: a corrected name no longer stands for somebody new who
    has it.
    """
    people = {one["id"]: one for one in old}
    places: dict[str, str] = {}
    for one in sorted(new, key=lambda one: not _is_there(people, one)):
        place = places[one["id"]] = _find_place(people, one)
        earlier, later = sorted((people.get(place, one), one), key=lambda version: str(version.get("kept_on", "")))
        people[place] = earlier | later | {"id": place}
    return list(people.values()), places


def _find_place(people: Mapping[str, Person], person: Person) -> str:
    """Return the identifier under which a person is among people, or a free one. Two people are never mixed up."""
    own: str = person["id"]
    name, birth = identity = _identify(person)
    if _is_there(people, person):
        return own
    same = next((key for key, one in people.items() if name and _identify(one) == identity), None)
    if same is not None or own not in people:
        return same or own
    return hashlib.sha256("|".join((own, name, birth)).encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _is_there(people: Mapping[str, Person], person: Person) -> bool:
    """Tell whether a person is among people under the same identifier; name or birth may have been corrected, not both."""
    there = people.get(person["id"])
    if there is None:
        return False
    pairs = zip(_identify(person), _identify(there), strict=True)
    return not all(mine and theirs and mine != theirs for mine, theirs in pairs)


def _identify(person: Person) -> tuple[str, str]:
    """Return the name, however its letters and blanks were typed, and the day of birth."""
    name = person.get("name")
    words = str(name.get("name", "") if isinstance(name, Mapping) else name or "")
    return "".join(unicodedata.normalize("NFKC", words).casefold().split()), str(person.get("birth") or "")


def forget_fact(content: KeptContent, key: str) -> KeptContent:
    """Return the content without a fact and without its uses."""
    facts = {name: fact for name, fact in content.facts.items() if name != key}
    return replace(content, facts=facts, uses=[use for use in content.uses if use.fact != key])


def forget_person(content: KeptContent, person_id: str) -> KeptContent:
    """Return the content without a person and without their uses; those of the applicant stand under keys of facts too."""
    people = [one for one in content.people if one["id"] != person_id]
    uses = [use for use in content.uses if use.fact != person_id]
    if content.applicant != person_id:
        return replace(content, people=people, uses=uses)
    left = content.facts.keys() | {one["id"] for one in people}
    return replace(content, people=people, applicant=None, uses=[use for use in uses if use.fact in left])
