"""Hostile input into every form: never a failure of ours, what was typed comes back, and what is to mend is named.

The drafts of every procedure (with SOAK=1; else of every sixth) lie open with all their pages answered; hypothesis throws at any page of any of them.
Between throws a draft is answered again from its first page to its last: what was thrown must not have locked it.
"""

import logging
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from markupsafe import escape

from tests.autopilot import Autopilot, find_errors, read_form
from tests.drafts.test_journeys import CATALOGUE, DICTIONARY, FORMS, SHORT, VOICES
from tests.soak.hostile import SHORT_TEXTS, TEXTS, TYPES, WHATS, Place, draw_form, encode, encode_parts, read_place
from webapp.app import create_app
from webapp.facts.rules_numbers import has_individual_number
from webapp.kit.clock import today

# FUZZ_INPUTS sets another number of inputs than 100,000 (make soak) and 300 (make test).
INPUTS = int(os.environ.get("FUZZ_INPUTS", "100000" if os.environ.get("SOAK") else "300"))
THROWN_AT = FORMS if os.environ.get("SOAK") else FORMS[::6]
"""Walking to every page of every form takes longer than throwing at them."""
PUBLIC_SHARE = 6
THROWS_BEFORE_MENDING = 400 if os.environ.get("SOAK") else 60
LONGEST_KEPT = {"page": 20_000, "slip": 100}
ALLOWED = {200, 303, 400, 403, 404, 413, 422, 429}
TITLES = {"ja": "<title>エラー", "ja-easy": "<title>直すところ", "en": "<title>Error"}
FUZZ = settings(
    max_examples=INPUTS, deadline=None, database=None, phases=(Phase.generate,), derandomize=not os.environ.get("SOAK"),
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


class Patient(Autopilot):
    """Answers a page whatever it was left with: the lists of files and people on it are emptied first."""

    def answer(self, address: str) -> str:
        """Empty the lists, then answer."""
        page = self.client.get(address).text
        for value in re.findall(r'value="(remove-(?:file|person):[^"]+)"', page):
            self.client.post(address, data=dict(read_form(page).hidden) | {"then": value})
        return super().answer(address)


@dataclass
class Opened:
    """One procedure's draft with every page open."""

    slug: str
    client: FlaskClient
    thrown: int = 0
    sent: bool = True
    places: list[Place] = field(default_factory=list)
    csrf: str = ""

    def mend(self) -> None:
        """Answer every page (of a new draft if this one was sent), and note all that can be thrown at."""
        pilot = Patient(self.client, DICTIONARY, today())
        first = pilot.start(self.slug) if self.sent else self.places[0].path
        check = pilot.walk_to_check(first)
        found = [(path, self.client.get(path)) for path in (*dict.fromkeys(pilot.seen), check)]
        self.places = [read_place(path, page.text) for path, page in found if page.status_code == 200]
        self.csrf = read_form(found[-1][1].text).hidden["csrf"]
        self.thrown, self.sent = 0, False


@dataclass
class Target:
    """The service under fire, with a count of what it answered."""

    client: FlaskClient
    drafts: list[Opened]
    counts: Counter[int] = field(default_factory=Counter)

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        kind: str = "application/x-www-form-urlencoded",
        **kwargs: Any,
    ) -> Any:
        """Send one hostile request; whatever it is, it is no failure and leads nowhere else."""
        answer = self.client.open(path, method=method, data=body, content_type=kind, **kwargs)
        self.counts[answer.status_code] += 1
        # Doubled or missing slashes in an address are led to its plain form with 308; no form answers so.
        fine = ALLOWED | {308} if method == "GET" or "%2F" in path else ALLOWED
        assert answer.status_code in fine, f"{answer.status_code}: {method} {path} {kind} {body!r}"
        assert re.match(r"(http://localhost)?/(?![/\\])", answer.headers.get("Location", "/")), answer.headers[
            "Location"
        ]
        return answer


@pytest.fixture
def target(app) -> Iterator[Target]:
    """Return the service with a draft of every procedure, its log of requests silent."""
    log = logging.getLogger("madoguchi")
    level = log.level
    log.setLevel(logging.ERROR)
    client = app.test_client()
    drafts = [Opened(slug, client) for slug in THROWN_AT]
    for draft in drafts:
        draft.mend()
    yield Target(client, drafts)
    log.setLevel(level)


