"""Speed of the search: CPU for each query over the ward's own procedures and over 2,000 made from their words.

Run as ``python -m bench search``; the queries are those of tests/procedures/queries.tsv.
"""

import random
import time
from dataclasses import replace
from pathlib import Path

from webapp.config import ROOT
from webapp.facts.service import load_dictionary
from webapp.procedures.rules import Procedure
from webapp.procedures.rules_catalogue import Catalogue
from webapp.procedures.rules_search import build_index, search
from webapp.procedures.service import load_catalogue
from webapp.reading.rules_texts import Text

VOICES = ("ja", "ja-easy", "en")
QUERIES = Path(ROOT) / "tests" / "procedures" / "queries.tsv"
MANY = 2_000
GOAL_MS = 5.0


def _multiply(catalogue: Catalogue, many: int) -> Catalogue:
    """Return a catalogue of `many` procedures: titles and search words of the real ones, mixed anew."""
    chance = random.Random(20_261_124)
    real = list(catalogue.procedures.values())
    words = {voice: [word for one in real for word in one.keywords.get(voice, ())] for voice in VOICES}
    made = {}
    for number in range(many):
        one = chance.choice(real)
        made[f"{one.slug}-{number}"] = _mix(one, f"{one.slug}-{number}", words, chance)
    return replace(catalogue, procedures=made)


def _mix(one: Procedure, slug: str, words: dict[str, list[str]], chance: random.Random) -> Procedure:
    """Return a procedure with another title and other search words of the same number."""
    titles = {voice: f"{text} {chance.choice(words[voice])}" for voice, text in one.words["title"].voices.items()}
    keywords = {voice: tuple(chance.sample(words[voice], len(own))) for voice, own in one.keywords.items()}
    return replace(one, slug=slug, words={**one.words, "title": Text(titles)}, keywords=keywords)


def _measure(catalogue: Catalogue, queries: list[tuple[str, str]]) -> tuple[float, list[float]]:
    """Return the seconds to build the three indexes, and the sorted milliseconds of CPU of each query."""
    started = time.process_time()
    indexes = {voice: build_index(catalogue, voice) for voice in VOICES}
    built = time.process_time() - started
    spent = []
    for _ in range(3):
        for voice, query in queries:
            started = time.process_time()
            search(indexes[voice], query)
            spent.append((time.process_time() - started) * 1000)
    return built, sorted(spent)


def main() -> None:
    """Print one line for each size of the catalogue."""
    catalogue = load_catalogue(ROOT / "content", load_dictionary(ROOT / "content", VOICES), VOICES)
    rows = [line.split("\t")[:2] for line in QUERIES.read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    queries = [(voice, query) for voice, query in rows]
    print(f"{len(queries)} queries, goal {GOAL_MS} ms of CPU each")
    for name, ward in (("the ward's own", catalogue), ("made from their words", _multiply(catalogue, MANY))):
        built, spent = _measure(ward, queries)
        mean, middle, late = sum(spent) / len(spent), spent[len(spent) // 2], spent[len(spent) * 99 // 100]
        print(
            f"{len(ward.procedures):5} procedures ({name}): mean {mean:.2f} ms, median {middle:.2f} ms, "
            f"99 in 100 under {late:.2f} ms, slowest {spent[-1]:.2f} ms; built in {built:.1f} s"
        )


if __name__ == "__main__":
    main()
