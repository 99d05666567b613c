"""The sample household for practice: people who do not exist, and what to type where nobody wants to write their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from msgspec import field

from webapp.facts.rules import Dictionary, Fact
from webapp.facts.rules_days import find_bound
from webapp.facts.rules_kinds import handler_of, keys_of
from webapp.facts.rules_reuse import KeptContent
from webapp.kit.content import ContentError, Definition, load_as

Typed = dict[str, Any]


class SamplesDefinition(Definition, frozen=True, kw_only=True):
    """The sample household as it is written in content/practice/household.yaml."""

    people: list[dict[str, Any]]
    facts: dict[str, Typed] = field(default_factory=dict)
    kinds: dict[str, Typed] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Samples:
    """People by attributes (the first is the applicant), and what to type: by fact, else by kind."""

    people: tuple[Mapping[str, Any], ...]
    facts: Mapping[str, Typed]
    kinds: Mapping[str, Typed]


def load_samples(content: Path) -> Samples:
    """Return the sample household; nobody where a town has written none. Raises ContentError."""
    path = content / "practice" / "household.yaml"
    if not path.exists():
        return Samples((), {}, {})
    define = load_as(path, SamplesDefinition)
    if not define.people or any("name" not in one for one in define.people):
        raise ContentError(f"{path}: everybody in the sample household needs a name")
    return Samples(tuple(define.people), define.facts, define.kinds)


def find_sample(samples: Samples, fact: Fact, today: date) -> dict[str, list[str]] | None:
    """Return what to type for a fact in practice, by part; None where a sample cannot be typed (files, people)."""
    given = samples.facts.get(fact.key)
    if given is None and fact.define.kind in ("choice", "choices", "yesno"):
        given = {"": next(iter(keys_of(fact)))}
    if given is None:
        given = samples.kinds.get(fact.define.kind)
    if given is None:
        return None
    if "day" in given:
        day = _fit_day(fact, find_bound(str(given["day"]), today) or today, today)
        return {part: list(words) for part, words in handler_of(fact).spread(fact, day.isoformat()).items()}
    if fact.define.kind == "number" and fact.define.digits and fact.key not in samples.facts:
        given = {"": "06139992" if fact.define.check else "1" * fact.define.digits}
    return {
        part: [str(one) for one in words] if isinstance(words, list) else [str(words)] for part, words in given.items()
    }


def _fit_day(fact: Fact, day: date, today: date) -> date:
    """Return a day moved to where the fact allows one."""
    earliest, latest = find_bound(fact.define.earliest, today), find_bound(fact.define.latest, today)
    if latest and day > latest:
        day = latest
    return earliest if earliest and day < earliest else day


def make_household(samples: Samples, dictionary: Dictionary, today: date, title: str) -> KeptContent:
    """Return the sample household in the shape of what residents let the ward keep, so that practice fills in alike."""
    known: set[str] = {fact.define.is_ for fact in dictionary.facts.values() if fact.define.is_}
    people = [
        {"id": f"{n:024x}", "kept_on": today.isoformat(), "title": title, **_tell(one, known, today)}
        for n, one in enumerate(samples.people, 1)
    ]
    return KeptContent(people=people, applicant=people[0]["id"] if people else None)


def _tell(person: Mapping[str, Any], known: set[str], today: date) -> dict[str, Any]:
    """Return what is known of a sample person; a day may be written as `day: today-10d`."""
    return {
        key: (find_bound(str(value["day"]), today) or today).isoformat()
        if isinstance(value, Mapping) and "day" in value
        else value
        for key, value in person.items()
        if key in known
    }


def find_sample_faults(samples: Samples, dictionary: Dictionary, today: date) -> list[str]:
    """Return what is wrong with the samples: facts nobody has, and words that a question would not take."""
    faults = [f"practice: the fact {key} does not exist" for key in samples.facts if key not in dictionary.facts]
    for fact in dictionary.facts.values():
        typed = find_sample(samples, fact, today)
        if typed is None:
            if fact.define.kind not in ("people", "person", "file"):
                faults.append(f"practice: no sample for {fact.key}")
            continue
        outcome = handler_of(fact).check(fact, typed, today, True)
        faults += [f"practice: the sample for {fact.key} is not taken: {gap.code}" for gap in outcome.gaps]
    return faults
