"""The components as pages use them, seen on the style page, which holds every one of them in every state."""

import re
from typing import get_args
from xml.etree.ElementTree import Element

import brotli
import html5lib
import pytest

from webapp.config import ROOT
from webapp.facts.rules import Kind

SHELL = ROOT / "webapp" / "shell" / "templates" / "shell"
VOICES = ("ja", "ja-easy", "en")


def read_page(client, path: str) -> Element:
    """Fetch a page, which checks it, and return its tree."""
    return html5lib.parse(client.get(path).text, namespaceHTMLElements=False)


def collect_words(element: Element) -> str:
    """Return the words inside an element."""
    return "".join(element.itertext()).strip()


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("look", ["standard", "largest.dark.wide.on"])
def test_style_page_is_a_good_page(client, voice, look):
    assert client.get(f"/{voice}/style?look={look}").status_code == 200


def test_every_kind_of_question_has_its_component_and_its_samples():
    samples = (SHELL / "style.html").read_text(encoding="utf-8")
    for kind in get_args(Kind):
        assert (SHELL / f"field_{kind}.html").exists(), kind
        assert f"ask('{kind}', '{kind}'," in samples, kind
        assert f"ask('{kind}', '{kind}-bad'," in samples, kind


def test_every_link_of_an_error_summary_leads_to_a_field(client):
    tree = read_page(client, "/ja/style")
    ids = {e.get("id"): e for e in tree.iter() if e.get("id")}
    links = [a for e in tree.iter() if e.get("class") == "errors" for a in e.iter("a")]
    assert links
    assert all(ids[a.get("href")[1:]].tag == "input" for a in links)


def test_summary_takes_focus_without_javascript_and_its_child_speaks(client):
    summary = next(e for e in read_page(client, "/ja/style").iter() if e.get("class") == "errors")
    assert summary.get("tabindex") == "-1"
    assert summary.get("autofocus") is not None
    assert summary.get("role") is None
    assert [child.get("role") for child in summary] == ["alert"]


def test_every_error_is_tied_to_what_it_is_about(client):
    tree = read_page(client, "/ja/style")
    errors = {e.get("id") for e in tree.iter("p") if e.get("class") == "error"}
    tied = {one for e in tree.iter() for one in (e.get("aria-describedby") or "").split()}
    marked = [e for e in tree.iter() if e.get("aria-invalid") == "true"]
    assert len(errors) > 15
    assert errors <= tied
    assert all(e.get("aria-describedby") for e in marked)


def test_names_and_ids_of_inputs_belong_together(client):
    form = next(e for e in read_page(client, "/ja/style").iter("form") if e.get("aria-label"))
    named = [e for e in form.iter() if e.tag in ("input", "textarea") and e.get("name")]
    firsts = {e.get("name"): e for e in reversed(named)}
    assert len(firsts) > 40
    assert all(e.get("id") == re.sub(r"[^A-Za-z0-9]", "-", name) for name, e in firsts.items())


def test_recent_days_offer_only_western_years_and_the_present_era(client):
    tree = read_page(client, "/ja/style")

    def eras(name: str) -> list[str | None]:
        return [e.get("value") for e in tree.iter("input") if e.get("name") == f"style.{name}:era"]

    assert eras("date") == ["western", "reiwa", "heisei", "showa", "taisho", "meiji"]
    assert eras("date-bad") == ["western", "reiwa"]


def test_a_full_list_of_files_offers_no_further_file(client):
    names = [e.get("name") for e in read_page(client, "/ja/style").iter("input") if e.get("type") == "file"]
    assert "style.file" in names
    assert "style.file-full" not in names


def test_optional_questions_say_so_in_words(client):
    legends = [collect_words(e) for e in read_page(client, "/ja/style").iter("legend")]
    assert any("書かなくてもかまいません" in one for one in legends)


@pytest.mark.parametrize("voice", VOICES)
def test_help_stands_in_the_same_place_in_the_same_order_everywhere(client, voice):
    orders = []
    for path in ("style", "help", "reading", "nowhere"):
        foot = next(read_page(client, f"/{voice}/{path}").iter("footer"))
        orders.append([a.get("href") for a in foot.iter("a")])
    assert len(orders[0]) >= 4
    assert all(one == orders[0] for one in orders)


def test_voices_are_named_in_their_own_language_and_keep_the_page(client):
    tree = read_page(client, "/ja/style")
    links = {a.get("href"): (a.get("lang"), a.get("hreflang")) for a in tree.iter("a") if a.get("hreflang")}
    assert links == {"/ja-easy/style": ("ja", "ja"), "/en/style": ("en", "en")}
    current = [collect_words(e) for e in next(tree.iter("header")).iter() if e.get("aria-current") == "true"]
    assert current == ["日本語"]


def test_status_region_waits_in_every_page(client):
    status = [e for e in read_page(client, "/ja/help").iter() if e.get("id") == "status"]
    assert [e.get("role") for e in status] == ["status"]
    assert not collect_words(status[0])


def test_reading_aloud_is_absent_until_the_browser_offers_a_voice(client):
    tree = read_page(client, "/ja/help")
    place = next(e for e in tree.iter() if e.get("id") == "aloud")
    assert not list(place)
    shown = [e for part in ("header", "main", "footer") for e in next(tree.iter(part)).iter("button")]
    assert not [e for e in shown if e.get("data-aloud")]


@pytest.mark.parametrize("path", ["/ja/", "/ja-easy/", "/en/", "/ja/help", "/ja/style", "/ja-easy/procedures/"])
def test_first_visit_is_light(app, path):
    client = app.test_client()
    answer = client.get(path, headers={"Accept-Encoding": "br"})
    tree = html5lib.parse(brotli.decompress(answer.data), namespaceHTMLElements=False)
    links = [e.get("href") for e in tree.iter("link") if e.get("rel") in ("stylesheet", "icon")]
    scripts = [e.get("src") for e in tree.iter("script")]
    weights = {u: len(client.get(u, headers={"Accept-Encoding": "br"}).data) for u in links + scripts}
    assert 1 + len(weights) <= 5
    assert len(answer.data) + sum(n for u, n in weights.items() if u.endswith(".css")) <= 14_000
    assert len(answer.data) + sum(weights.values()) <= 28_000


def test_own_scripts_evaluate_nothing_and_write_no_markup():
    for script in (ROOT / "static" / "js").glob("*.js"):
        source = script.read_text(encoding="utf-8")
        assert not re.search(r"\beval\(|new Function|innerHTML|insertAdjacentHTML|document\.write", source), script.name
