"""A mistake seen after sending: the same answers once more; what was sent stays until the new one is sent in its place."""

from sqlmodel import select

from tests.drafts.browser import words
from tests.drafts.mending import Sent, send_one
from tests.drafts.test_helpers import give
from tests.drafts.test_status_page import happen
from tests.notifications.helping import CALL, rows
from webapp.applications.tables import Application
from webapp.drafts.service import find_draft, keep_content
from webapp.drafts.service_family import find_family
from webapp.drafts.service_slips import Slip, get_slip, renew_slip
from webapp.drafts.service_stores import REAL
from webapp.drafts.tables import Draft
from webapp.kit.database import open_session
from webapp.notifications.service_ways import list_ways
from webapp.notifications.tables import Way

NAME = {"applicant.name:name": "鈴木 花子", "applicant.name:kana": "すずき はなこ"}


def address(sent: Sent) -> str:
    """Return the page from which something is written again."""
    return f"{sent.base}/again/{sent.id}"


def begin(sent: Sent) -> str:
    """Press the page's one button; return the address of the draft."""
    sent.resident.see(address(sent))
    answer = sent.resident.post(address(sent))
    assert answer.status_code == 303, words(answer.text)
    return answer.headers["Location"].rstrip("/")


def outcomes(sent: Sent) -> list[tuple[str, str]]:
    """Return how everything sent stands, the oldest first."""
    with open_session(sent.resident.engine) as session:
        return [(one.state, one.outcome) for one in session.exec(select(Application).order_by(Application.sent_at))]


def test_a_mistake_is_mended_with_all_the_other_answers_and_the_new_one_takes_the_old_ones_place(sent, app):
    old = dict(sent.case().answers)
    sent.resident.post(f"{sent.base}/notices/call", CALL)
    assert f'href="{address(sent)}"' in sent.resident.see(f"{sent.base}/sent")
    assert f'href="{address(sent)}"' in sent.resident.see(f"{sent.base}/answers")
    base = begin(sent)
    assert begin(sent) == base, "pressed twice it is one draft"
    assert sent.resident.client.get(f"{base}/").headers["Location"] == f"{base}/check"
    sent.resident.send_page(base, "applicant.name", NAME)
    assert "前に送ったものは取り下げます" in words(sent.resident.see(f"{base}/check"))
    assert outcomes(sent) == [("received", "")], "until the new one is sent, the old one stays"
    assert sent.resident.send(base).headers["Location"] == f"{base}/sent"
    assert outcomes(sent) == [("finished", "withdrawn"), ("received", "")]
    new = Sent(sent.resident, base, sent.settings, sent.slug)
    with open_session(sent.resident.engine) as session:
        new.id = session.exec(select(Application.id).where(Application.draft_id == base.split("/")[3])).one()
    assert new.case().answers == {**old, "applicant.name": {"name": "鈴木 花子", "kana": "すずき はなこ"}}
    assert {way.about for way in rows(app, Way)} == {sent.base.split("/")[3], base.split("/")[3]}
    assert "もう一度書いたものを見る" in words(sent.resident.see(f"{sent.base}/sent"))
    assert "もう一度書いて、送りました" in words(sent.resident.see(address(sent)))
    assert begin(sent) == base, "whoever holds the old slip finds the new one"


def test_the_old_slip_leads_to_the_new_one_from_another_machine(sent, app):
    base = begin(sent)
    sent.resident.send(base)
    lines = words(sent.resident.see(f"{sent.base}/sent").replace("<dd", "\n<dd")).split("\n")
    number, code = [one.strip() for one in lines if one.strip().replace("-", "").isalnum() and "-" in one][-2:]
    other = app.test_client()
    assert other.post("/ja/slip", data={"number": number, "code": code}).status_code == 303
    assert other.get(f"{base}/sent").status_code == 404
    page = other.get(address(sent))
    token = page.text.split('name="csrf" value="')[1].split('"')[0]
    assert other.post(address(sent), data={"csrf": token}).status_code == 303
    assert other.get(f"{base}/sent").status_code == 200


def test_what_somebody_reads_already_is_not_replaced_and_nothing_is_sent_twice(sent):
    base = begin(sent)
    happen(sent, "checking", "checking")
    page = sent.resident.see(f"{base}/check")
    assert "前に送ったものを、もう読み始めました" in words(page)
    assert "この内容で送る" not in words(page)
    assert sent.resident.send(base).status_code == 422
    assert outcomes(sent) == [("checking", "")]
    assert "係が、もう読み始めました" in words(sent.resident.see(address(sent)))
    assert "まちがいを直す" not in words(sent.resident.see(f"{sent.base}/sent"))


def test_once_somebody_looks_at_it_nothing_is_begun(sent):
    happen(sent, "checking", "checking")
    assert sent.resident.client.get(address(sent)).headers["Location"] == f"{sent.base}/sent"
    assert sent.resident.post(address(sent)).headers["Location"] == f"{sent.base}/sent"
    with open_session(sent.resident.engine) as session:
        assert len(session.exec(select(Draft)).all()) == 1
    assert "もう直せません" in words(sent.resident.see(f"{sent.base}/answers"))


