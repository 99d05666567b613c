"""A household that moves in, as it is typed: a partner who is the head, and a child."""

from tests.autopilot import read_form
from tests.drafts.browser import State
from webapp.drafts.rules_people import people_of

FAMILY = {
    "event.insurance_now": {"": "company"}, "event.has_children": {"": "yes"}, "event.preschool_child": {"": "no"},
    "event.has_dog": {"": "no"}, "event.mynumber_card": {"": "no"}, "event.care_certified": {"": "no"},
    "event.family_national": {"": "no"}, "event.had_seal": {"": "no"}, "event.asked_for_record": {"": "no"},
    "household.relation_to_head": {"": "spouse"}, "household.same_old_head": {"": "yes"},
}  # fmt: skip
"""What somebody answers who moves in with them: three procedures are needed, two of them sent, one handed over."""
JIRO, SORA = "山田 次郎", "山田 空"
MEMBERS, CHILDREN = "household.members", "children.list"


def tell(prefix: str, name: str, year: int = 1990, **more: str) -> dict[str, str]:
    """Return what is typed about a person on a list whose facts have this prefix."""
    birth = {"era": "western", "year": str(year), "month": "4", "day": "2"}
    return {
        f"{prefix}.name:name": name, f"{prefix}.name:kana": "やまだ", f"{prefix}.sex": "male",
        f"{prefix}.nationality": "japanese", **{f"{prefix}.birth:{part}": typed for part, typed in birth.items()},
        **{f"{prefix}.{key}": value for key, value in more.items()},
    }  # fmt: skip


def names_of(state: State) -> list[str]:
    """Return what everybody who was written about is called."""
    return [one["name"]["name"] for one in people_of(state.draft.answers).values() if "name" in one]


def facts_on(html: str) -> set[str]:
    """Return the facts that a page asks."""
    return {name.split(":")[0] for name in read_form(html).names}
