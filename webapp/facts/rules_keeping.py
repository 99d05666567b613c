"""How long an answer is kept once an application is decided, and taking it out of whatever holds it. Pure decisions."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from webapp.facts.rules import Dictionary


def list_keeps(dictionary: Dictionary) -> dict[int, frozenset[str]]:
    """Return the facts that are erased some days after the decision, by how many days."""
    keeps: dict[int, frozenset[str]] = {}
    for fact in dictionary.facts.values():
        days = fact.define.erase_after_decision_days
        if days is not None:
            keeps[days] = keeps.get(days, frozenset()) | {fact.key}
    return keeps


def name_keep(days: int, facts: Collection[str]) -> str:
    """Return a short name for erasing these facts after so many days: another one as soon as either changes."""
    words = f"{days}|{'|'.join(sorted(facts))}"
    return hashlib.blake2b(words.encode(), digest_size=12).hexdigest()


def drop_facts(value: Any, facts: Collection[str]) -> Any:
    """Return answers, or whatever holds answers, without these facts; what is asked about people on a list among them."""
    if isinstance(value, Mapping):
        return {key: drop_facts(one, facts) for key, one in value.items() if key not in facts}
    if isinstance(value, list | tuple):
        return [drop_facts(one, facts) for one in value]
    return value


def list_file_ids(value: Any) -> Iterator[str]:
    """Yield the id of every file that answers, or whatever holds answers, name."""
    if isinstance(value, Mapping):
        if "size" in value and isinstance(value.get("id"), str):
            yield value["id"]
        value = value.values()
    elif not isinstance(value, list | tuple):
        return
    for one in value:
        yield from list_file_ids(one)