def test_what_was_taken_back_is_written_again_with_the_same_answers(sent):
    assert "同じ答えで、もう一度書けます" in words(sent.resident.see(f"{sent.base}/withdraw/{sent.id}"))
    sent.resident.post(f"{sent.base}/withdraw/{sent.id}")
    assert "同じ答えで、もう一度書く" in words(sent.resident.see(f"{sent.base}/sent"))
    base = begin(sent)
    assert sent.case().answers["applicant.name"]["name"] in words(sent.resident.see(f"{base}/check"))
    assert sent.resident.send(base).status_code == 303
    assert outcomes(sent) == [("finished", "withdrawn"), ("received", "")]


def test_helpers_and_practice_write_nothing_again(sent, app):
    for scope in ("look", "fill"):
        helper = give(sent.resident, app, sent.base, scope, name=scope)
        helper.come()
        assert helper.client.get(address(sent)).status_code == 403
        assert helper.post(address(sent)) == 403
        assert "/again/" not in helper.client.get(f"{sent.base}/sent").text
    assert app.test_client().get(address(sent)).status_code == 404


def test_files_are_asked_for_anew_and_it_says_so(resident, settings):
    resident.choose |= {"situation.slip_reason": {"": "lost"}, "health.vaccination_record": {}}
    sent = send_one(resident, settings)
    assert sent.case().answers["health.vaccination_record"]
    assert "写真やファイルは、もう一度入れてください" in words(resident.see(address(sent)))
    state = resident.look(begin(sent))
    assert [question.fact.key for question in state.made.first_open().questions] == ["health.vaccination_record"]


def forget_phone(sent: Sent, base: str, forget: bool = True) -> Slip:
    """Make another slip for a draft, as the counter does."""
    with open_session(sent.resident.engine) as session:
        draft = find_draft(session, REAL, base.split("/")[3], sent.resident.secret, True)
        return renew_slip(session, draft, sent.settings.pepper, forget)


def opens(sent: Sent, slip: Slip, page: str) -> int:
    """Come with a slip on another machine; return how a page answers there, or how the slip does where it opens nothing."""
    other = sent.resident.client.application.test_client()
    answer = other.post("/ja/slip", data={"number": slip.number, "code": slip.code})
    return other.get(page).status_code if answer.status_code == 303 else answer.status_code


def slip_of(sent: Sent, base: str) -> Slip:
    """Return the slip of a draft as it is shown now."""
    with open_session(sent.resident.engine) as session:
        draft = find_draft(session, REAL, base.split("/")[3], sent.resident.secret, True)
        return get_slip(session, draft, sent.settings.pepper)


def test_another_slip_for_the_old_one_takes_the_new_ones_slip_and_a_lost_phone_opens_neither(sent):
    base = begin(sent)
    sent.resident.send(base)
    before = slip_of(sent, base)
    assert opens(sent, before, f"{base}/sent") == 200
    forget_phone(sent, sent.base, forget=False)
    assert opens(sent, before, f"{base}/sent") == 422
    sent.resident.see(f"{base}/sent")
    assert opens(sent, slip_of(sent, base), f"{base}/sent") == 200, "whoever has it open is shown one that opens it"
    fresh = forget_phone(sent, sent.base)
    for place in (sent.base, base):
        assert sent.resident.client.get(f"{place}/sent").status_code == 404, place
    assert opens(sent, fresh, address(sent)) == 200, "the resident finds the new one from there"


def test_another_slip_for_the_new_one_keeps_a_lost_phone_out_of_the_old_one_that_leads_to_it(sent):
    old, base = slip_of(sent, sent.base), begin(sent)
    sent.resident.send(base)
    with open_session(sent.resident.engine) as session:
        draft = find_draft(session, REAL, base.split("/")[3], sent.resident.secret, True)
        draft.again = {sent.id: sent.base.split("/")[3], "a" * 24: "b" * 24}
        keep_content(session, draft)  # one that names what it came from, and one that is gone, lead nobody astray
        assert find_family(session, draft).inner == {sent.base.split("/")[3]}
        draft.again = {}
        keep_content(session, draft)
    forget_phone(sent, base, forget=False)
    assert sent.resident.client.get(f"{sent.base}/sent").status_code == 200
    fresh = forget_phone(sent, base)
    for place in (sent.base, base):
        assert sent.resident.client.get(f"{place}/sent").status_code == 404, place
    assert opens(sent, old, f"{sent.base}/sent") == 422
    assert opens(sent, fresh, f"{base}/sent") == 200


def test_a_number_given_for_the_new_one_is_not_overwritten_by_the_old_ones(sent, app):
    sent.resident.post(f"{sent.base}/notices/call", CALL)
    base = begin(sent)
    sent.resident.post(f"{base}/slip")
    sent.resident.post(f"{base}/notices/call", {**CALL, "number": "080-9999-0000"})
    sent.resident.send(base)
    with open_session(sent.resident.engine) as session:
        (way,) = list_ways(session, base.split("/")[3], sent.settings.master_keys)
    assert way.details["number"].replace("-", "").endswith("9990000")
