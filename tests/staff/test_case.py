"""One application on its section's page: why it may be opened, what it shows and hides, and who works on it."""

import re
from datetime import timedelta

import pytest

from tests.staff.working import DOG, Work, read_kept, read_plain
from webapp.accounts.tables import AuditEntry
from webapp.applications.service_cases import open_case, write_down
from webapp.applications.service_vault import open_vault
from webapp.applications.tables import Happening, Look
from webapp.kit.clock import now, today
from webapp.kit.database import open_session
from webapp.kit.ids import show_receipt_number


def test_whoever_it_is_not_assigned_to_is_asked_why_before_anything_is_shown(work):
    client = work.staff()
    answer = client.get(work.at)
    assert answer.status_code == 303
    assert answer.location.endswith("/why")
    page = client.get(work.at + "why").text
    assert "山﨑" not in page
    assert work.rows(Look) == []


@pytest.mark.parametrize(
    "typed",
    [{}, {"why": "curious"}, {"why": "other"}, {"why": "other", "words": "x" * 201},
     {"why": "other", "words": "1234 5678 9018"}],
)  # fmt: skip
def test_no_reason_or_one_without_words_opens_nothing(work, typed):
    client = work.staff()
    answer = work.post(client, "why", "why", **typed)
    assert answer.status_code == 422
    assert "山﨑" not in answer.text
    assert work.rows(Look) == []
    assert client.get(work.at).status_code == 303
    if typed.get("words"):
        assert typed["words"] in answer.text


def test_a_reason_opens_it_and_is_written_down_for_the_ward_and_the_resident(work):
    client = work.staff()
    assert work.post(client, "why", "why", why="other", words="隣の課から聞かれた").status_code == 303
    assert "山﨑" in client.get(work.at).text
    assert {(one.what, one.why) for one in work.rows(Look)} == {("opened", "other")}
    entries = work.rows(AuditEntry, AuditEntry.what == "application-opened")
    assert {(one.about, one.why) for one in entries} == {(work.sent.id, "other")}
    assert "隣の課" not in str(entries)


def test_taking_it_begins_the_checking_and_needs_no_other_reason(work):
    client = work.staff()
    answer = work.take(client)
    assert answer.status_code == 303
    assert "done=taken" in answer.location
    assert work.row.state == "checking"
    assert work.row.assigned_to == client.account_id
    assert work.kinds() == ["assigned", "checking"]
    page = client.get(work.at)
    assert page.status_code == 200
    assert "山﨑" in page.text
    assert [one.why for one in work.rows(Look)] == ["assigned"]


def test_what_somebody_else_has_is_not_taken_over_unseen(work):
    first, second = work.staff("hitori"), work.staff("futari")
    work.take(first)
    answer = second.post(work.at + "assign", data={**read_kept(second.get(work.at + "why").text), "then": "take"})
    assert answer.status_code == 303
    assert answer.location.endswith("/why")
    assert work.row.assigned_to == first.account_id


def test_it_is_handed_to_a_colleague_and_back(work):
    first, second = work.staff("hitori"), work.staff("futari")
    work.take(first)
    answer = work.post(first, "assign", then="hand", to=second.account_id)
    assert answer.status_code == 303
    assert answer.location.startswith("/ja/staff/inbox/?")
    assert work.row.assigned_to == second.account_id
    assert "futariさんになった" in read_plain(second.get(work.at).text)
    assert work.post(second, "assign", then="back").status_code == 303
    assert work.row.assigned_to is None
    assert work.kinds() == ["assigned", "checking", "assigned", "assigned"]


def test_it_is_handed_to_nobody_of_another_section(work):
    mine = work.staff()
    other = work.staff("yoso", ("officer:tax",))
    work.take(mine)
    assert work.post(mine, "assign", then="hand", to=other.account_id).status_code == 422
    assert work.row.assigned_to == mine.account_id


