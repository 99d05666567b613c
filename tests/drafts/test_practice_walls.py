"""Practice and what is real never meet: neither by numbers and codes, nor by addresses, nor in tables."""

import re

import pytest
from sqlmodel import Session, select

from tests.drafts.learner import QuickPilot, count_rows, open_draft, open_ward, secret_of, write
from tests.drafts.test_journeys import DICTIONARY, SHORT
from tests.drafts.test_practice import BOTH_ENDS, make_pilot
from webapp.applications.tables import Application, PracticeApplication
from webapp.drafts.service_hand_over import exchange, exchange_by_code, find_hand_over, look, look_by_code, read_own
from webapp.drafts.service_slips import find_token_store, get_slip, open_by_code, open_by_token
from webapp.drafts.service_stores import PRACTICE, REAL
from webapp.drafts.tables import HandOver, PracticeHandOver
from webapp.kit.clock import today
from webapp.kit.database import open_session
from webapp.kit.ids import find_receipt_number, show_confirmation_code, show_receipt_number
from webapp.kit.safety import make_token


@pytest.fixture
def ward(tmp_path):
    """Yield a ward of its own."""
    with open_ward(tmp_path) as opened:
        yield opened


def make_real(ward) -> QuickPilot:
    """Return a resident who does it really."""
    return QuickPilot(ward.app.test_client(), DICTIONARY, today())


def slip_of(ward, pilot, base):
    """Return the slip of a draft, making it as its owner does."""
    answer = pilot.client.post(f"{base}/slip", data={"csrf": make_token(secret_of(pilot))})
    assert answer.status_code == 303
    with Session(ward.engine) as session:
        return get_slip(session, open_draft(ward.engine, pilot, base), ward.settings.pepper)


def test_slip_of_practice_opens_the_practised_draft_in_another_browser_and_never_a_real_one(ward, monkeypatch):
    learner, pepper = make_pilot(ward, QuickPilot), ward.settings.pepper
    base = write(learner, SHORT)
    slip = slip_of(ward, learner, base)
    typed = {"number": show_receipt_number(slip.number), "code": show_confirmation_code(slip.code)}
    for path, data in (("/ja/slip", typed), (f"/ja/slip/{slip.token}", {})):
        other = ward.app.test_client()
        assert other.get(f"{base}/check").status_code == 404
        answer = other.post(path, data=data)
        assert answer.headers.get("Location") == f"{base}/"
        assert other.get(f"{base}/check").status_code == 200
        assert "（練習）" in other.get("/ja/slip").text
    assert find_receipt_number(typed["number"]) is None
    with Session(ward.engine) as session:
        assert open_by_code(session, PRACTICE, slip.number, slip.code, pepper)
        assert open_by_code(session, REAL, slip.number, slip.code, pepper) is None
        assert open_by_token(session, REAL, slip.token, pepper) is None
        assert find_token_store(session, [REAL], slip.token, pepper) is None
    assert count_rows(ward.engine, practice=False) == {}
    ward.run_jobs(monkeypatch, days=8)
    assert ward.app.test_client().post("/ja/slip", data=typed).status_code == 422
    assert count_rows(ward.engine, practice=True) == {}


def test_slip_of_a_real_draft_opens_nothing_of_practice(ward):
    resident = make_real(ward)
    base = write(resident, SHORT)
    slip = slip_of(ward, resident, base)
    assert find_receipt_number(slip.number, practice=True) is None
    with Session(ward.engine) as session:
        assert open_by_code(session, PRACTICE, slip.number, slip.code, ward.settings.pepper) is None
        assert open_by_token(session, PRACTICE, slip.token, ward.settings.pepper) is None
    other = ward.app.test_client()
    assert other.post("/ja/slip", data={"number": slip.number, "code": slip.code}).headers["Location"] == f"{base}/"


