"""What a resident writes back: marked in the list, in its own tab, read on the case's page, and settled by going on."""

from tests.staff.working import read_kept, read_plain
from webapp.accounts.rules import Clerk, Grant
from webapp.applications.service_answers import Answer, add_answer
from webapp.applications.service_cases import find_row, open_case
from webapp.applications.service_vault import open_vault
from webapp.kit.clock import now
from webapp.kit.database import open_session

WORDS = "Tôi bị điếc.\nXin viết cho tôi."


def write_to(work, clerk):
    """Write to the resident."""
    return work.post(clerk, "message", "message?template=own", template="own", words="教えてください。", voice="ja")


def write_back(work):
    """Write back as the resident does."""
    clerk = Clerk("a" * 24, "", frozenset({Grant("officer", work.office)}))
    with open_session(work.engine) as session:
        row = find_row(session, clerk, work.sent.id, write=True)
        case = open_case(row, open_vault(work.app.extensions["madoguchi"].settings))
        assert add_answer(session, case, Answer(WORDS, "a form"), now())


def test_an_answer_is_marked_listed_read_and_settled_by_the_next_message(work, clerk):
    write_to(work, clerk)
    kept = read_kept(clerk.get(work.at + "message?template=own").text)
    write_back(work)
    late = clerk.post(work.at + "message", data={**kept, "template": "own", "words": "もう一度、教えてください。"})
    assert late.status_code == 409, "whoever writes meanwhile learns that an answer came"
    assert "本人から返事が来た" in read_plain(late.text)
    tab = clerk.get("/ja/staff/inbox/?label=answered").text
    assert work.sent.id in tab
    assert "返事が来たもの（1）" in read_plain(tab)
    page = clerk.get(work.at).text
    assert f'<div class="said" lang="" dir="auto"><p>{WORDS}</p></div>' in page
    work.post(clerk, "labels", label=["urgent", "answered"])
    assert work.row.labels == "answered urgent"
    write_to(work, clerk)
    assert work.row.labels == "urgent"
    assert work.sent.id not in clerk.get("/ja/staff/inbox/?label=answered").text
