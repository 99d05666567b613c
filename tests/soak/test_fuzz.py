"""Hostile input into every form: never a failure of ours, what was typed comes back, and what is to mend is named."""

import html
import os
import random
from urllib.parse import urlencode

import pytest

from tests.autopilot import Autopilot, find_errors, read_form
from tests.drafts.test_journeys import DICTIONARY, FORMS
from webapp.kit.clock import today

INPUTS = 100_000 if os.environ.get("SOAK") else 600
FINE = {200, 303, 400, 403, 404, 413, 422, 429}
NASTY = (
    "", " ", "\x00", "\ud800", "葛\U000e0100", "\u202eabc", "9" * 5000, "あ" * 20_000, "<script>alert(1)</script>", "{{7*7}}", "%(x)s",
    "' OR 1=1 --", "../../etc/passwd", "\r\nSet-Cookie: a=b", "=1+1", "-1", "1e309", "元", "０", "٣", "null", "unknown", "yes", "true", "[]",
    "令和8年", "2026-02-30", "山﨑", "🙂" * 50, "\u200b", "\ufeff", "\x7f", "a@b", "０３－１２３４－５６７８", "123456789018",
)  # fmt: skip
THENS = ("", "save", "reading", "voice:en", "voice:xx", "look:size-up", "look:", "postal:", "postal:applicant.address", "person:new", "person:zz",
         "file:x", "remove-file:zz", "remove-person:zz", ":", "::", "x" * 300)  # fmt: skip


def draw(chance: random.Random) -> str:
    """Return something nobody should type: from the list, or letters at random."""
    if chance.random() < 0.7:
        return chance.choice(NASTY)
    return "".join(
        chr(chance.choice((chance.randrange(0x20, 0x3000), chance.randrange(0x3000, 0xD7FF))))
        for _ in range(chance.randrange(30))
    )


def fill(chance: random.Random, names: list[str], hidden: dict[str, str]) -> dict[str, object]:
    """Return a form with hostile values, some of them twice, some left out, some unknown."""
    data: dict[str, object] = {"csrf": hidden.get("csrf", "")}
    for name in names:
        if chance.random() < 0.9:
            data[name] = [draw(chance) for _ in range(chance.choice((1, 1, 1, 2)))]
    if chance.random() < 0.2:
        data["then"] = chance.choice(THENS)
    if chance.random() < 0.1:
        data[draw(chance)[:50] or "x"] = draw(chance)
    return data


def post(client, path: str, data: dict[str, object]):
    """Send a form with any text in it, halves of letters too."""
    body = urlencode(data, doseq=True, errors="surrogatepass")
    return client.post(path, data=body, content_type="application/x-www-form-urlencoded")


@pytest.fixture
def quick(app):
    """Return a client that does not check pages: there are too many."""
    return app.test_client()


def test_no_question_page_fails_on_any_input(quick):
    chance = random.Random(int(os.environ.get("FUZZ_SEED", "20261124")))
    pages = []
    for slug in FORMS:
        pilot = Autopilot(quick, DICTIONARY, today())
        check = pilot.walk_to_check(pilot.start(slug))
        pages += [(path, read_form(quick.get(path).text)) for path in {*pilot.seen, check}]
    for number in range(INPUTS):
        path, form = pages[number % len(pages)]
        data = fill(chance, form.names, form.hidden)
        answer = post(quick, path, data)
        assert answer.status_code in FINE, f"{path} {data!r}: {answer.status_code}"
        if answer.status_code == 422:
            assert find_errors(answer.text) or 'id="errors"' in answer.text, f"{path} {data!r} names nothing"
            assert "<title>エラー" in answer.text


def test_what_was_typed_comes_back_with_what_is_to_mend(quick):
    pilot = Autopilot(quick, DICTIONARY, today())
    where = pilot.follow(pilot.start("road-damage-report"))
    form = read_form(quick.get(where).text)
    while not any(name.endswith(":year") for name in form.names):
        where = pilot.answer(where)
        form = read_form(quick.get(where).text)
    year = next(name for name in form.names if name.endswith(":year"))
    for word in ("<b>", "二千", "20 26", "&amp;", "山﨑", "x" * 300):
        answer = post(quick, where, {"csrf": form.hidden["csrf"], year: word})
        assert answer.status_code == 422
        assert f'value="{html.escape(word)}"'.replace("&#x27;", "&#39;") in answer.text


@pytest.mark.parametrize("voice", ["ja", "ja-easy", "en"])
def test_no_public_form_fails_on_any_input(quick, voice):
    chance = random.Random(7)
    for _ in range(max(40, INPUTS // 50)):
        word, other = draw(chance), draw(chance)
        answers = [
            quick.get(f"/{voice}/find", query_string={"q": word.encode("utf-8", "surrogatepass")}),
            post(quick, f"/{voice}/slip", {"number": word, "code": other}),
            post(quick, "/look", {"change": word, "back": other, "size": word, "voice": other}),
            quick.get(f"/{voice}/reading", query_string={"size": word[:500].encode("utf-8", "surrogatepass"), "back": other[:50].encode("utf-8", "replace")}),
            quick.get(f"/{voice}/procedures/care-need-new", query_string={"card": word[:200].encode("utf-8", "surrogatepass")}),
            quick.get(f"/{voice}/help", headers={"Cookie": f"look={word[:60].encode('ascii', 'ignore').decode()!r}; browser=zz"}),
        ]  # fmt: skip
        for answer in answers:
            assert answer.status_code in FINE, f"{answer.request.path} {word!r} {other!r}: {answer.status_code}"
            assert answer.headers.get("Location", "/").startswith("/")
            assert not answer.headers.get("Location", "/").startswith("//")