def test_numbers_and_codes_of_practice_look_up_nothing_real(ward):
    """Beside a real pass of the same kind, whose own codes open it."""
    resident, learner, pepper = make_real(ward), make_pilot(ward), ward.settings.pepper
    real = open_draft(ward.engine, resident, write(resident, BOTH_ENDS, send=True))
    before = count_rows(ward.engine, practice=False)
    practised = open_draft(ward.engine, learner, write(learner, BOTH_ENDS, send=True))
    assert count_rows(ward.engine, practice=False) == before
    with open_session(ward.engine) as session:
        receipts = [row.receipt for row in session.exec(select(PracticeApplication))]
        assert receipts
        assert not [one for one in receipts if find_receipt_number(one) or not find_receipt_number(one, practice=True)]
        assert all(find_receipt_number(row.receipt) for row in session.exec(select(Application)))
        codes, _ = read_own(find_hand_over(session, PracticeHandOver, practised.row.id), practised.key)
        for find in (look, exchange):
            assert find(session, HandOver, codes.token, pepper, today()) is None
        for find in (look_by_code, exchange_by_code):
            assert find(session, HandOver, codes.spoken, pepper, today()) is None
        assert find_hand_over(session, HandOver, practised.row.id) is None
        assert look(session, PracticeHandOver, codes.token, pepper, today()).content.procedures == ("moving-within",)
        own, _ = read_own(find_hand_over(session, HandOver, real.row.id), real.key)
        assert look(session, PracticeHandOver, own.token, pepper, today()) is None
        assert look_by_code(session, HandOver, own.spoken, pepper, today()) is not None
    assert count_rows(ward.engine, practice=False) == before


@pytest.mark.parametrize("door", ["start", "practice"])
def test_draft_is_not_found_under_the_other_store(ward, door):
    """Every view of a draft, seen and sent, with the id of a draft that this very browser holds in the other store."""
    pilot = make_real(ward)
    pilot.door = door
    base = write(pilot, SHORT)
    other = base.replace("/drafts/", "/practice/") if door == "start" else base.replace("/practice/", "/drafts/")
    assert other != base
    rules = [one for one in ward.app.url_map.iter_rules() if "<draft_id>" in one.rule and "/staff/" not in one.rule]
    assert len(rules) > 20
    for rule in rules:
        path = re.sub(r"<[^>]+>", "0" * 24, rule.rule.split("<draft_id>")[1])
        if "GET" in rule.methods:
            assert pilot.client.get(other + path).status_code == 404, rule
        if "POST" in rule.methods:
            data = {"csrf": make_token(secret_of(pilot)), "then": "sample", "choice": "new"}
            assert pilot.client.post(other + path, data=data).status_code == 404, rule
    assert pilot.client.get(f"{base}/check").status_code == 200


def test_nothing_is_kept_for_next_time_and_no_questions_are_kept_whatever_a_form_of_practice_says(ward):
    learner = make_pilot(ward)
    base = write(learner, BOTH_ENDS)
    token = make_token(secret_of(learner))
    for choice in ("new", "old"):
        assert learner.client.post(f"{base}/changes", data={"csrf": token, "choice": choice}).status_code == 303
    form = {
        "csrf": token,
        "keep": "yes",
        "declare": re.findall(r'name="declare"[^>]*value="([^"]+)"', check_of(learner, base)),
    }
    version = re.search(r'name="version" value="(\d+)"', check_of(learner, base))[1]
    answer = learner.client.post(f"{base}/check", data={**form, "version": version})
    assert answer.headers["Location"] == f"{base}/sent"
    assert count_rows(ward.engine, practice=False) == {}
    assert ward.find_real_files() == []


def check_of(pilot: QuickPilot, base: str) -> str:
    """Return the check page of a draft."""
    return pilot.client.get(f"{base}/check").text


def test_samples_are_for_practice_alone(ward):
    resident = make_real(ward)
    where = resident.follow(resident.start("dog-registration"))
    assert 'value="sample"' not in resident.look_at(where)
    data = {"csrf": make_token(secret_of(resident)), "then": "sample"}
    page = resident.follow(resident.client.post(where, data=data).headers["Location"])
    assert "見本 花子" not in resident.look_at(page)
    begin = where.rsplit("/", 1)[0] + "/begin"
    resident.client.post(begin, data=data)
    assert open_draft(ward.engine, resident, begin.removesuffix("/begin")).answers.get("people") is None