def test_labels_and_notes_are_kept_and_notes_are_for_the_section_alone(work):
    client = work.staff()
    work.take(client)
    assert work.post(client, "labels", label=["urgent", "interpreter", "nonsense"]).status_code == 303
    assert work.row.labels == "urgent interpreter"
    assert work.post(client, "note", words="折り返し\r\n電話する").status_code == 303
    page = client.get(work.at).text
    assert "折り返し\n電話する" in page
    (note,) = work.rows(Happening, Happening.kind == "note")
    assert not note.is_shown
    assert "折り返し".encode() not in note.sealed_content


@pytest.mark.parametrize("words", ["", "x" * 3001, "番号は 1234 5678 9018 です"])
def test_a_note_that_cannot_be_kept_comes_back_with_its_words(work, words):
    client = work.staff()
    work.take(client)
    answer = work.post(client, "note", words=words)
    assert answer.status_code == 422
    assert words in answer.text
    assert "note" not in work.kinds()


def test_who_is_slower_reads_who_changed_what_and_loses_no_word(work):
    first, second = work.staff("hitori"), work.staff("futari")
    work.take(first)
    work.post(second, "why", "why", why="stands-in")
    hidden = read_kept(second.get(work.at).text)
    work.post(first, "note", words="先に書いた")
    answer = second.post(work.at + "note", data={**hidden, "words": "あとから書いた"})
    assert answer.status_code == 409
    alert = re.search(r'id="errors".*?</ul>', answer.text, re.S)
    assert alert
    assert "先に書いた" in alert[0]
    assert "hitori" in alert[0]
    assert "あとから書いた" in answer.text
    assert work.kinds().count("note") == 1
    assert second.post(work.at + "labels", data={**hidden, "label": "urgent"}).status_code == 409
    assert work.row.labels == ""


def test_every_look_is_written_down_with_what_was_looked_at(work):
    client = work.staff()
    work.take(client)
    for page in ("", "print", "message"):
        assert client.get(work.at + page).status_code == 200
    assert [one.what for one in work.rows(Look)] == ["opened", "printed", "opened"]


def test_items_stand_in_the_order_of_the_official_form(work):
    client = work.staff()
    work.take(client)
    form = work.app.extensions["madoguchi"].catalogue.procedures[DOG].define.form
    plain = read_plain(client.get(work.at).text)
    table = plain[plain.index("届けに書く順番に並んでいます。") :]
    places = [table.index(item.name) for item in form.items]
    assert places == sorted(places)
    assert "本人が書いた" in table


@pytest.fixture
def account(app, client):
    """Return an application with a bank account, a sensitive answer and files."""
    return Work(app, "funeral-allowance", "health-insurance")


def bank_of(work):
    """Return the number of the bank account that somebody wrote."""
    case = open_case(work.row, open_vault(work.app.extensions["madoguchi"].settings))
    return case.answers["bank.account"]["number"], case


def test_a_bank_account_is_hidden_until_it_is_asked_for_and_hidden_again_afterwards(account):
    client = account.staff()
    account.take(client)
    number, _ = bank_of(account)
    page = client.get(account.at).text
    assert number not in page
    assert "（ここには出していません）" in read_plain(page)
    answer = account.post(client, "reveal", fact="bank.account")
    assert answer.status_code == 200
    assert number in answer.text
    assert "（ここには出していません）" in read_plain(answer.text)
    assert number not in client.get(account.at).text
    assert number not in client.get(account.at + "print").text
    assert [one.what for one in account.rows(Look)].count("revealed") == 1


def test_its_files_are_opened_one_by_one_and_never_run(account):
    client = account.staff()
    account.take(client)
    page = client.get(account.at).text
    links = re.findall(r'href="([^"]*/files/[0-9a-f]+)"', page)
    assert links
    answer = client.get(links[0])
    assert answer.status_code == 200
    assert answer.data.startswith((b"\x89PNG", b"%PDF", b"\xff\xd8"))
    assert answer.headers["Content-Disposition"] == "attachment"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "file" in [one.what for one in account.rows(Look)]