def is_plain(word: str) -> bool:
    """Tell whether a word must come back as it was: no control characters, no halves of letters, no Individual Number."""
    return not re.search("[\x00-\x1f\x7f\ud800-\udfff]", word) and not has_individual_number(word)


def check_refusal(place: Place, voice: str, form: dict[str, Any], page: str) -> None:
    """What is to mend is named in the title and at its field, and everything typed stands in its place."""
    assert TITLES[voice] in page, f"{place.path} {form!r}: the title says nothing"
    assert find_errors(page), f"{place.path} {form!r}: nothing is named"
    for name in place.texts & form.keys():
        word = form[name][0][: LONGEST_KEPT["page"]]
        if is_plain(word):
            assert str(escape(word)) in page, f"{place.path} {name} {word[:80]!r} is gone"


def throw_at_draft(draw: Any, target: Target) -> None:
    """Send one hostile form to one page of one draft; then and again, look at the page, or answer the draft anew."""
    draft = draw(st.sampled_from(target.drafts))
    if draft.sent or draft.thrown >= THROWS_BEFORE_MENDING:
        draft.mend()
    place, voice = draw(st.sampled_from(draft.places)), draw(st.sampled_from(VOICES))
    path = place.path.replace("/ja/", f"/{voice}/", 1)
    form = draw_form(draw, place, draft.csrf)
    draft.thrown += 1
    way = draw(st.integers(0, 20))
    if way == 0:
        target.send("POST", path, encode(form), draw(st.sampled_from(TYPES)))
        return
    body, kind = encode(form), "application/x-www-form-urlencoded"
    if way <= 2:
        contents = st.sampled_from((b"", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7\n", b"\xff\xd8\xff")) | st.binary(max_size=80)
        files = st.tuples(st.sampled_from(place.names or ("x",)), SHORT_TEXTS, contents)
        body, kind = encode_parts(form, draw(st.lists(files, max_size=3)))
    answer = target.send("POST", path, body, kind)
    draft.sent = draft.sent or answer.headers.get("Location", "").endswith("/sent")
    if answer.status_code == 422 and way > 2:
        check_refusal(place, voice, form, answer.text)
    if way == 3:
        assert target.client.get(path).status_code in (200, 303, 404), path


def throw_at_slip(draw: Any, target: Target) -> None:
    """Come back with numbers that are none."""
    voice, form = draw(st.sampled_from(VOICES)), {"number": draw(TEXTS), "code": draw(TEXTS)}
    form["code"] = draw(st.just(form["code"]) | st.just("123456789012"))
    place = {"environ_overrides": {"REMOTE_ADDR": draw(st.ip_addresses(v=4).map(str))}}
    answer = target.send("POST", f"/{voice}/slip", encode(form), **place)
    assert answer.status_code in (413, 422, 429)
    if answer.status_code == 413:
        return
    assert 'class="errors"' in answer.text
    assert TITLES[voice] in answer.text
    for word in (one[: LONGEST_KEPT["slip"]] for one in form.values()):
        assert not is_plain(word) or str(escape(word)) in answer.text, repr(word)


def throw_at_address(draw: Any, target: Target) -> None:
    """Ask for addresses with anything in them: searches, answers to the router, tokens, keys, settings."""
    voice, word = draw(st.sampled_from(VOICES)), draw(TEXTS)
    slug = draw(st.sampled_from(sorted(CATALOGUE.procedures)))
    part = quote(word[:2000], safe="", errors="surrogatepass")
    held = target.drafts[0].places[0].path.rsplit("/", 1)[0]
    names = st.sampled_from(("card", "q", "look", "back", "size", "voice", "furigana")) | SHORT_TEXTS
    query = encode(draw(st.dictionaries(names, st.lists(SHORT_TEXTS, max_size=2), max_size=5))).decode()
    paths = (
        f"/{voice}/find?q={part}", f"/{voice}/procedures/{slug}?{query}", f"/{voice}/reading?{query}", f"/{voice}/?look={part}",
        f"/{part}/", f"/{voice}/{part}", f"/{voice}/slip/{part}", f"/{voice}/procedures/{part}", f"/{voice}/events/{part}",
        f"/{voice}/for/{part}", f"/{voice}/drafts/{part}/", f"/{voice}/drafts/{part}/slip", f"{held}/{part}", f"{held}/{part}/{part}",
        f"{held}/files/{part}", f"{held}/print/{part}", f"/static/{part}",
    )  # fmt: skip
    target.send("GET", draw(st.sampled_from(paths)))


def throw_at_look(draw: Any, target: Target) -> None:
    """Change the look with anything, and open what is not there."""
    word, voice = draw(SHORT_TEXTS), draw(st.sampled_from(VOICES))
    token = quote(word, safe="", errors="surrogatepass") or "x"
    names = (
        st.sampled_from(("change", "back", "keep", "voice", "size", "contrast", "spacing", "furigana")) | SHORT_TEXTS
    )
    form = draw(st.dictionaries(names, SHORT_TEXTS, max_size=8))
    path = draw(
        st.sampled_from(("/look", "/look", "/look", f"/{voice}/slip/{token}", f"/{voice}/procedures/{token}/start"))
    )
    target.send(
        "POST", path, encode(form), draw(st.sampled_from(("application/x-www-form-urlencoded",) * 9 + TYPES[:1]))
    )


# werkzeug drops the files of a form that turns out broken or too large half-way; they are closed when it is collected.
@pytest.mark.filterwarnings("ignore:Unclosed file:ResourceWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.timeout(3 * 3600)
def test_no_input_is_a_failure_and_what_is_to_mend_is_named(target):
    @FUZZ
    @given(st.data())
    def throw(data):
        public = (throw_at_slip, throw_at_address, throw_at_look)
        number = data.draw(st.integers(0, PUBLIC_SHARE * 3 - 1))
        (public[number] if number < len(public) else throw_at_draft)(data.draw, target)

    throw()
    assert sum(target.counts.values()) >= INPUTS
    assert target.counts[422] > INPUTS // 20, f"hardly anything was refused: {target.counts}"
    for draft in target.drafts:
        draft.mend()


@pytest.mark.parametrize("mark", ["\x00", "\ud800"] + ["a\x00b", "🙂"] * bool(os.environ.get("SOAK")))
def test_postgres_is_not_asked_for_what_it_cannot_hold(settings, postgres_engine, mark):
    """PostgreSQL refuses NUL in any text, where SQLite finds nothing."""
    client = create_app(settings, postgres_engine).test_client()
    draft = Opened(SHORT, client)
    draft.mend()
    target, held = Target(client, [draft]), draft.places[0].path.rsplit("/", 1)[0]
    part = quote(mark, safe="", errors="surrogatepass")
    paths = ("drafts/{}/", "drafts/{}/slip", "slip/{}", "find?q={}", "procedures/{}", "?look={}")
    for path in (
        *(f"/ja/{one.format(part)}" for one in paths),
        f"{held}/files/{part}",
        f"{held}/{part}",
        f"{held}/print/{part}",
    ):
        target.send("GET", path)
    for place in draft.places:
        for what in WHATS:
            target.send("POST", place.path, encode({"csrf": draft.csrf, "then": f"{what}:{mark}"}))
        target.send("POST", place.path, encode({"csrf": draft.csrf} | dict.fromkeys(place.names, mark)))
    target.send("POST", "/ja/slip", encode({"number": mark, "code": mark}))


def test_what_may_come_back_does_come_back(app):
    """The check that the fuzz makes can fail: a word that the page does not hold is missed."""
    draft = Opened(SHORT, app.test_client())
    draft.mend()
    target = Target(draft.client, [draft])
    place = next(one for one in draft.places if one.texts)
    form = {name: ["二千<b>&" + "x" * 300] for name in place.texts} | {"csrf": draft.csrf}
    page = target.send("POST", place.path, encode(form))
    assert page.status_code == 422
    check_refusal(place, "ja", form, page.text)
    with pytest.raises(AssertionError):
        check_refusal(place, "ja", {name: ["二万"] for name in place.texts}, page.text)
