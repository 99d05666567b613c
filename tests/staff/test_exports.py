"""What leaves the house: every letter of it, or a line in the report; with a reason, a look and a log; never another section's."""

import csv
import io
import json
import zipfile
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st
from sqlmodel import Session, select

from tests.accounts.helping import make, sign_in
from tests.staff.sections import PEOPLE, Section, make_section
from webapp.accounts.tables import AuditEntry
from webapp.app import load_ward
from webapp.applications.service import Applications, Parcel, receive
from webapp.applications.service_cases import open_case
from webapp.applications.service_vault import open_vault
from webapp.applications.tables import Application, Look
from webapp.facts.rules import Fact, FactDefinition
from webapp.kit.clock import now, today
from webapp.kit.crypto import new_key
from webapp.kit.database import open_session
from webapp.kit.ids import new_id
from webapp.reading.rules_texts import Text
from webapp.staff import service_exports
from webapp.staff.rules_cells import (
    fit_row,
    fit_shift_jis,
    guard_formula,
    has_shift_jis,
    open_formula,
    write_date,
    write_kana,
    write_value,
)
from webapp.staff.rules_layouts import (
    Column,
    ColumnDefinition,
    Layout,
    LayoutDefinition,
    find_layout_faults,
    list_for,
    spread,
)
from webapp.staff.service_export_files import REPORT_NAME, write_csv, write_json, write_shift_jis
from webapp.staff.service_exports import Row
from webapp.staff.service_layouts import load_layouts

SLUG, OFFICE = "dog-change-or-death", "environment-dogs"
WHY = "犬の台帳に入れるため"
PLACE = f"/ja/staff/exports/{SLUG}/"


# Cells


@given(st.text())
def test_a_guarded_cell_is_no_formula_and_gives_back_the_words(words):
    cell = guard_formula(words)
    assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    assert not cell.startswith(("\t", "\r", "\n"))
    assert open_formula(cell) == words


@pytest.mark.parametrize("words", ["=1+1", "+81", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "'=1", "''=1", "\r\n=1"])
def test_everything_that_a_spreadsheet_could_run_is_guarded(words):
    assert guard_formula(words) == f"'{words}"


@given(st.text())
def test_shift_jis_holds_all_but_what_is_reported(words):
    for instead in ("〓", ""):
        fitted, lost = fit_shift_jis(words, instead)
        assert fitted.encode("cp932").decode("cp932") == fitted
        told = iter(lost)
        rebuilt = "".join(one if has_shift_jis(one) else next(told)[1] for one in words)
        assert rebuilt == fitted
        assert next(told, None) is None
        assert [character for character, _ in lost] == [one for one in words if not has_shift_jis(one)]


def test_every_character_of_the_first_plane_is_written_or_reported():
    for number in (*range(0xD800), *range(0xE000, 0x10000)):
        character = chr(number)
        fitted, lost = fit_shift_jis(character, "〓")
        assert bool(lost) == (fitted != character), hex(number)
        assert fitted.encode("cp932")


@pytest.mark.parametrize(
    ("typed", "fitted"), [("髙﨑", "髙﨑"), ("𠮷田", "〓田"), ("〜−", "～－"), ("葛\U000e0100", "葛〓"), ("é", "〓")]
)
def test_names_lose_only_what_shift_jis_has_not(typed, fitted):
    assert fit_shift_jis(typed, "〓")[0] == fitted


def test_the_report_says_where_each_character_was():
    cells, lost = fit_row(["𠮷田", "犬"], ["氏名", "犬の名前"], "1234", "〓")
    assert cells == ["〓田", "犬"]
    assert [(one.receipt, one.column, one.character, one.written) for one in lost] == [("1234", "氏名", "𠮷", "〓")]


@pytest.mark.parametrize(
    ("form", "words"),
    [("iso", "2026-11-28"), ("slash", "2026/11/28"), ("compact", "20261128"), ("wareki", "令和8年11月28日"),
     ("wareki-short", "R8.11.28"), ("era-code", "5081128")],
)  # fmt: skip
def test_a_day_is_written_as_the_system_wants_it(form, words):
    assert write_date(date(2026, 11, 28), form) == words


def test_first_years_and_days_before_all_eras():
    assert write_date(date(2019, 5, 1), "wareki") == "令和元年5月1日"
    assert write_date(date(1800, 1, 1), "wareki") == "1800-01-01"


