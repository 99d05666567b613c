"""What residents let the ward keep for next time: only with their tick, offered and confirmed, shown with its uses, erasable."""

import json
import re

import pytest
from sqlmodel import Session, select

from tests.autopilot import find_errors, read_form
from tests.drafts.browser import BrowserResident, words
from webapp.applications.tables import Application
from webapp.facts.rules_reuse import may_keep
from webapp.facts.service_kept import find_box
from webapp.facts.tables import KeptBox
from webapp.kit.clock import today
from webapp.kit.crypto import unseal
from webapp.kit.database import open_session
from webapp.reading.rules_dates import write_day

CLAIM, CARD = "child-allowance-claim", "child-medical-card"
MINE = {
    "applicant.name": {"name": "鈴木 花子", "kana": "すずき はなこ"},
    "applicant.address": {"postal": "166-0004", "area": "東京都杉並区阿佐谷南", "block": "7-7-7", "building": ""},
    "spouse.name": {"name": "鈴木 一郎", "kana": "すずき いちろう"},
    "spouse.lives_together": {"": "no"},
    "spouse.address": {"postal": "100-0001", "area": "東京都千代田区千代田", "block": "8-8-8", "building": ""},
    "children.raised_by_me": {"": "unknown"}, "children.raised_note": {"": "だれにも言わないこと"},
    "children.has_older": {"": "no"}, "bank.use_registered": {"": "no"}, "bank.passbook": {},
    "situation.medical_card_reason": {"": "other"},
}  # fmt: skip
NUMBER = "123456789018"
"""Digits with the check digit of an Individual Number."""


def day() -> str:
    """Return today as a page says it."""
    return write_day(today(), "ja")


def keep(resident: BrowserResident, slug: str = CLAIM, **more: str) -> str:
    """Fill in a procedure, let the ward keep what it may, and send; return the draft's address."""
    resident.choose |= MINE
    base = resident.begin(f"procedures/{slug}")
    resident.hurry(base)
    assert resident.send(base, keep="yes", **more).headers["Location"] == f"{base}/sent"
    return base


def read_box(resident: BrowserResident, base: str) -> str:
    """Return the plain text of what lies in the one box there is, opened by a draft that was sent."""
    key = resident.look(base).draft.key
    with open_session(resident.engine) as session:
        (row,) = session.exec(select(KeptBox)).all()
        box = find_box(session, [key])
        assert "鈴木".encode() not in row.sealed_content
        return json.dumps(
            json.loads(unseal(box.key, row.sealed_content, f"kept_box|{row.id}|content")), ensure_ascii=False
        )


def count_boxes(resident: BrowserResident) -> int:
    """Return how many boxes there are."""
    with Session(resident.engine) as session:
        return len(session.exec(select(KeptBox.id)).all())


def start_again(resident: BrowserResident, path: str = f"procedures/{CARD}", use: bool = True) -> str:
    """Begin another draft in the same browser and use what was kept, or not; return its address."""
    answer = resident.client.post(f"/ja/{path}/start")
    begin = answer.headers["Location"]
    assert begin.endswith("/begin"), begin
    assert "前に書いたことを使いますか" in words(resident.see(begin))
    if use:
        resident.post(begin)
    return begin.removesuffix("/begin")


def list_kept(resident: BrowserResident) -> list[str]:
    """Return everything that the page shows as kept, by what its button erases."""
    return re.findall(r'name="then" value="((?:fact|person):[^"]+)"', resident.see("/ja/kept"))


def find_kept(resident: BrowserResident, then: str) -> str:
    """Return the words of one thing on the page with everything that is kept."""
    sections = re.findall(r"<section.*?</section>", resident.see("/ja/kept"), re.S)
    (one,) = [section for section in sections if f'value="{then}"' in section]
    return words(one)


def test_nothing_is_kept_unless_the_box_is_ticked_and_it_is_not_ticked_beforehand(resident):
    resident.choose |= MINE
    base = resident.begin(f"procedures/{CLAIM}")
    resident.hurry(base)
    form = read_form(resident.see(f"{base}/check"))
    assert form.choices["keep"] == ["yes"]
    assert "keep" not in form.ticked
    resident.send(base)
    assert count_boxes(resident) == 0
    assert not resident.client.post(f"/ja/procedures/{CARD}/start").headers["Location"].endswith("/begin")
    assert "ここに残っているものは、ありません" in words(resident.see("/ja/kept"))


def test_kept_answers_are_shown_for_confirming_with_day_and_title_and_people_by_name(resident):
    keep(resident)
    base = start_again(resident)
    assert not resident.look(base).made.answers, "nothing is filled in by itself"
    resident.hurry(base, "applicant.address")
    page = resident.see(f"{base}/applicant.address")
    assert 'value="7-7-7"' in page
    assert f"{day()}、「児童手当を新しく申し込む」で書いたことが入っています" in words(page)
    assert resident.post(f"{base}/applicant.address").status_code == 422, "it is not answered by leaving it empty"
    resident.hurry(base, "children.list")
    page = resident.see(f"{base}/children.list")
    form = read_form(page)
    assert not form.ticked
    assert words(page).count(f"（{day()}に書いた人）") == len(form.choices["children.list"]) == 3
    where = resident.send_page(base, "children.list", {"children.list": form.choices["children.list"][1:2]})
    assert set(read_form(resident.see(where)).names) == {"child.relation", "child.living"}


