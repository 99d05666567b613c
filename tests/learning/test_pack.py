"""The instructor's pack: plans from the tutorials' own steps, the checklist, questions to ask, and steps to show."""

import shutil
from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.accounts.helping import sign_in
from tests.learning.small_tutorials import give_tutorials, make_tutorial
from webapp.config import ROOT
from webapp.kit.content import ContentError
from webapp.learning.rules_plan import PartDefinition, PlanDefinition, find_plan_faults, make_plan
from webapp.learning.service_pack import load_pack
from webapp.reading.gates import check_texts
from webapp.reading.service import load_voices

VOICES = tuple(load_voices(ROOT / "content"))
PLANS = load_pack(ROOT / "content", VOICES).plans


@pytest.fixture(scope="module")
def pack():
    return load_pack(ROOT / "content", VOICES)


@pytest.fixture
def teacher(app, client):
    give_tutorials(app, make_tutorial("names"), make_tutorial("moving", 2, steps=7, minutes=55))
    return sign_in(client, app)


@given(some.integers(0, 400))
def test_a_plan_is_as_long_as_its_class_whatever_the_tutorial(minutes):
    for plan in PLANS:
        parts = make_plan(plan, minutes)
        assert parts[0].start == 0
        assert parts[-1].end == plan.length
        assert all(one.end == other.start for one, other in zip(parts, parts[1:], strict=False))
        assert all(one.minutes > 0 for one in parts if one.key != "together")


def test_a_class_of_an_hour_goes_from_sitting_down_to_the_end(pack):
    parts = [(one.key, one.start, one.end) for one in make_plan(pack.find_plan(60), 20)]
    assert parts == [
        ("arrive", 0, 5), ("opening", 5, 10), ("watch", 10, 15), ("together", 15, 35), ("alone", 35, 50),
        ("closing", 50, 60),
    ]  # fmt: skip
    assert "break" in [one.key for one in make_plan(pack.find_plan(90), 20)]


def test_a_plan_that_cannot_work_is_refused():
    rest = PartDefinition(key="alone", minutes="rest")
    tutorial = PartDefinition(key="together", minutes="tutorial", most=30)
    good = PlanDefinition(length=60, parts=[tutorial, rest])
    assert not list(find_plan_faults(good))
    for parts in (
        [tutorial],
        [rest, rest, tutorial],
        [rest],
        [rest, PartDefinition(key="together", minutes="tutorial")],
    ):
        assert list(find_plan_faults(PlanDefinition(length=60, parts=parts)))
    assert list(find_plan_faults(msgspec.structs.replace(good, length=30)))


def test_everything_in_the_pack_is_said_in_every_voice(pack):
    found = list(dig(pack))
    assert len(found) > 60
    assert all({"ja", "ja-easy", "en"} <= {*text.voices} for text in found)


def dig(value):
    """Yield every text of the pack."""
    if hasattr(value, "voices"):
        yield value
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from dig(getattr(value, name))
    elif isinstance(value, (dict, tuple)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from dig(one)


def test_easy_japanese_and_readings_of_the_pack_pass_the_gate(pack):
    pages = {"teaching": {voice: [text.voices[voice] for text in dig(pack)] for voice in ("ja", "ja-easy")}}
    assert check_texts(pages) == ()


@pytest.mark.parametrize(("name", "old", "new"), [
    ("pack.yaml", "key: watch", "key: nowhere"),
    ("pack.yaml", "minutes: rest", "minutes: 5"),
    ("ja.yaml", "tips:", "hints:"),
    ("ja.yaml", "checklist:", "check:"),
])  # fmt: skip
def test_a_pack_with_a_fault_names_its_file(tmp_path: Path, name, old, new):
    shutil.copytree(ROOT / "content" / "teaching", tmp_path / "teaching")
    file = tmp_path / "teaching" / name
    file.write_text(file.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError, match="teaching"):
        load_pack(tmp_path, ["ja"])


@pytest.mark.parametrize("voice", ["ja", "ja-easy", "en"])
@pytest.mark.parametrize("page", [
    "", "/plan/names", "/plan/moving?minutes=90", "/checklist", "/prompts", "/slides/moving/1", "/slides/moving/7",
])  # fmt: skip
def test_every_page_of_the_pack_stands_in_every_voice(client, teacher, voice, page):
    assert client.get(f"/{voice}/teach/pack{page}").status_code == 200


@pytest.mark.parametrize(
    "page", ["/plan/nothing", "/plan/names?minutes=61", "/plan/names?minutes=²", "/slides/names/0", "/slides/names/5"]
)
def test_what_there_is_not_is_not_found(client, teacher, page):
    assert client.get(f"/ja/teach/pack{page}").status_code == 404


def test_the_plan_has_the_steps_of_the_screen_and_says_what_nobody_checked(app, client, teacher):
    plan = client.get("/ja/teach/pack/plan/moving").text
    assert all(f"ステップ{n}" in plan for n in range(1, 8))
    assert "国の標準教材の番号：1-C" in plan
    assert "まだ確かめていません" in plan
    checked = make_tutorial("names")
    confirmed = msgspec.structs.replace(checked.define, mic_confirmed=date(2026, 11, 1))
    give_tutorials(
        app, type(checked)("names", confirmed, checked.title, checked.about, checked.outcomes, checked.steps)
    )
    assert "まだ確かめていません" not in client.get("/ja/teach/pack/plan/names").text


@pytest.mark.parametrize("voice", ["ja", "ja-easy", "en"])
def test_anybody_finds_what_to_ask(client, voice):
    page = client.get(f"/{voice}/learn/prompts")
    assert page.status_code == 200
    assert client.get(f"/{voice}/learn/prompts/print").status_code == 200
    if voice == "ja":
        assert "同じことを、何度聞いてもいいです" in page.text


def test_the_pack_is_for_people_who_teach(app):
    assert app.test_client().get("/ja/teach/pack").status_code == 303
    clerk = app.test_client()
    sign_in(clerk, app, roles=("editor",), name="clerk")
    assert clerk.get("/ja/teach/pack").status_code == 404


def test_without_any_tutorial_the_pack_still_stands(app, client):
    give_tutorials(app)
    sign_in(client, app)
    assert client.get("/ja/teach/pack").status_code == 200
