"""Small worlds for properties: a made-up dictionary with people, procedures that ask in it, and a life event around them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.drafts.making import make_book
from tests.drafts.test_plan import make_procedure
from webapp.facts.rules import Dictionary, Fact, FactDefinition
from webapp.facts.rules_conditions import Condition
from webapp.procedures.rules import Ask, Procedure
from webapp.procedures.rules_book import Book
from webapp.procedures.rules_catalogue import EventAsk, EventDefinition, Given, LifeEvent, Member
from webapp.reading.rules_texts import Text

ATTRIBUTES: Mapping[str, Mapping[str, Any]] = {
    "name": {"kind": "name"}, "birth": {"kind": "date"}, "post": {"kind": "choice", "options": ["head", "other"]},
    "note": {"kind": "yesno", "unknown": True}, "since": {"kind": "date", "unknown": True},
}  # fmt: skip
PLAIN: Sequence[Mapping[str, Any]] = (
    {"kind": "yesno", "unknown": True}, {"kind": "yesno"}, {"kind": "choice", "options": ["a", "b", "c"], "unknown": True},
    {"kind": "choices", "options": ["a", "b", "c"]}, {"kind": "date", "unknown": True}, {"kind": "text"},
)  # fmt: skip
MOST_ON_A_LIST = 3
EVENT = "event"


@dataclass
class Maker:
    """Makes one world out of chance; `size` says how much of everything there is.

    `found` are the roles whose people are found by what is known of them; `knowing`: conditions may ask what is known.
    """

    chance: Random
    size: int
    found: Sequence[str] = ()
    knowing: bool = True

    def maybe(self, probability: float) -> bool:
        """Throw a coin."""
        return self.chance.random() < probability

    def some(self, many: Sequence[Any], probability: float) -> list[Any]:
        """Return some of many, in their order."""
        return [one for one in many if self.maybe(probability)]

    def make_dictionary(self) -> Dictionary:
        """Return facts in groups, in any order: plain ones, those of roles, and lists of people; the applicant is a role."""
        others = [f"role{n}" for n in range(self.chance.randint(0, self.size))]
        self.found = self.some(others, 0.3)
        roles = ["applicant", *others]
        groups = [self.make_plain(f"plain{n}") for n in range(self.chance.randint(1, self.size))]
        groups += [self.make_role(role, roles) for role in roles]
        groups += [self.make_list(f"list{n}", roles) for n in range(self.chance.randint(0, self.size))]
        self.chance.shuffle(groups)
        return self.make_facts({key: define for group in groups for key, define in group.items()})

    def make_facts(self, defines: Mapping[str, Mapping[str, Any]]) -> Dictionary:
        """Return a dictionary of facts with these definitions."""
        facts = {
            key: Fact(key, key.split(".")[0], FactDefinition(meaning=key, **define), {"label": Text({"ja": key})}, {})
            for key, define in defines.items()
        }
        return Dictionary(facts, {}, {})

    def make_plain(self, topic: str) -> dict[str, dict[str, Any]]:
        """Return facts about nobody; sometimes two share a page."""
        shapes = [dict(self.chance.choice(PLAIN)) for _ in range(self.chance.randint(2, 5))]
        if self.maybe(0.3):
            shapes[0]["page"] = shapes[1]["page"] = f"{topic}-page"
        return {f"{topic}.fact{n}": shape for n, shape in enumerate(shapes)}

    def make_role(self, role: str, roles: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return who has a role and what is asked of them; nobody asks who the applicant is."""
        found_by = {"post": "head"} if role in self.found else None
        told = ["name", *self.some(["birth", "note", "since", *([] if found_by else ["post"])], 0.6)]
        facts: dict[str, dict[str, Any]] = {
            f"{role}.{one}": {**ATTRIBUTES[one], "of": role, "is_": one} for one in told
        }
        if role == "applicant":
            return facts
        out = tuple(self.some([one for one in roles if one not in (role, *self.found)], 0.3))
        return {f"{role}.who": {"kind": "person", "role": role, "without": out, "found_by": found_by}, **facts}

    def make_list(self, topic: str, roles: Sequence[str]) -> dict[str, dict[str, Any]]:
        """Return a list of people, with what is theirs everywhere and what is asked there alone, of some of them only."""
        told = ["name", *self.some(["birth", "post", "note"], 0.7)]
        whole = f"{topic}.people"
        items: dict[str, dict[str, Any]] = {f"{topic}.{one}": {**ATTRIBUTES[one], "is_": one} for one in told}
        items[f"{topic}.own"] = {"kind": "yesno"}
        reads = (
            Condition(fact=f"{topic}.post", is_="head") if "post" in told else Condition(fact=f"{topic}.own", is_="yes")
        )
        items[f"{topic}.odd"] = {"kind": "choice", "options": ["a", "b"], "when": reads}
        chosen = [one for one in roles if one not in self.found]
        out = tuple(self.some(chosen, 0.3))
        first = tuple(self.some([one for one in chosen if one not in out], 0.3))
        define = {"kind": "people", "item": [*items], "without": out, "starts_with": first, "at_most": MOST_ON_A_LIST}
        return {whole: define, **{key: {**item, "within": whole} for key, item in items.items()}}

    def make_test(self, fact: Fact, facts: Mapping[str, Fact]) -> Condition:
        """Return a test of one fact."""
        define = fact.define
        if define.kind == "people":
            item = facts[self.chance.choice([key for key in define.item or ()])]
            return Condition(fact=fact.key, some=self.make_test(item, facts))
        if define.kind in ("yesno", "choice"):
            values = [*(define.options or ("yes", "no")), *(("unknown",) if define.unknown else ())]
            picked = self.chance.sample(values, self.chance.randint(1, 2))
            return (
                Condition(fact=fact.key, is_=picked[0])
                if len(picked) == 1
                else Condition(fact=fact.key, is_one_of=picked)
            )
        if define.kind == "choices":
            return Condition(fact=fact.key, has=self.chance.choice(define.options or []))
        if define.kind == "date" and self.maybe(0.7):
            return self.chance.choice([Condition(fact=fact.key, under=30), Condition(fact=fact.key, at_least=30)])
        return Condition(fact=fact.key, known=self.maybe(0.5)) if self.knowing else Condition(fact=fact.key, is_="文")

    def make_condition(self, keys: Sequence[str], facts: Mapping[str, Fact]) -> Condition | None:
        """Return a condition over some of these facts, or none."""
        if not keys or self.maybe(0.5):
            return None
        tests = [self.make_test(facts[self.chance.choice(keys)], facts) for _ in range(self.chance.randint(1, 2))]
        group = self.chance.choice(["all", "any", "none", ""])
        return Condition(**{group: tests}) if group else tests[0]

    def make_procedure(self, slug: str, dictionary: Dictionary) -> Procedure:
        """Return a procedure; its conditions read what it asks earlier, and of a role what is known before its who."""
        facts = dictionary.facts
        asks: list[Ask] = []
        for key in list_askable(dictionary):
            if self.maybe(0.45):
                when = self.make_condition(list_readable(key, [ask.fact for ask in asks], dictionary), facts)
                items = [one for one in facts[key].define.item or () if one.endswith(".name") or self.maybe(0.5)]
                asks.append(
                    Ask(fact=key, when=when, required=self.maybe(0.75), items=tuple(items) if self.maybe(0.5) else ())
                )
        return make_procedure(slug, asks or [Ask(fact=list_askable(dictionary)[0])])

    def make_event(self, procedures: Sequence[Procedure], dictionary: Dictionary) -> LifeEvent:
        """Return a life event that asks first and later, gives answers, and brings the procedures, some of them depending."""
        facts = dictionary.facts
        askable = [key for key in list_askable(dictionary) if facts[key].define.kind != "people"]
        first = self.some(askable, 0.2) or askable[:1]
        later = self.some([key for key in askable if key not in first], 0.15)
        order = [*first, *later]
        asks = []
        for key in order:
            before = [one for one in order[: order.index(key)] if one in first or key in later]
            when = self.make_condition(list_readable(key, before, dictionary), facts)
            asks.append(EventAsk(fact=key, when=when, required=self.maybe(0.8), later=key in later))
        gives = [
            self.make_given(key, first, dictionary)
            for key in self.some(list_givable(askable, facts), 0.15)
            if key not in order
        ]
        members = tuple(
            Member(
                procedure=one.slug, when=self.make_condition(order, facts),
                unless=self.make_condition(order, facts) if self.maybe(0.4) else None,
            )
            for one in procedures
        )  # fmt: skip
        define = EventDefinition(order=1, asks=tuple(asks), gives=tuple(filter(None, gives)), members=members)
        return LifeEvent(EVENT, define, {}, {})

    def make_given(self, key: str, first: Sequence[str], dictionary: Dictionary) -> Given | None:
        """Return an answer that the event gives: a value, or the same as a fact that is asked before; maybe for some only."""
        facts, define = dictionary.facts, dictionary.facts[key].define
        when = self.make_condition(first, facts)
        if define.kind in ("yesno", "choice", "choices"):
            return Given(fact=key, value=self.chance.choice(define.options or ["yes", "no"]), when=when)
        keys = list(facts)
        alike = [one for one in first if facts[one].define.kind == define.kind]
        alike += [
            k for k in keys[: keys.index(key)] if facts[k].define.kind == define.kind and not facts[k].define.within
        ]
        return (
            Given(fact=key, same_as=self.chance.choice(alike), when=when) if alike and define.kind != "name" else None
        )

    def make_world(self) -> Book:
        """Return a book with everything."""
        dictionary = self.make_dictionary()
        procedures = [self.make_procedure(f"p{n}", dictionary) for n in range(self.chance.randint(1, self.size + 2))]
        event = self.make_event(procedures, dictionary)
        return make_book({one.slug: one for one in procedures}, dictionary, event)


def list_askable(dictionary: Dictionary) -> list[str]:
    """Return what a form may ask: nothing within a list, and nobody's role."""
    return [key for key, fact in dictionary.facts.items() if not fact.define.within and fact.define.kind != "person"]


def list_givable(keys: Sequence[str], facts: Mapping[str, Fact]) -> list[str]:
    """Return what an event may give: nothing about a person."""
    return [key for key in keys if not facts[key].define.of]


def list_readable(key: str, earlier: Sequence[str], dictionary: Dictionary) -> list[str]:
    """Return the earlier facts that the condition of a fact may read: of a role, what is told before who has it, or of it."""
    facts, keys = dictionary.facts, list(dictionary.facts)
    role = facts[key].define.of
    who = dictionary.who_of(role) if role else None
    if who is None:
        return list(earlier)
    return [one for one in earlier if facts[one].define.of == role or keys.index(one) < keys.index(who.key)]
