"""Families for the walks through life events: who they are, and what they answer where it matters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from webapp.facts.rules import Fact
from webapp.facts.rules_kinds import handler_of
from webapp.kit.clock import today

HANAKO, ICHIRO, SAKURA, TADASHI = "鈴木 花子", "鈴木 一郎", "鈴木 さくら", "鈴木 正"
PEOPLE: Mapping[str, Mapping[str, Any]] = {
    HANAKO: {"name": {"name": HANAKO, "kana": "すずき はなこ"}, "birth": "1984-07-02", "sex": "female",
             "nationality": "japanese", "relation_to_head": "spouse", "occupation": "none", "pension_kind": "national",
             "january_place": "elsewhere"},
    ICHIRO: {"name": {"name": ICHIRO, "kana": "すずき いちろう"}, "birth": "1982-03-15", "sex": "male",
             "nationality": "japanese", "relation_to_head": "head", "occupation": "employee", "pension_kind": "employees",
             "january_place": "elsewhere"},
    SAKURA: {"name": {"name": SAKURA, "kana": "すずき さくら"}, "birth": "2019-09-03", "sex": "female",
             "nationality": "japanese", "relation_to_head": "child", "occupation": "student"},
    TADASHI: {"name": {"name": TADASHI, "kana": "すずき ただし"}, "birth": "1941-01-20", "sex": "male",
              "nationality": "japanese", "relation_to_head": "head"},
}  # fmt: skip
HOME = {"postal": "166-8570", "area": "東京都杉並区阿佐谷南", "block": "1-15-1", "building": ""}
BEFORE = {"postal": "164-0001", "area": "東京都中野区中野", "block": "4-8-1", "building": "中野荘203"}

PARENTS = {"applicant": HANAKO, "spouse": ICHIRO, "head": ICHIRO, "child-insured": ICHIRO, "register-head": ICHIRO}


def days_ago(days: int) -> str:
    """Return a day, as answers hold days."""
    return (today() - timedelta(days=days)).isoformat()


@dataclass(frozen=True)
class Family:
    """What a family answers: by fact, about whoever has a role, and who stands on which list ("" for any other list)."""

    answers: Mapping[str, Any]
    roles: Mapping[str, str] = field(default_factory=lambda: PARENTS)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: {"": (SAKURA,)})

    def people_on(self, fact: Fact) -> tuple[str, ...]:
        """Return who belongs on a list."""
        return self.lists.get(fact.key, self.lists[""])

    def say(self, fact: Fact, person: str) -> Mapping[str, Any] | None:
        """Return what is typed for a fact by part, about somebody on a list or whoever the fact is about; None for whatever."""
        value = self.answers.get(fact.key)
        if value is None:
            about = PEOPLE.get(person or self.roles.get(fact.define.of or "", ""), {})
            value = about.get(fact.define.is_ or "")
        return None if value is None else handler_of(fact).spread(fact, value)


MOVING = Family(
    {
        "event.insurance_now": "national", "event.has_children": "yes", "event.preschool_child": "no",
        "event.school_child": "yes", "event.has_dog": "yes", "event.mynumber_card": "yes", "event.care_certified": "no",
        "event.moved_from": "japan", "event.moved_with": "yes", "event.had_seal": "yes", "event.asked_for_record": "yes",
        "applicant.moved_on": days_ago(4), "applicant.address": HOME, "applicant.previous_address": BEFORE,
        "applicant.phone": "090-1234-5678", "applicant.contact_way": ["phone"], "children.has_older": "no",
        "work.occupation": "part-time",
    },
    lists={
        "": (SAKURA,), "household.members": (ICHIRO, SAKURA), "household.card_holders": (HANAKO, ICHIRO),
        "insurance.joining_people": (SAKURA,), "certificate.people": (HANAKO,),
    },
)  # fmt: skip
MOURNING = Family(
    {
        "grief.relation": "child", "grief.household": "head-several", "grief.same_household": "yes",
        "grief.pension": "employees", "grief.papers": ["care-card"], "grief.child_allowance": "no",
        "grief.in_name": ["land-or-house", "dog"], "deceased.died_on": days_ago(12), "deceased.funeral_on": days_ago(8),
        "deceased.insurance_kind": "latter-stage", "deceased.left_company_recently": "no", "deceased.third_party": "no",
        "deceased.organiser_is_applicant": "yes", "applicant.address": HOME, "applicant.phone": "090-1234-5678",
        "applicant.contact_way": ["phone"],
    },
    roles=PARENTS | {"deceased": TADASHI, "insured": TADASHI, "former-head": TADASHI},
    lists={"": (ICHIRO,)},
)  # fmt: skip
ILL = Family(
    {
        "event.insurance_now": "company", "event.has_children": "yes", "event.school_child": "yes", "event.left_job": "yes",
        "event.insurance_after_job": "old-job", "event.still_kokuho": "no", "event.health_state": ["daily-life-hard"],
        "insurance.left_on": days_ago(9), "pension.kind": "national", "situation.applicant_is": "self",
        "work.occupation": "none", "applicant.address": HOME, "applicant.phone": "090-1234-5678",
        "applicant.contact_way": ["phone"], "pension.family_left_job": "no",
    },
    lists={"": (SAKURA,), "household.members": (ICHIRO, SAKURA)},
)  # fmt: skip
EVENTS: Mapping[str, Family] = {"moving-in": MOVING, "bereavement": MOURNING, "illness-income": ILL}
"""The three life events that ask the most questions."""