@pytest.mark.parametrize(
    ("form", "words"), [("", "やまだ カナ"), ("half", "ﾔﾏﾀﾞ ｶﾅ"), ("katakana", "ヤマダ カナ"), ("hiragana", "やまだ かな"), ("full", "やまだ　カナ")]
)  # fmt: skip
def test_kana_are_of_one_kind_and_width(form, words):
    assert write_kana("やまだ カナ", form) == words


KINDS = {
    "choice": ("a", "え"), "choices": (["a", "b"], "え、び"), "yesno": ("yes", "はい"), "amount": (1200, "1200"),
    "date": ("2026-11-28", "2026-11-28"), "name": ({"name": "山田", "kana": "やまだ"}, "山田 やまだ"),
    "address": ({"postal": "1670051", "area": "杉並区", "block": "1", "building": ""}, "〒167-0051 杉並区1"),
    "text": ("犬", "犬"), "mail": ("a@b.jp", "a@b.jp"),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_answer_has_words(kind):
    value, words = KINDS[kind]
    options = ["a", "b"] if kind in ("choice", "choices") else None
    fact = Fact(
        "x",
        "t",
        FactDefinition(kind=kind, meaning="x", options=options),
        {},
        {"a": Text({"ja": "絵《え》"}), "b": Text({"ja": "び"})},
    )
    assert write_value(fact, value, "", "iso", {}) == words.replace("え", "絵")


@pytest.mark.parametrize("value", [None, "", [], "gone", 5, {"x": 1}, [1], {"name": 3}])
@pytest.mark.parametrize(
    "kind", ["date", "name", "address", "bank", "choice", "choices", "file", "phone", "number", "text"]
)
def test_answers_of_another_time_are_written_as_they_were_kept(kind, value):
    fact = Fact("x", "t", FactDefinition(kind=kind, meaning="x", options=["a"]), {}, {})
    assert isinstance(write_value(fact, value, "", "iso", {}), str)
    assert isinstance(write_value(fact, value, "kana", "iso", {}), str)


# Files


def columns(*headings):
    return [Column(one, one, ColumnDefinition(heading=one, fixed="")) for one in headings]


rows_of_text = st.lists(st.tuples(st.text(), st.text()), max_size=5)


@given(rows_of_text)
def test_any_text_comes_back_from_csv(rows):
    batches = [[Row("r", list(one))] for one in rows]
    content = b"".join(write_csv(columns("a", "b"), batches)).decode("utf-8-sig")
    found = list(csv.reader(io.StringIO(content, newline="")))
    assert found[0] == ["a", "b"]
    assert [[open_formula(cell) for cell in row] for row in found[1:]] == [list(one) for one in rows]


@given(rows_of_text)
def test_any_text_comes_back_from_json(rows):
    batches = [[Row("r", list(one)) for one in rows], []]
    content = b"".join(write_json(batches, columns("a", "b"), "http://x/schema.json", now()))
    assert json.loads(content)["applications"] == [{"a": a, "b": b} for a, b in rows]


@tuned(max_examples=50)
@given(rows_of_text, st.sampled_from(["〓", ""]))
def test_a_shift_jis_file_and_its_report_say_everything_together(rows, instead):
    batches = [[Row(f"r{n}", list(one))] for n, one in enumerate(rows)]
    content = b"".join(write_shift_jis(columns("a", "b"), batches, instead, "x.csv"))
    archive = zipfile.ZipFile(io.BytesIO(content))
    found = list(csv.reader(io.StringIO(archive.read("x.csv").decode("cp932"), newline="")))[1:]
    report = list(csv.reader(io.StringIO(archive.read(REPORT_NAME).decode("utf-8-sig"), newline="")))[1:]
    lost = [[open_formula(cell) for cell in row] for row in report]
    want = [
        (f"r{n}", name, one) for n, row in enumerate(rows) for name, words in zip("ab", row, strict=True)
        for one in words if not has_shift_jis(one)
    ]  # fmt: skip
    assert [(one[0], one[1], one[2]) for one in lost] == want
    assert [[open_formula(cell) for cell in row] for row in found] == [
        [fit_shift_jis(words, instead)[0] for words in row] for row in rows
    ]


# Layouts


def test_the_layouts_of_the_content_are_sound(settings):
    ward = load_ward(settings)
    layouts = load_layouts(settings.content_dir)
    assert layouts
    assert list(find_layout_faults(layouts, ward.catalogue.procedures, ward.dictionary)) == []


BAD = {
    "it needs exactly one of": {"heading": "x"},
    "it has no heading": {"fixed": "1"},
    "does not exist": {"heading": "x", "fact": "no.such"},
    "does not ask": {"heading": "x", "fact": "bank.account"},
    "has no part": {"heading": "x", "fact": "applicant.name", "part": "postal"},
    "is not asked about the people": {"heading": "x", "fact": "applicant.name", "item": "dog.sex"},
    "belong to a fact": {"heading": "x", "builtin": "receipt", "part": "name"},
    "is no option of": {"heading": "x", "fact": "dog.sex", "codes": {"cat": "1"}},
    "person is a place on a list": {"heading": "x", "fact": "applicant.name", "person": 0},
}


@pytest.mark.parametrize("fault", BAD)
def test_a_wrong_column_is_a_fault_that_names_its_file(settings, fault):
    ward = load_ward(settings)
    layout = Layout("dog-registration", "x", LayoutDefinition(title="x", columns=[ColumnDefinition(**BAD[fault])]))
    found = list(find_layout_faults([layout], ward.catalogue.procedures, ward.dictionary))
    if fault == "does not ask" and not found[0].endswith("bank.account"):
        pytest.skip("the dictionary has no such fact")
    assert any(fault in one and one.startswith("layouts/dog-registration/x.yaml: column 1") for one in found), found


def test_the_layout_of_all_answers_has_a_column_for_each_and_no_name_twice(settings):
    ward = load_ward(settings)
    for slug, procedure in ward.catalogue.procedures.items():
        for layout in list_for(load_layouts(settings.content_dir), slug):
            found = spread(layout, procedure, ward.dictionary)
            assert len({one.name for one in found}) == len(found)
            if layout.key == "shared.all" and procedure.define.form:
                asked = {ask.fact for ask in procedure.define.form.asks}
                shown = {one.define.fact for one in found}
                assert {one for one in asked - shown if ward.dictionary.facts[one].define.kind != "person"} == set()


# The page and the file


def take(client, place=PLACE, **typed):
    """Take applications out through the page's own form."""
    page = client.get(place)
    csrf = page.text.partition('name="csrf" value="')[2].partition('"')[0]
    given_ = {"csrf": csrf, "layout": "shared.all", "form": "csv", "instead": "geta", "why": WHY, **typed}
    answer = client.post(place, data=given_)
    answer.get_data()  # the rows are read while the file is sent
    return answer


def read_csv(answer):
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))


