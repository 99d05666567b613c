"""What leaves the house: every letter of it, or a line in the report; with a reason, a look and a log; never another section's."""

import io
import re
import zipfile
from datetime import timedelta

import pytest

from tests.accounts.helping import sign_in
from tests.staff.leaving import (
    OFFICE,
    PLACE,
    SLUG,
    WHY,
    logged,
    looks,
    read_csv,
    receive_some,
    take,
)
from tests.staff.sections import PEOPLE, make_section
from webapp.applications.service_cases import open_case
from webapp.applications.service_vault import open_vault
from webapp.applications.tables import Application
from webapp.kit.clock import now, today
from webapp.kit.database import open_session
from webapp.staff import service_exports
from webapp.staff.service_export_files import REPORT_NAME


def test_a_csv_file_has_a_row_for_each_application(app, officer, section):
    answer = take(officer)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Disposition"].endswith(f'{SLUG}-{today().isoformat()}.csv"')
    rows = read_csv(answer)
    assert [row["受付番号"] for row in rows] == list(section.receipts)
    for row, (name, kana) in zip(rows, PEOPLE, strict=True):
        assert {name, kana} <= {*row.values()}
        assert row["ほかの答え"] == "no.more：x"


def test_what_residents_really_sent_leaves_whole(app, client):
    """No answer stays behind: everything the forms sent is somewhere in the row."""
    sent = make_section(app, SLUG, 1, name="somebody")
    sign_in(client, app, (f"officer:{OFFICE}",), "kakari")
    [row] = read_csv(take(client))
    with open_session(app.extensions["engine"]) as session:
        case = open_case(
            session.get(Application, sent.application_ids[0]), open_vault(app.extensions["madoguchi"].settings)
        )
    facts, whole = app.extensions["madoguchi"].dictionary.facts, "|".join(row.values())
    typed = {
        key: one for key, one in case.answers.items() if facts[key].define.kind in ("name", "text", "mail", "address")
    }
    assert len(typed) > 3
    for value in typed.values():
        for name, words in value.items() if isinstance(value, dict) else [("", value)]:
            assert words in whole or name == "postal"


def test_every_application_that_left_was_looked_at_and_the_log_says_how_many(app, officer, section):
    take(officer)
    found = looks(app)
    assert {one.application_id for one in found} == set(section.application_ids)
    assert {one.account_id for one in found} == {officer.account_id}
    assert {one.why for one in found} == {"export"}
    assert all(one.sealed_words and WHY.encode() not in one.sealed_words for one in found)
    [entry] = logged(app, "applications-exported")
    assert entry.about == f"rows=3 {SLUG}/all"
    assert entry.account_id == officer.account_id
    assert len(logged(app, "application-exported")) == 3


@pytest.mark.parametrize("why", ["", " ", "ab", "x" * 201])
def test_without_a_reason_nothing_leaves(app, officer, why):
    answer = take(officer, why=why, form="json", layout="shared.list", first="2020-01-01")
    assert answer.status_code == 422
    assert 'id="why-error"' in answer.text
    assert 'value="2020-01-01"' in answer.text
    assert looks(app) == []
    assert logged(app, "applications-exported") == []


@pytest.mark.parametrize(
    ("typed", "gap"),
    [({"layout": "x"}, "layout"), ({"form": "xlsx"}, "form"), ({"instead": "?"}, "instead"), ({"first": "yesterday"}, "first"),
     ({"first": "2026-02-30"}, "first"), ({"first": "2026-11-28", "last": "2026-11-01"}, "last"), ({"last": "2001-01-01"}, "first"),
     ({"layout": "dog-registration.register"}, "layout")],
)  # fmt: skip
def test_a_wrong_choice_is_a_page_that_says_what_to_do(app, officer, typed, gap):
    answer = take(officer, **typed)
    assert answer.status_code == 422
    assert f'id="{gap}-error"' in answer.text
    assert f'value="{WHY}"' in answer.text
    assert looks(app) == []


def test_states_and_days_choose_what_leaves(app, officer, section):
    engine = app.extensions["engine"]
    with open_session(engine) as session:
        first, second, _ = (session.get(Application, one) for one in section.application_ids)
        first.state, second.sent_at = "decided", second.sent_at - timedelta(days=10)
        session.add_all((first, second))
    assert [row["受付番号"] for row in read_csv(take(officer, states="decided"))] == [section.receipts[0]]
    day = (today() - timedelta(days=5)).isoformat()
    assert [row["受付番号"] for row in read_csv(take(officer, last=day))] == [section.receipts[1]]
    assert "2件あります" in officer.get(f"{PLACE}?first={day}").text


