"""Asking a resident to mend something: marked with words, taken back, answered, and shown with what changed."""

from datetime import timedelta

import pytest

from tests.drafts.browser import words
from tests.staff.answered import NAME
from tests.staff.working import read_kept
from webapp.applications.tables import Correction, Look
from webapp.kit.clock import today
from webapp.outbox.tables import Message


def ask(work, client, **more):
    """Mark the applicant's name, as the page's form does."""
    day = (today() + timedelta(days=14)).isoformat()
    typed = {"fact": [NAME], f"why:{NAME}": "wrong", f"note:{NAME}": "漢字を見てください", "day": day, **more}
    return client.post(work.at + "correct", data={**read_kept(client.get(work.at + "correct").text), **typed})


def test_page_lists_every_answer_and_a_day_two_weeks_off(work, clerk):
    page = clerk.get(work.at + "correct").text
    assert (today() + timedelta(days=14)).isoformat() in page
    for key in work.case().answers:
        assert f'value="{key}"' in page
    assert [one.what for one in work.rows(Look)] == ["opened"]


def test_marks_go_to_the_resident_and_the_message_says_nothing_of_them(work, clerk):
    answer = ask(work, clerk, note="ほかはだいじょうぶです")
    (asked,) = work.corrections()
    assert answer.location == f"{work.at}correct/{asked.id}?done=asked"
    assert asked.marks.facts == {NAME: {"why": "wrong", "note": "漢字を見てください"}}
    assert (asked.marks.note, asked.marks.asked_in, asked.answer_by) == (
        "ほかはだいじょうぶです", "ja", today() + timedelta(days=14),
    )  # fmt: skip
    assert work.row.state == "mend"
    assert work.kinds()[-1] == "correction-asked"
    (told,) = work.rows(Message, Message.kind == "correction-asked")
    assert told.about == work.row.draft_id
    assert "漢字".encode() not in work.rows(Correction)[0].sealed_content
    assert "漢字を見てください" in clerk.get(answer.location).text


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"fact": []}, "一つ以上"),
        ({"day": "2020-01-01"}, "明日から半年"),
        ({"day": "あした"}, "明日から半年"),
        ({"note": "あ" * 501}, "500文字"),
        ({f"note:{NAME}": "1234 5678 9018"}, "マイナンバー"),
    ],
)
def test_what_is_wrong_with_it_is_said_and_nothing_typed_is_lost(work, clerk, typed, why):
    answer = ask(work, clerk, **typed)
    assert answer.status_code == 422
    assert why in words(answer.text)
    for one in ({f"note:{NAME}": "漢字を見てください"} | typed).values():
        assert not isinstance(one, str) or one in answer.text
    assert work.corrections() == []
    assert work.row.state == "checking"


def test_only_answers_that_there_are_can_be_marked(work, clerk):
    assert ask(work, clerk, fact=["no.such.fact"]).status_code == 422
    assert ask(work, clerk, fact=[NAME, "no.such.fact"]).status_code == 303
    assert set(work.corrections()[0].marks.facts) == {NAME}


def test_whoever_is_slower_is_shown_what_happened_and_asks_nothing(work, clerk):
    day = (today() + timedelta(days=14)).isoformat()
    old = {**read_kept(clerk.get(work.at + "correct").text), "fact": [NAME], f"note:{NAME}": "二番目", "day": day}
    ask(work, clerk)
    answer = clerk.post(work.at + "correct", data=old)
    assert answer.status_code == 409
    assert len(work.corrections()) == 1


def test_it_is_taken_back_while_it_is_open_and_once(work, clerk):
    ask(work, clerk)
    (asked,) = work.corrections()
    back = {"then": "take-back", "correction": asked.id}
    answer = work.post(clerk, "correct", "correct", **back)
    assert answer.location.endswith("?done=taken-back")
    assert work.row.state == "checking"
    assert work.post(clerk, "correct", "correct", **back).location.endswith(asked.id)
    assert work.kinds().count("correction-taken-back") == 1
    assert work.corrections()[0].state == "taken-back"
    (told,) = work.rows(Message, Message.kind == "correction-taken-back")
    assert told.about == work.row.draft_id
    assert work.rows(Message, Message.kind == "correction-asked")[0].state == "stopped", "nobody is asked any more"


def test_answer_is_shown_before_and_after_and_what_is_hidden_stays_hidden(work, clerk):
    ask(work, clerk, fact=[NAME, "applicant.phone"] if "applicant.phone" in work.case().answers else [NAME])
    (asked,) = work.corrections()
    before = work.case().answers[NAME]["name"]
    assert work.mend("杉並 あらため") == f"{work.base}/sent"
    page = words(clerk.get(f"{work.at}correct/{asked.id}").text)
    assert before in page
    assert "杉並 あらため" in page
    assert "直したものが届いた" in page
    assert work.row.state == "checking"
    assert work.rows(Message, Message.kind == "correction-asked")[0].state == "stopped", "nobody is asked any more"


def test_other_sections_and_other_roles_find_nothing(work, clerk):
    ask(work, clerk)
    (asked,) = work.corrections()
    for name, roles in (("yoso", ("head:tax",)), ("uketsuke", ("reception",)), ("kansa", ("auditor",))):
        stranger = work.staff(name, roles)
        for page in ("correct", f"correct/{asked.id}", "decide"):
            assert stranger.get(work.at + page).status_code == 404
        assert work.row.state == "mend"


def test_correction_of_another_application_is_not_found_here(work, clerk):
    assert clerk.get(f"{work.at}correct/{'a' * 24}").status_code == 404
    assert clerk.get(f"{work.at}correct/nothing").status_code == 404


def test_each_answer_can_be_looked_at_again_from_the_history(work, clerk):
    for name in ("杉並 一", "杉並 二"):
        ask(work, clerk)
        work.mend(name)
    latest, first = work.corrections()
    history = clerk.get(work.at).text
    for one in (first, latest):
        assert f'href="{work.at}correct/{one.id}#changes"' in history
    earlier = clerk.get(f"{work.at}correct/{first.id}").text
    assert "杉並 一" in earlier
    assert "杉並 二" not in earlier
    assert f'href="{work.at}correct/{latest.id}#changes"' in earlier, "it says that it is not the latest"
    assert "#changes" not in clerk.get(f"{work.at}correct/{latest.id}").text