def test_what_was_used_is_shown_with_where_and_what_was_changed_is_not(resident):
    keep(resident)
    base = start_again(resident)
    resident.choose |= {"applicant.phone": {"": "03-9999-9999"}, "insurance.child_insured_who": {"": "new"}}
    ichiro, child, other = resident.hurry(base, "children.list").made.first_open().people.candidates
    resident.send_page(base, "children.list", {"children.list": [child]})
    resident.people = 1
    resident.hurry(base)
    applicant = resident.look(base).draft.answers["roles"]["applicant"]
    resident.send(base, keep="")
    used, unused = f"{day()}、「{resident.title(CARD)}」で使いました。", "まだ、どこでも使っていません"
    kept = {then: find_kept(resident, then) for then in list_kept(resident)}
    assert used in kept["fact:applicant.address"]
    assert used in kept[f"person:{child}"]
    (mine,) = [one for then, one in kept.items() if "鈴木 花子さん" in one]
    assert mine.count(used) == 1, "of the applicant too, once for all that was used of them"
    assert f"person:{applicant}" not in kept
    for then in ("fact:applicant.phone", "fact:bank.account", f"person:{ichiro}", f"person:{other}"):
        assert unused in kept[then], then
        assert used not in kept[then], then


def test_people_are_shown_in_words_that_fit_anybody(resident):
    keep(resident)
    page = words(resident.see("/ja/kept"))
    assert "鈴木 一郎さん" in page
    assert "赤ちゃん" not in page
    assert "亡くなった" not in page


def test_one_fact_one_person_or_everything_is_erased_and_never_offered_again(resident):
    base = keep(resident)
    ichiro = next(
        one["id"] for one in json.loads(read_box(resident, base))["people"] if one["name"]["name"] == "鈴木 一郎"
    )
    for then in ("fact:applicant.address", f"person:{ichiro}"):
        assert resident.post("/ja/kept", {"then": then}).status_code == 303
        assert then not in list_kept(resident)
    assert not [secret for secret in ("7-7-7", "鈴木 一郎") if secret in read_box(resident, base)]
    second = start_again(resident)
    assert 'value="7-7-7"' not in resident.see(f"{second}/applicant.address")
    page = resident.hurry(second, "children.list")
    assert ichiro not in page.made.first_open().people.candidates
    assert len(page.made.first_open().people.candidates) == 2
    resident.post("/ja/kept", {"then": "all"})
    assert count_boxes(resident) == 0
    assert not resident.client.post(f"/ja/procedures/{CARD}/start").headers["Location"].endswith("/begin")


def test_what_is_kept_opens_in_another_browser_with_the_slip_alone(resident, app):
    base = keep(resident)
    page = words(resident.see(f"{base}/sent"))
    number = re.search(r"[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{4}", page.split("控えの番号", 1)[1])[0]
    code = re.search(r"[0-9]{4}-[0-9]{4}-[0-9]{4}", page.split("確認番号", 1)[1])[0]
    stranger, elsewhere = app.test_client(), app.test_client()
    assert "鈴木" not in stranger.get("/ja/kept").text
    assert not stranger.post(f"/ja/procedures/{CARD}/start").headers["Location"].endswith("/begin")
    assert elsewhere.post("/ja/slip", data={"number": number, "code": code}).status_code == 303
    assert "鈴木 花子さん" in words(elsewhere.get("/ja/kept").text)
    there = BrowserResident(elsewhere, resident.engine, resident.shelf)
    assert 'value="7-7-7"' in there.see(f"{start_again(there)}/applicant.address")
    there.post("/ja/kept", {"then": "all"})
    assert list_kept(resident) == []


def test_practice_neither_keeps_nor_offers(resident):
    resident.choose |= MINE
    base = resident.begin(f"procedures/{CLAIM}", "practice")
    resident.hurry(base)
    assert "keep" not in read_form(resident.see(f"{base}/check")).choices
    resident.send(base, keep="yes")
    assert count_boxes(resident) == 0
    keep(resident)
    again = resident.begin(f"procedures/{CLAIM}", "practice")
    assert "鈴木" not in resident.see(f"{again}/begin")
    resident.post(f"{again}/begin")
    assert "鈴木" not in str(resident.look(again).draft)
    resident.hurry(again)
    resident.send(again, keep="yes")
    assert "使いました" not in words(resident.see("/ja/kept")), "what is practised uses nothing"


