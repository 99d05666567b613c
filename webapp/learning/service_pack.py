"""The instructor's pack: content/teaching/ with pack.yaml and a file of texts for each voice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import current_app

from webapp.kit.content import ContentError, load_as
from webapp.learning.rules_plan import PackDefinition, Part, PlanDefinition, find_plan_faults, make_plan
from webapp.reading.rules_texts import Text, load_texts


@dataclass(frozen=True, slots=True)
class Told:
    """Something with a name and a few sentences."""

    title: Text
    text: Text


@dataclass(frozen=True, slots=True)
class Listed:
    """Something with a name and a list of sentences."""

    title: Text
    items: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of several lists: what it is called, what it is for, and its end."""

    title: Text
    about: Text
    parts: Mapping[str, Listed]
    ending: Text | None = None


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything in the pack in words; `plans` are the lengths of classes and `parts` what their parts are called."""

    title: Text
    about: Text
    plans: tuple[PlanDefinition, ...]
    plan: Told
    parts: Mapping[str, Told]
    tips: tuple[Text, ...]
    checklist: Paper
    prompts: Paper
    rehearsal: Told
    tries: tuple[Text, ...]

    def find_plan(self, length: int) -> PlanDefinition | None:
        """Return the plan of a class that is so long."""
        return next((one for one in self.plans if one.length == length), None)


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """A part of a class in time and words."""

    part: Part
    told: Told


def load_pack(content: Path, voices: Sequence[str]) -> Pack:
    """Return the pack. Raises ContentError."""
    folder = content / "teaching"
    define, texts = load_as(folder / "pack.yaml", PackDefinition), load_texts(folder, voices)
    try:
        pack = _make_pack(define, texts)
    except (KeyError, TypeError) as error:
        raise ContentError(f"{folder}/ja.yaml: {error} is missing or has another form") from error
    faults = [fault for plan in define.plans for fault in find_plan_faults(plan)]
    faults += [f"part {p.key} has no words" for plan in define.plans for p in plan.parts if p.key not in pack.parts]
    if faults or not define.plans:
        raise ContentError(f"{folder}/pack.yaml: {'; '.join(faults) or 'there is no plan'}")
    return pack


def _make_pack(define: PackDefinition, texts: Mapping[str, Any]) -> Pack:
    """Return the pack from its texts. Raises KeyError or TypeError."""
    plan, rehearsal = texts["plan"], texts["rehearsal"]
    return Pack(
        title=texts["title"], about=texts["about"], plans=tuple(define.plans), plan=Told(plan["title"], plan["about"]),
        parts={key: Told(**words) for key, words in plan["parts"].items()}, tips=plan["tips"],
        checklist=_make_paper(texts["checklist"]), prompts=_make_paper(texts["prompts"]),
        rehearsal=Told(rehearsal["title"], rehearsal["about"]), tries=rehearsal["tries"],
    )  # fmt: skip


def _make_paper(words: Mapping[str, Any]) -> Paper:
    """Return a paper from its texts. Raises KeyError or TypeError."""
    parts = {key: Listed(**one) for key, one in words["parts"].items()}
    return Paper(words["title"], words["about"], parts, words.get("ending"))


def plan_class(pack: Pack, plan: PlanDefinition, tutorial_minutes: int) -> tuple[PlannedPart, ...]:
    """Return a class about a tutorial part by part."""
    return tuple(PlannedPart(part, pack.parts[part.key]) for part in make_plan(plan, tutorial_minutes))


def get_pack() -> Pack:
    """Return the ward's pack, read once by each process. Raises ContentError."""
    ward = current_app.extensions["madoguchi"]
    pack: Pack | None = getattr(ward, "pack", None) or current_app.extensions.get("teaching_pack")
    if pack is None:
        pack = load_pack(ward.settings.content_dir, tuple(current_app.extensions["reading"].voices))
        current_app.extensions["teaching_pack"] = pack
    return pack