def receive_some(app, *people):
    """Put applications into their section as sending does, without walking through the forms; return them."""
    ward, made = app.extensions["madoguchi"], []
    with open_session(app.extensions["engine"]) as session:
        before = set(session.exec(select(Application.id)))
        for number, (name, kana) in enumerate(people):
            answers = {"applicant.name": {"name": name, "kana": kana}, "dog.name": "ポチ", "no.more": "x"}
            parcel = Parcel(new_id(), SLUG, "", "ja", answers, 14, new_key(), OFFICE)
            receive(
                session, Applications.REAL, parcel, open_vault(ward.settings), now() + timedelta(seconds=number), 365
            )
        made += [one for one in session.exec(select(Application).order_by(Application.sent_at)) if one.id not in before]
    return made


@pytest.fixture
def section(app):
    """Return a section with three applications."""
    sent = receive_some(app, *PEOPLE)
    account_id = make(app, (f"officer:{OFFICE}",), "somebody")
    ids, receipts = tuple(one.id for one in sent), tuple(one.receipt for one in sent)
    return Section(OFFICE, SLUG, ids, receipts, tuple(one.draft_id for one in sent), account_id)


@pytest.fixture
def officer(app, client, section):
    """Return a client of somebody of that section, and remember who."""
    client.account_id = sign_in(client, app, (f"officer:{OFFICE}",), "kakari")
    return client


def looks(app, what="exported"):
    with open_session(app.extensions["engine"]) as session:
        return list(session.exec(select(Look).where(Look.what == what)))


def logged(app, what):
    with open_session(app.extensions["engine"]) as session:
        return list(session.exec(select(AuditEntry).where(AuditEntry.what == what)))


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
    assert {one.why for one in found} == {"other"}
    assert all(one.sealed_words and WHY.encode() not in one.sealed_words for one in found)
    [entry] = logged(app, "applications-exported")
    assert entry.about == f"rows=3 {SLUG}/all"
    assert entry.account_id == officer.account_id
    assert len(logged(app, "application-exported")) == 3


