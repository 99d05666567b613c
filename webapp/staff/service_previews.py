"""Procedures that are still being written: a folder beside the content, read by the same loader, shown before they count.

`<CONTENT_DRAFTS>/procedures/<slug>/` holds what content/procedures/<slug>/ will hold. Nothing else ever looks there.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from webapp.drafts.rules import Question
from webapp.drafts.rules_walk import collect_asks, list_order
from webapp.facts.rules import Dictionary, Fact
from webapp.facts.rules_conditions import list_facts
from webapp.kit.content import ContentError, list_folders
from webapp.procedures.rules import Ask, Procedure
from webapp.procedures.rules_catalogue import Catalogue, prepare
from webapp.procedures.service import find_faults
from webapp.procedures.service_content import load_procedure
from webapp.reading.rules_texts import MAIN_VOICE

FOLDER = "procedures"
EACH = "each"
UNREADABLE = (ContentError, ValueError, TypeError, KeyError, AttributeError, OSError, RecursionError)
"""What a file that somebody is still writing may lead to; the desk says so in words."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A procedure that is being written: as far as it can be read, with what is still wrong and what has no translation.

    `faults` are the words of the content gate; `missing` counts texts by voice; `changes` tells whether it is to replace one.
    """

    slug: str
    procedure: Procedure | None
    faults: tuple[str, ...]
    missing: Mapping[str, int]
    changes: bool


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """One page of questions as residents will meet it; `depends` are the facts that decide whether it is asked.

    `about_each`: it is asked about each person on a list.
    """

    key: str
    questions: tuple[Question, ...]
    depends: tuple[Fact, ...] = ()
    about_each: bool = False


@dataclass
class Previews:
    """The drafts of a folder; each is read again only when one of its files has changed."""

    folder: Path
    catalogue: Catalogue
    dictionary: Dictionary
    voices: Sequence[str]
    _read: dict[str, tuple[Any, Preview]]
    _before: frozenset[str] | None = None

    def list_all(self) -> list[Preview]:
        """Return all drafts by slug; none where there is no folder."""
        return [self._open(place) for place in self._list_places()]

    def find(self, slug: str) -> Preview | None:
        """Return one draft, or None. The name is only compared with the folders that there are."""
        place = next((one for one in self._list_places() if one.name == slug), None)
        return self._open(place) if place else None

    def _list_places(self) -> list[Path]:
        """Return the drafts' folders."""
        folder = self.folder / FOLDER
        return list(list_folders(folder)) if folder.is_dir() else []

    def _open(self, place: Path) -> Preview:
        """Return a draft as its files are now."""
        mark = sorted((one.name, one.lstat().st_mtime_ns, one.lstat().st_size) for one in place.iterdir())
        kept = self._read.get(place.name)
        if kept is None or kept[0] != mark:
            kept = self._read[place.name] = (mark, self._read_draft(place))
        return kept[1]

    def _read_draft(self, place: Path) -> Preview:
        """Read a draft; whatever is wrong with it becomes words."""
        changes = place.name in self.catalogue.procedures
        try:
            procedure = load_procedure(place, self.voices)
            faults = tuple(self._find_faults(procedure))
        except UNREADABLE as error:
            words = str(error).replace(f"{place}/", "").replace(f"{place}: ", "")
            return Preview(place.name, None, (words or type(error).__name__,), {}, changes)
        texts = [*procedure.words.values(), *procedure.bring, *procedure.declarations.values()]
        others = [code for code in self.voices if code != MAIN_VOICE]
        missing = {code: sum(code not in text.voices for text in texts) for code in others}
        return Preview(place.name, procedure, faults, {k: n for k, n in missing.items() if n}, changes)

    def _find_faults(self, procedure: Procedure) -> Iterator[str]:
        """Yield what the content gate would say if this were published, and does not say now."""
        if self._before is None:
            self._before = frozenset(find_faults(self.catalogue, self.dictionary))
        for fault in find_faults(self.catalogue_with(procedure), self.dictionary):
            if fault not in self._before:
                yield fault.removeprefix(f"procedures/{procedure.slug}: ")

    def catalogue_with(self, procedure: Procedure) -> Catalogue:
        """Return the catalogue as it would be with a draft in it."""
        preparations = {**self.catalogue.preparations}
        if procedure.define.form:
            preparations[procedure.slug] = prepare(procedure, self.dictionary)
        procedures = {**self.catalogue.procedures, procedure.slug: procedure}
        return replace(self.catalogue, procedures=procedures, preparations=preparations)


def open_previews(folder: Path, catalogue: Catalogue, dictionary: Dictionary, voices: Sequence[str]) -> Previews:
    """Return the drafts of a folder."""
    return Previews(folder, catalogue, dictionary, voices, {})


def list_question_pages(procedure: Procedure, dictionary: Dictionary) -> tuple[QuestionPage, ...]:
    """Return every page that a procedure may ask, in the order of the dictionary, whatever anybody answers."""
    wanted = collect_asks([procedure], {})
    asks = {key: found[0][1] for key, found in wanted.items() if found}
    pages: dict[str, list[Question]] = {}
    for key in list_order(dictionary, wanted):
        fact, ask = dictionary.facts[key], asks.get(key)
        question = Question(fact, ask.required if ask else True, (procedure.slug,), list_items(fact, ask))
        pages.setdefault(fact.page, []).append(question)
    found: list[QuestionPage] = []
    for key, members in pages.items():
        found.append(QuestionPage(key, tuple(members), _find_depends(members, asks, dictionary)))
        found += [_make_each(one, dictionary) for one in members if one.items]
    return tuple(found)


def list_items(fact: Fact, ask: Ask | None) -> tuple[str, ...]:
    """Return what is asked about each person on a list."""
    every = tuple(fact.define.item or ())
    return tuple(one for one in every if one in ask.items) if ask and ask.items else every


def _find_depends(members: Sequence[Question], asks: Mapping[str, Ask], dictionary: Dictionary) -> tuple[Fact, ...]:
    """Return the facts that decide whether a page is asked at all; none where one of its questions always is."""
    conditions = [asks[one.fact.key].when if one.fact.key in asks else None for one in members]
    if None in conditions:
        return ()
    keys = dict.fromkeys(key for condition in conditions for key in list_facts(condition))
    return tuple(dictionary.facts[key] for key in keys if key in dictionary.facts)


def _make_each(question: Question, dictionary: Dictionary) -> QuestionPage:
    """Return the page that is asked about each person on a list."""
    facts = [dictionary.facts[key] for key in question.items if key in dictionary.facts]
    questions = tuple(Question(fact, True, question.used_for) for fact in facts)
    return QuestionPage(f"{question.fact.key}-{EACH}", questions, about_each=True)


def try_to_show(show: Callable[[], Any]) -> Any:
    """Return a page of a draft, or None where something that the page needs is not written yet."""
    try:
        return show()
    except Exception:  # a half-written draft may lack whatever a template counts on; that is no failure of ours
        return None