def test_a_file_that_the_application_does_not_name_is_not_there(account, app):
    client = account.staff()
    account.take(client)
    other = Work(app, "funeral-allowance", "health-insurance")
    other.take(client)
    (link, *_) = re.findall(r"/files/([0-9a-f]+)", client.get(other.at).text)
    assert client.get(account.at + f"files/{link}").status_code == 404
    assert client.get(account.at + "files/" + "0" * 24).status_code == 404
    assert "file" not in [one.what for one in account.rows(Look)]


def test_paper_has_everything_but_what_is_hidden_and_notes(account):
    client = account.staff()
    account.take(client)
    account.post(client, "note", words="紙には出ないメモ")
    page = read_plain(client.get(account.at + "print").text)
    assert show_receipt_number(account.sent.receipt) in page
    assert "紙には出ないメモ" not in page
    assert "<form" not in client.get(account.at + "print").text


def test_each_answer_says_where_it_came_from(work):
    client = work.staff()
    work.take(client)
    with open_session(work.engine) as session:
        case = open_case(work.row, open_vault(work.app.extensions["madoguchi"].settings))
        write_down(session, case, "received", now(), kept={"applicant.name": "2026-04-01"})
        write_down(session, case, "correction-answered", now(), correction="x", changed=["applicant.phone"])
    page = read_plain(client.get(work.at).text)
    assert "前の手続きで残した（2026年4月1日（令和8年））" in page
    assert "本人が直した（" in page
    work.change(filled_by=client.account_id)
    assert "係が代わりに書いた" in read_plain(client.get(work.at).text)


PAGES = ("", "why", "print", "message", "files/" + "0" * 24)
FORMS = ("why", "assign", "labels", "note", "message", "reveal")


@pytest.mark.parametrize(
    "roles",
    [("officer:tax",), ("head:tax",), ("reception",), ("administrator",), ("auditor",), ("editor",), ("instructor",)],
)
def test_for_everybody_else_there_is_nothing_here(work, roles):
    outsider = work.staff("yoso", roles)
    csrf = read_kept(outsider.get("/ja/staff/account").text)["csrf"]
    for page in PAGES:
        assert outsider.get(work.at + page).status_code == 404, page
    for form in FORMS:
        data = {"csrf": csrf, "version": "0", "then": "take", "why": "supervision", "words": "x", "template": "own"}
        assert outsider.post(work.at + form, data=data).status_code == 404, form
    assert work.rows(Look) == []
    assert work.kinds() == []
    assert work.row.assigned_to is None


def test_a_resident_is_asked_to_sign_in(work, app):
    stranger = app.test_client()
    for page in PAGES:
        answer = stranger.get(work.at + page)
        assert answer.status_code == 303
        assert "/staff/sign-in" in answer.location
    assert work.rows(Look) == []


def test_no_form_is_taken_without_the_token_of_the_sign_in(work):
    client = work.staff()
    work.take(client)
    version = work.row.version
    for form in FORMS:
        assert client.post(work.at + form, data={"version": version, "words": "x"}).status_code == 403
    assert work.row.version == version


def test_an_overdue_answer_and_near_erasing_are_said_in_words(work):
    client = work.staff()
    work.take(client)
    plain = read_plain(client.get(work.at).text)
    assert "答える日を過ぎた" not in plain
    assert "もうすぐ消える" not in plain
    work.change(answer_by=today() - timedelta(days=1), erase_after=today() + timedelta(days=20), warned_at=now())
    plain = read_plain(client.get(work.at).text)
    assert "答える日を過ぎた" in plain
    assert "もうすぐ消える" in plain
    assert "に知らせました" in plain
    work.change(state="decided", warned_at=None)
    plain = read_plain(client.get(work.at).text)
    assert "答える日を過ぎた" not in plain, "it has been answered"
    assert "に知らせました" not in plain, "nobody has been told"