def test_taking_out_gives_no_reason_to_open_an_application_afterwards(app, officer, section):
    from webapp.accounts.service import find_clerk
    from webapp.applications.service_looks import find_why

    take(officer)
    with open_session(app.extensions["engine"]) as session:
        row = session.get(Application, section.application_ids[0])
        assert find_why(session, find_clerk(session, officer.account_id), row, now()) == ""


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


def test_what_no_key_opens_is_told_in_its_row(app, officer, section):
    with open_session(app.extensions["engine"]) as session:
        row = session.get(Application, section.application_ids[1])
        row.wrapped_key = b"\x01" + bytes(40)
        session.add(row)
    rows = read_csv(take(officer))
    assert rows[1]["受付番号"] == section.receipts[1]
    assert "（開けませんでした）" in rows[1].values()
    assert section.application_ids[1] not in {one.application_id for one in looks(app)}


def test_a_file_that_breaks_off_has_shown_nobody_unseen(app, section):
    from webapp.accounts.rules import Clerk, Grant
    from webapp.staff.service_exports import Export, Source, read_rows

    ward, engine = app.extensions["madoguchi"], app.extensions["engine"]
    layout = next(one for one in load_layouts(ward.settings.content_dir) if one.key == "shared.all")
    found = spread(layout, ward.catalogue.procedures[SLUG], ward.dictionary)
    clerk = Clerk(section.account_id, "x", frozenset({Grant("officer", OFFICE)}))
    source = Source(engine, open_vault(ward.settings), ward.dictionary, clerk)
    service_exports.AT_ONCE = 1
    try:
        rows = read_rows(source, Export(section.application_ids, SLUG, Text({"ja": "x"}), found, WHY))
        [first] = next(rows)
        assert first.receipt == section.receipts[0]
        assert [one.application_id for one in looks(app)] == [section.application_ids[0]]
        rows.close()
    finally:
        service_exports.AT_ONCE = 100


# Walls


def test_another_section_has_none_of_it(app, client, section):
    sign_in(client, app, ("officer:pension", "head:residents", "editor", "auditor"), "tonari")
    assert client.get(PLACE).status_code == 404
    assert client.get(f"{PLACE}shared.all.json").status_code == 404
    listed = client.get("/ja/staff/exports/")
    assert listed.status_code == 200
    assert SLUG not in listed.text


def test_what_was_moved_to_another_section_does_not_leave_with_this_one(app, officer, section):
    with open_session(app.extensions["engine"]) as session:
        row = session.get(Application, section.application_ids[0])
        row.section = "pension"
        session.add(row)
    assert [row["受付番号"] for row in read_csv(take(officer))] == list(section.receipts[1:])
    assert section.application_ids[0] not in {one.application_id for one in looks(app)}


def test_no_filter_reaches_over_the_wall(app):
    """Whatever is chosen, only one's own sections' applications are counted and listed."""
    from webapp.accounts.rules import Clerk, Grant
    from webapp.applications.service_choosing import Wanted, count_by_procedure, count_wanted, list_wanted, load_own

    receive_some(app, *PEOPLE)
    with Session(app.extensions["engine"]) as session:
        ids = list(session.exec(select(Application.id)))
        for grants in ({Grant("officer", "pension")}, {Grant("editor")}, {Grant("reception")}, set()):
            clerk = Clerk("x", "x", frozenset(grants))
            assert count_by_procedure(session, clerk) == {}
            assert count_wanted(session, clerk, Wanted(SLUG)) == 0
            assert list_wanted(session, clerk, Wanted(SLUG), 10) == []
            assert load_own(session, clerk, ids) == []


@pytest.mark.parametrize("role", ["editor", "auditor", "administrator", "reception", "instructor"])
def test_other_roles_find_nothing_here(app, client, role):
    assert client.get("/ja/staff/exports/").status_code == 303
    sign_in(client, app, (role,), "hoka")
    for path in ("", f"{SLUG}/", f"{SLUG}/shared.all.json"):
        assert client.get(f"/ja/staff/exports/{path}").status_code == 404
    assert client.post(PLACE, data={}).status_code in (401, 403, 404)
