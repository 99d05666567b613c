"""Writing to a resident: a template in their language with its Japanese beside it, kept on their page, told without its words."""

from datetime import timedelta

import pytest

from tests.staff.working import Work, read_kept, read_plain
from webapp.applications.service_cases import list_happenings, open_case
from webapp.applications.service_vault import open_vault
from webapp.applications.tables import Happening
from webapp.kit.clock import today
from webapp.kit.database import open_session
from webapp.outbox.tables import Message


def messages(work):
    """Return what the resident reads, as it was kept."""
    with open_session(work.engine) as session:
        case = open_case(work.row, open_vault(work.app.extensions["madoguchi"].settings))
        return [one.content for one in list_happenings(session, case, shown_only=True) if one.kind == "message"]


def ready(page):
    """Return the words that stand in the form."""
    return page.split("<textarea", 1)[1].split(">\n", 1)[1].split("</textarea>")[0]


def test_a_template_is_shown_in_the_language_of_the_resident_with_its_japanese_beside_it(app, client):
    work = Work(app, voice="en")
    client = work.staff()
    work.take(client)
    assert "電話をかけてもらう" in read_plain(client.get(work.at + "message").text)
    page = client.get(work.at + "message?template=call-us").text
    assert "Please call" in ready(page)
    assert 'lang="en"' in page
    assert "電話してください" in page
    assert "%(" not in page


def test_a_message_is_kept_for_the_resident_and_its_news_says_nothing_of_it(work):
    client = work.staff()
    work.take(client)
    page = client.get(work.at + "message?template=call-us").text
    answer = work.post(client, "message", "message?template=call-us", template="call-us", words=ready(page))
    assert answer.status_code == 303
    assert answer.location.endswith("?done=sent")
    (kept,) = messages(work)
    assert kept == {"words": ready(page), "voice": "ja", "template": "call-us", "by_staff": False, "answer_by": ""}
    (news,) = work.rows(Message, Message.kind == "message-left")
    assert news.about == work.sent.draft_id
    assert "電話" not in str(news)
    assert work.row.version == 2


def test_changed_words_are_marked_as_written_by_staff_in_the_language_they_say(app, client):
    work = Work(app, voice="en")
    client = work.staff()
    work.take(client)
    page = "message?template=call-us"
    work.post(client, "message", page, template="call-us", words="明日、\r\n電話をください。", voice="ja")
    work.post(client, "message", "message?template=own", template="own", words="Please call.", voice="nonsense")
    first, second = messages(work)
    assert (first["words"], first["voice"], first["by_staff"]) == ("明日、\n電話をください。", "ja", True)
    assert (second["words"], second["voice"], second["template"]) == ("Please call.", "en", "")
    assert "係が書いた文です" in read_plain(client.get(work.at).text)


def test_a_promised_day_becomes_the_day_of_the_application(work):
    client, day = work.staff(), today() + timedelta(days=40)
    work.take(client)
    page = f"message?template=delay-with-new-date&day={day}"
    text = ready(client.get(work.at + page).text)
    assert f"{day.year}年{day.month}月{day.day}日" in text
    answer = work.post(client, "message", page, template="delay-with-new-date", day=str(day), words=text)
    assert answer.status_code == 303
    assert work.row.answer_by == day
    assert messages(work)[0]["answer_by"] == str(day)


@pytest.mark.parametrize("day", ["", "soon", "2020-01-01", "9999-12-31"])
def test_a_delay_without_a_day_that_can_be_is_asked_for_again(work, day):
    client = work.staff()
    work.take(client)
    answer = client.get(work.at + f"message?template=delay-with-new-date&day={day}")
    assert answer.status_code == 422
    assert "新しい日を書いてください" in read_plain(answer.text)
    assert work.post(client, "message", "message", template="delay-with-new-date", day=day).status_code == 422


@pytest.mark.parametrize("words", ["", "x" * 3001, "1234 5678 9018"])
def test_words_that_cannot_be_sent_come_back(work, words):
    client = work.staff()
    work.take(client)
    answer = work.post(client, "message", "message?template=own", template="own", words=words)
    assert answer.status_code == 422
    assert words in answer.text
    assert messages(work) == []
    assert work.rows(Message, Message.kind == "message-left") == []


def test_no_such_template_is_no_message(work):
    client = work.staff()
    work.take(client)
    assert client.get(work.at + "message?template=../../x").status_code == 422
    assert work.post(client, "message", "message", template="x", words="x").status_code == 422


def test_who_is_slower_sends_nothing_and_keeps_their_words(work):
    first, second = work.staff("hitori"), work.staff("futari")
    work.take(first)
    work.post(second, "why", "why", why="stands-in")
    kept = read_kept(second.get(work.at + "message?template=own").text)
    work.post(first, "note", words="今、電話で話した")
    answer = second.post(work.at + "message", data={**kept, "template": "own", "words": "電話をください"})
    assert answer.status_code == 409
    assert "今、電話で話した" in answer.text
    assert "電話をください" in answer.text
    assert messages(work) == []


def test_the_same_form_sent_twice_is_one_message(work):
    client = work.staff()
    work.take(client)
    form = {**read_kept(client.get(work.at + "message?template=own").text), "template": "own", "words": "一度だけ"}
    assert client.post(work.at + "message", data=form).status_code == 303
    assert client.post(work.at + "message", data=form).status_code == 409
    assert len(messages(work)) == 1


def test_a_finished_application_takes_notes_and_messages_that_ask_for_no_answer(work):
    client = work.staff()
    work.take(client)
    asks = "message?template=question-about-answers"
    typed = ready(client.get(work.at + asks).text)
    work.change(state="finished", is_open=False)
    page = client.get(work.at + "message").text
    assert "本人は、もう返事を書けません" in read_plain(page)
    assert 'value="call-us"' in page
    assert 'value="question-about-answers"' not in page
    assert client.get(work.at + asks).status_code == 422
    own = "message?template=own"
    answer = work.post(client, "message", own, template="question-about-answers", words=typed)
    assert answer.status_code == 422
    assert "返事のことは、消してください" in read_plain(answer.text)
    assert typed in answer.text
    assert messages(work) == []
    assert work.post(client, "message", own, template="own", words="控えを送りました。").status_code == 303
    assert work.post(client, "note", words="控えを渡した").status_code == 303
    assert len(work.rows(Happening, Happening.kind == "note")) == 1
