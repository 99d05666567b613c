"""The self-check of a machine: told to staff, honest about what cannot be seen, and shut to everybody else."""

import pytest

from tests.kiosk.helping import press, sit_down
from webapp.kiosk.rules_check import CHECKS, group_findings, is_marked, mark, read_findings

NAMES = [check.name for check in CHECKS]


def test_what_is_missing_or_nonsense_is_unknown():
    found = read_findings({"https": "safe", "clock": "perhaps"})
    assert list(found) == NAMES
    assert found["https"] == "safe"
    assert {found[name] for name in NAMES if name != "https"} == {"unknown"}


def test_a_mark_opens_only_what_it_shows():
    assert is_marked(mark({"https": "safe", "restart": "safe"}))
    assert mark({"https": "safe"})["https"] == "safe"
    assert not is_marked({})


def test_findings_are_told_with_the_worst_first():
    assert group_findings({"https": "safe", "print": "unsafe"}) == [("unsafe", ["print"]), ("safe", ["https"])]


@pytest.mark.parametrize("voice", ["ja", "ja-easy", "en"])
def test_every_check_has_words_and_can_be_answered_without_a_script(kiosk, voice):
    page = kiosk.get(f"/{voice}/kiosk/check").text
    assert "<noscript>" in page
    for name in NAMES:
        assert f'data-check="{name}"' in page
        for found in ("safe", "unsafe", "unknown"):
            assert f'name="{name}" id="{name}-{found}"' in page
    assert page.count("<h2>") == len(NAMES)
    assert "<h2></h2>" not in page


def test_results_reach_the_page_for_staff(kiosk, staff, machine):
    answer = kiosk.post("/ja/kiosk/check", data={**dict.fromkeys(NAMES, "safe"), "print": "unsafe"})
    assert answer.status_code == 303
    page = press(staff, machine, "code")
    assert "紙が" in page
    assert "<details open>" in page


def test_marking_begins_anew_and_is_remembered(kiosk):
    answer = kiosk.post("/ja/kiosk/check", data={"then": "mark"})
    assert answer.headers["Location"] == "/ja/kiosk/bye"
    assert 'data-marked="yes"' in kiosk.get("/ja/kiosk/check").text


def test_what_the_page_says_in_passing_changes_nothing_else(kiosk):
    kiosk.post("/ja/kiosk/check", data=dict.fromkeys(NAMES, "safe"))
    kiosk.post("/ja/kiosk/check", data={"then": "back-cache"})
    page = kiosk.get("/ja/kiosk/check").text
    assert 'id="back-cache-unsafe" value="unsafe" checked' in page
    assert 'id="https-safe" value="safe" checked' in page


def test_a_sample_is_printed_on_every_paper_and_opens_nothing(kiosk):
    for paper in ("80mm", "large", "a4"):
        page = kiosk.get(f"/ja/kiosk/check/print/{paper}")
        assert page.status_code == 200
        assert f'data-print="{paper}"' in page.text
    assert kiosk.get("/ja/kiosk/check/print/a5").status_code == 404


def test_other_browsers_are_shown_nothing_of_it(client):
    assert client.get("/ja/kiosk/check").headers["Location"] == "/ja/kiosk/pair"
    assert client.post("/ja/kiosk/check", data=dict.fromkeys(NAMES, "safe")).headers["Location"] == "/ja/kiosk/pair"
    assert client.get("/ja/kiosk/check/print/a4").status_code == 404
    assert client.get("/ja/kiosk/check/back").status_code == 404


def test_it_can_be_opened_while_somebody_sits_there(kiosk):
    sit_down(kiosk)
    assert kiosk.get("/ja/kiosk/check").status_code == 200
    assert kiosk.get("/ja/kiosk/check/back").status_code == 200