def test_one_form_counts_and_takes_out_what_it_shows(app, officer, section):
    """Whoever ticks something and does not count first gets that, and not everything."""
    with open_session(app.extensions["engine"]) as session:
        first, second, third = (session.get(Application, one) for one in section.application_ids)
        for row, outcome, days in ((first, "accepted", 1), (second, "refused", 1), (third, "accepted", 9)):
            row.sqlmodel_update({"state": "decided", "outcome": outcome, "decided_at": now() - timedelta(days=days)})
            session.add(row)
    form = officer.get(PLACE).text.split(f'action="{PLACE}"')[1].split("</form>")[0]
    assert {"states", "first", "outcomes", "decided_first", "why", "layout"} <= set(re.findall(r'name="(\w+)"', form))
    csrf = re.findall(r'name="csrf" value="(\w+)"', form)
    chosen = {"outcomes": "accepted", "decided_first": (today() - timedelta(days=3)).isoformat()}
    typed = {"csrf": csrf, **chosen, "why": WHY, "form": "json", "layout": "shared.list"}
    counted = officer.post(f"{PLACE}count", data=typed)
    assert counted.status_code == 200
    assert "1件あります" in counted.text
    for kept in ('value="accepted" checked', f'value="{WHY}"', 'value="json" checked', 'value="shared.list" checked'):
        assert kept in re.sub(r' id="[^"]*"', "", counted.text)
    assert looks(app) == []
    assert officer.post(f"{PLACE}count", data={**typed, "decided_last": "2001-01-01"}).status_code == 422
    assert [row["受付番号"] for row in read_csv(take(officer, **chosen))] == [section.receipts[0]]


@pytest.mark.parametrize("voice", ["ja", "ja-easy", "en"])
def test_the_pages_of_exports_in_every_voice(officer, voice):
    for path in ("", f"{SLUG}/", f"{SLUG}/?states=received&first=x", "dog-registration/"):
        assert officer.get(f"/{voice}/staff/exports/{path}").status_code in (200, 422)


def test_json_fits_its_schema(app, officer, section):
    data = take(officer, form="json").json
    schema = officer.get(data["schema"].removeprefix("http://localhost")).get_json(force=True)
    assert schema["$id"] == data["schema"]
    assert set(data) == set(schema["required"])
    one = schema["properties"]["applications"]["items"]
    for row in data["applications"]:
        assert list(row) == one["required"] == list(one["properties"])
        assert all(isinstance(cell, str) for cell in row.values())
    assert [row["receipt"] for row in data["applications"]] == list(section.receipts)


def test_shift_jis_brings_its_report_along(app, officer):
    receive_some(app, ("𠮷田 花子", "よしだ はなこ"))
    archive = zipfile.ZipFile(io.BytesIO(take(officer, form="shift-jis").get_data()))
    assert archive.testzip() is None
    assert "〓田 花子" in archive.read(f"{SLUG}.csv").decode("cp932")
    report = archive.read(REPORT_NAME).decode("utf-8-sig")
    assert "U+20BB7" in report
    assert "𠮷" in report


def test_a_cell_that_looks_like_a_formula_is_only_words(app, officer):
    receive_some(app, ("=HYPERLINK(1)", "はいぱー"))
    rows = read_csv(take(officer))
    assert any("'=HYPERLINK(1)" in cell for row in rows for cell in row.values())
    assert not any(cell.startswith("=") for row in rows for cell in row.values())


def test_no_more_than_the_limit_leaves_at_once(app, officer, monkeypatch):
    monkeypatch.setattr("webapp.staff.views_exports.MOST_ROWS", 2)
    answer = take(officer)
    assert answer.status_code == 422
    assert "2件まで" in answer.text
    assert looks(app) == []


def test_many_leave_some_at_a_time_and_in_order(app, officer, section, monkeypatch):
    monkeypatch.setattr(service_exports, "AT_ONCE", 2)
    assert [row["受付番号"] for row in read_csv(take(officer))] == list(section.receipts)
