"""Exports and the wall between sections: nothing of another one leaves, and nothing leaves unseen."""

import pytest
from sqlmodel import Session, select

from tests.accounts.helping import sign_in
from tests.staff.leaving import (
    OFFICE,
    PLACE,
    SLUG,
    WHY,
    looks,
    read_csv,
    receive_some,
    take,
)
from tests.staff.sections import PEOPLE
from webapp.applications.service_vault import open_vault
from webapp.applications.tables import Application
from webapp.kit.clock import now
from webapp.kit.database import open_session
from webapp.reading.rules_texts import Text
from webapp.staff import service_exports
from webapp.staff.rules_layouts import (
    spread,
)
from webapp.staff.service_layouts import load_layouts

EVERYTHING = "shared.all.json"
"""The address of the layout of every answer, as JSON."""


def test_another_section_has_none_of_it(app, client, section):
    sign_in(client, app, ("officer:pension", "head:residents", "editor", "auditor"), "tonari")
    assert client.get(PLACE).status_code == 404
    assert client.get(f"{PLACE}{EVERYTHING}").status_code == 404
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
    for path in ("", f"{SLUG}/", f"{SLUG}/{EVERYTHING}"):
        assert client.get(f"/ja/staff/exports/{path}").status_code == 404
    assert client.post(PLACE, data={}).status_code in (401, 403, 404)


def test_taking_out_gives_no_reason_to_open_an_application_afterwards(app, officer, section):
    from webapp.accounts.service import find_clerk
    from webapp.applications.service_looks import find_why

    take(officer)
    with open_session(app.extensions["engine"]) as session:
        row = session.get(Application, section.application_ids[0])
        assert find_why(session, find_clerk(session, officer.account_id), row, now()) == ""


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