def test_declined_offer_fills_nothing_in(resident):
    keep(resident)
    base = start_again(resident, use=False)
    draft = resident.look(base).draft
    assert (draft.prefill, draft.answers) == ({}, {})
    assert f'href="{base}/"' in resident.see(f"{base}/begin")
    resident.hurry(base, "applicant.address")
    assert 'value="7-7-7"' not in resident.see(f"{base}/applicant.address")
    assert resident.hurry(base, "children.list").made.first_open().people.candidates == ()
    resident.hurry(base)
    resident.send(base)
    assert "使いました" not in words(resident.see("/ja/kept"))


@pytest.mark.parametrize("path", [f"procedures/{CLAIM}", "events/bereavement", "procedures/disaster-certificate"])
def test_box_holds_nothing_that_must_not_be_kept(resident, path):
    resident.choose |= MINE | {
        "deceased.name": {"name": "故人 太", "kana": "こじん"}, "deceased.insurance_kind": {"": "latter-stage"},
        "disaster.survey_note": {"": "だれにも言わないこと"}, "papers.funeral_receipt": {}, "papers.disaster_photos": {},
        "situation.applicant_is": {"": "self"},
    }  # fmt: skip
    base = resident.begin(path)
    state = resident.hurry(base)
    answers = state.made.answers
    files = [one["id"] for value in answers.values() if isinstance(value, list) for one in value if "size" in one]
    boxes = read_form(resident.see(f"{base}/check")).boxes
    resident.send(base, keep="yes")
    plain = read_box(resident, base)
    box, facts = json.loads(plain), resident.shelf.dictionary.facts
    assert box["people"]
    assert files
    assert [key for key in box["facts"] if not may_keep(facts[key])] == []
    assert any(not may_keep(facts[key]) for key in answers)
    assert not [word for word in ("だれにも言わないこと", "8-8-8", "故人", "写真.png", *files, *boxes) if word in plain]
    assert not re.search("[0-9]{12}", re.sub("[0-9a-f]{24}", "", plain))


def test_individual_number_is_neither_kept_nor_held_back_in_the_draft(resident):
    resident.choose |= MINE | {"applicant.january_place": {"": "elsewhere"}}
    base = resident.begin(f"procedures/{CLAIM}")
    resident.hurry(base, "applicant.january_address")
    answer = resident.post(f"{base}/applicant.january_address", {"applicant.january_address": f"横浜市 {NUMBER}"})
    assert (answer.status_code, bool(find_errors(answer.text))) == (422, True)
    assert NUMBER not in str(resident.look(base).draft)
    resident.hurry(base)
    resident.send(base, keep="yes")
    assert NUMBER not in read_box(resident, base)


def test_account_is_shown_for_confirming_and_each_procedure_that_uses_it_has_its_own_promise(resident):
    keep(resident)
    resident.choose |= {
        "event.mother_insurance": {"": "national"}, "event.baby_born": {"": "yes"}, "event.gets_allowance": {"": "no"},
        "event.both_work": {"": "no"}, "insurance.birth_payment": {"": "rest"}, "insurance.child_kind": {"": "kokuho"},
        "spouse.who": {"": "new"},
    }  # fmt: skip
    base = start_again(resident, "events/pregnancy-birth")
    state = resident.hurry(base, "bank.account")
    assert "bank.account" not in state.made.answers
    page = resident.see(f"{base}/bank.account")
    assert 'value="1234567"' in page
    assert f"{day()}、「児童手当を新しく申し込む」で書いたことが入っています" in words(page)
    resident.hurry(base)
    form = read_form(resident.see(f"{base}/check"))
    accounts = [name for name in form.boxes if name.endswith(":@account")]
    assert accounts == ["child-allowance-claim:@account", "childbirth-lump-sum:@account"]
    for missing in accounts:
        ticked = [name for name in form.boxes if name != missing]
        answer = resident.client.post(f"{base}/check", data={**form.hidden, "declare": ticked})
        assert (answer.status_code, bool(find_errors(answer.text))) == (422, True)
    with Session(resident.engine) as session:
        assert {one.procedure for one in session.exec(select(Application))} == {"child-allowance-claim"}, "the first"
    assert resident.send(base).status_code == 303


def test_account_of_one_procedure_alone_needs_no_promise_of_its_own(resident):
    resident.choose |= MINE
    base = resident.begin(f"procedures/{CLAIM}")
    resident.hurry(base)
    assert not [name for name in read_form(resident.see(f"{base}/check")).boxes if "@account" in name]


def test_who_was_given_up_on_the_way_is_not_kept(resident):
    resident.choose |= MINE
    base = resident.begin(f"procedures/{CLAIM}")
    resident.hurry(base)
    resident.send_page(base, "spouse.exists", {"spouse.exists": "no"})
    resident.hurry(base)
    assert "鈴木 一郎" not in resident.see(f"{base}/check")
    resident.send(base, keep="yes")
    assert "鈴木 一郎" not in read_box(resident, base)
