"""What is wrong with the channel router's table: keys twice, unsound conditions, ways without words, dead rows."""

from collections.abc import Iterator
from typing import get_args

from webapp.facts.rules_conditions import Condition, find_fault, list_facts
from webapp.procedures.rules import Channel
from webapp.procedures.rules_router import Barrier, Router, Rule


def find_router_faults(router: Router) -> Iterator[str]:
    """Yield everything that is wrong with the table and its words."""
    define = router.define
    rows: tuple[Rule | Barrier, ...] = (*define.rules, *define.barriers)
    keys = [row.key for row in rows]
    yield from (f"router: the row {key} is there twice" for key in sorted({k for k in keys if keys.count(k) > 1}))
    for channel in get_args(Channel):
        if channel not in router.usual:
            yield f"router: the way {channel} has no words"
    for row in rows:
        if row.when is not None:
            yield from (f"router: {row.key}: {fault}" for fault in _find_condition_faults(row.when, router))
    read = {fact for row in rows for fact in list_facts(row.when)}
    yield from (f"router: nothing reads {fact}" for fact in define.questions if fact not in read)


def _find_condition_faults(condition: Condition, router: Router) -> Iterator[str]:
    """Yield why a row's condition cannot be decided from the router's questions."""
    if fault := find_fault(condition):
        yield fault
    for fact in dict.fromkeys(list_facts(condition)):
        if fact not in router.define.questions:
            yield f"reads {fact}, which is never asked"
    yield from _find_value_faults(condition, router)


def _find_value_faults(condition: Condition, router: Router) -> Iterator[str]:
    """Yield values that no option gives."""
    options = router.define.questions.get(condition.fact or "", [])
    waited = [value for value in (condition.is_, *(condition.is_one_of or ())) if value is not None]
    yield from (f"{condition.fact} is never {value}" for value in waited if options and value not in options)
    for member in condition.members():
        yield from _find_value_faults(member, router)
