"""Mending answers of several parts: people on a list, files, one procedure of a life event; and taking back what was sent."""

import io

from sqlmodel import select

from tests.autopilot import make_picture
from tests.drafts.browser import words
from tests.drafts.mending import Sent, send_one
from webapp.applications.service import list_statuses
from webapp.applications.tables import Application
from webapp.drafts.service_stores import REAL
from webapp.drafts.tables import Upload
from webapp.kit.database import open_session
from webapp.outbox.tables import Message

NAME = {"applicant.name:name": "鈴木 花子", "applicant.name:kana": "すずき はなこ"}
PHONE = {"applicant.phone": "03-4821-7736"}


def test_people_of_a_list_are_mended_and_whoever_is_known_stays_known(resident, settings):
    resident.people = 1
    sent = send_one(resident, settings, "child-allowance-claim")
    before = dict(sent.case().answers)
    sent.ask(children__list="生まれた日を見てください。")
    sent.begin()
    (child,) = [one["id"] for one in before["children.list"]]
    page = resident.see(f"{sent.child}/children.list")
    assert "生まれた日を見てください。" in page
    assert before["children.list"][0]["child.name"]["name"] in page
    typed = resident.fill_items(resident.shelf.dictionary.facts["children.list"]) | {"child.birth:year": "2024"}
    resident.send_page(sent.child, "children.list", {"children.list": [child]})
    resident.send_page(sent.child, f"children.list/{child}", typed)
    resident.hurry(sent.child)
    changes = words(resident.see(f"{sent.child}/check"))
    assert "2024年" in changes
    sent.send()
    after = sent.case().answers
    assert after["children.list"][0]["id"] == child
    assert after["children.list"][0]["child.birth"].startswith("2024")
    assert after["children.older"][0]["older.birth"].startswith("2024")  # the same child is on both lists
    rest = before.keys() - {"children.list", "children.older"}
    assert {key: after.get(key) for key in rest & after.keys()} == {key: before[key] for key in rest & after.keys()}


def test_new_file_becomes_the_applications_and_the_old_one_can_still_be_seen(resident, settings):
    resident.choose["papers.road_photo"] = {}
    sent = send_one(resident, settings, "road-damage-report")
    (old,) = [one["id"] for one in sent.case().answers["papers.road_photo"]]
    sent.ask(papers__road_photo="よく見えません。")
    sent.begin()
    assert resident.client.get(f"{sent.child}/files/{old}").status_code == 200
    resident.send_page(sent.child, "papers.road_photo", {"then": f"remove-file:{old}"})
    picture = (io.BytesIO(make_picture()), "明るい.png")
    resident.send_page(sent.child, "papers.road_photo", {"papers.road_photo": [picture]})
    assert sent.send().headers["Location"] == f"{sent.base}/sent"
    (new,) = [one["id"] for one in sent.case().answers["papers.road_photo"]]
    assert new != old
    with open_session(resident.engine) as session:
        owners = {one.id: one.draft_id for one in session.exec(select(Upload))}
        assert owners == dict.fromkeys((old, new), sent.base.split("/")[3])
    for file in (old, new):
        assert resident.client.get(f"{sent.base}/files/{file}").status_code == 200


def test_part_of_a_life_event_is_mended_alone(family, settings):
    resident, base = family
    resident.hurry(base)
    resident.send(base)
    slugs = [one.procedure for one in _statuses(resident, base)]
    sent = Sent(resident, base, settings, slugs[0])
    with open_session(resident.engine) as session:
        query = select(Application.id).where(Application.draft_id == base.split("/")[3])
        sent.id = session.exec(query.where(Application.procedure == slugs[0])).one()
    before = dict(sent.case().answers)
    key = next(key for key in before if resident.shelf.dictionary.facts[key].define.kind == "phone")
    sent.ask(**{key.replace(".", "__"): ""})
    sent.begin()
    assert len(resident.look(sent.child).made.pages) == 1
    resident.hurry(sent.child)
    assert sent.send().headers["Location"] == f"{base}/sent"
    assert sent.case().answers == before


def _statuses(resident, base):
    """Return what was sent from a draft."""
    with open_session(resident.engine) as session:
        return list_statuses(session, REAL.applications, base.split("/")[3])


def test_taking_back_what_was_sent_ends_it_and_the_slip_stays(sent):
    page = f"{sent.base}/withdraw/{sent.id}"
    assert "取り下げる" in words(sent.resident.see(page))
    for _ in range(2):
        assert sent.resident.post(page).headers["Location"] == f"{sent.base}/sent"
    row = sent.case().row
    assert (row.state, row.outcome, row.is_open) == ("finished", "withdrawn", False)
    assert [kind for kind, _ in sent.history()].count("withdrawn") == 1
    with open_session(sent.resident.engine) as session:
        told = session.exec(select(Message.kind, Message.state)).all()
    assert told == [("received", "stopped")], "nobody is told to wait any more"
    shown = words(sent.resident.see(f"{sent.base}/sent"))
    assert "取り下げました" in shown
    assert "取り下げる" not in shown
    assert row.receipt[:5] in shown


def test_what_somebody_looks_at_already_cannot_be_taken_back(sent):
    sent.ask(applicant__name="")
    page = f"{sent.base}/withdraw/{sent.id}"
    assert sent.resident.client.get(page).headers["Location"] == f"{sent.base}/sent"
    sent.resident.post(page)
    assert sent.case().row.state == "mend"
