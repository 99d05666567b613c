"""The page of what came to a section: found, sorted out, changed several at once, and nobody else's."""

import re

import pytest
from sqlmodel import select

from tests.accounts.helping import make, sign_in
from tests.staff.sections import make_section, send_applications
from webapp.accounts.tables import AuditEntry
from webapp.applications.tables import Application, Happening
from webapp.kit.database import open_session

WORK = "/ja/staff/inbox/"
OFFICER = ("officer:environment-dogs",)


@pytest.fixture
def section(app):
    return make_section(app, count=3)


def csrf_of(html):
    return re.search(r'name="csrf" value="([0-9a-f]+)"', html).group(1)


def shown(receipt):
    return "-".join((receipt[:5], receipt[5:10], receipt[10:]))


def read_words(html):
    return re.sub(r"<[^>]+>", "", html)


def find(client, words, place=WORK):
    token = csrf_of(client.get(place).text)
    return client.post(f"{WORK}find", data={"csrf": token, "words": words})


def change(client, section, deed, numbers=(0,), place=""):
    page = client.get(f"{WORK}{place}").text
    ticks = [re.search(rf'value="({section.application_ids[n]}\.\d+)"', page).group(1) for n in numbers]
    return client.post(f"{WORK}batch{place}", data={"csrf": csrf_of(page), "row": ticks, "deed": deed})


def read(app, table):
    with open_session(app.extensions["engine"]) as session:
        return list(session.exec(select(table)))


def test_list_shows_number_name_procedure_and_day(app, client, section):
    sign_in(client, app, OFFICER, "kakari")
    page = read_words(client.get(WORK).text)
    for receipt in section.receipts:
        assert shown(receipt) in page
    for words in ("山﨑 花子", "やまざき はなこ", "杉並 梅", "今日届きました", "届いたばかり", "まだいません"):
        assert words in page
    assert re.search(r"あと\d+日", page)


def test_what_was_shown_is_in_the_log(app, client, section):
    account_id = sign_in(client, app, OFFICER, "kakari")
    client.get(WORK)
    entries = [one for one in read(app, AuditEntry) if one.what == "inbox-listed"]
    assert [(one.account_id, one.about, one.why) for one in entries] == [(account_id, section.key, "3")]


def test_another_section_sees_nothing_of_it(app, client, section):
    sign_in(client, app, ("officer:tax",), "zei")
    page = client.get(WORK).text
    assert "ここに出すものは、今ありません。" in page
    for words in (section.receipts[0], "やまざき"):
        answer = client.get(find(client, words).headers["Location"]).text
        assert shown(section.receipts[0]) not in answer
        assert "花子" not in answer


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("や", {0, 1}), ("やま", {0, 1}), ("ヤマザ", {0}), ("山", {0, 1}), ("うめ", {2}), ("すぎなみ うめ", {2}), ("杉並　梅", {2}),
        ("やま たろ", {1}), ("まざき", set()), ("・", set()),
    ],
)  # fmt: skip
def test_names_are_found_by_how_they_begin(app, client, section, words, numbers):
    sign_in(client, app, OFFICER, "kakari")
    answer = find(client, words)
    assert answer.status_code == 303
    assert words not in answer.headers["Location"]
    page = client.get(answer.headers["Location"]).text
    assert {n for n, receipt in enumerate(section.receipts) if shown(receipt) in page} == numbers


def test_a_number_is_found_however_it_is_typed(app, client, section):
    sign_in(client, app, OFFICER, "kakari")
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in section.receipts[1])
    for typed in (section.receipts[1], shown(section.receipts[1]).lower(), f" {wide} "):
        page = client.get(find(client, typed).headers["Location"]).text
        assert shown(section.receipts[1]) in page
        assert shown(section.receipts[0]) not in page


def test_searched_words_open_in_this_sign_in_only(app, client, section):
    sign_in(client, app, OFFICER, "kakari")
    address = find(client, "やまざき").headers["Location"]
    other = app.test_client()
    sign_in(other, app, OFFICER, "hoka")
    assert "もう一度書いてください" in other.get(address).text
    assert client.get(f"{WORK}?find=zz").status_code == 200


def test_filters_stay_in_the_address(app, client, section):
    sign_in(client, app, OFFICER, "kakari")
    assert change(client, section, "label:urgent", (1,)).status_code == 303
    page = client.get(f"{WORK}?label=urgent&state=received&procedure={section.slug}&due=&sort=sent_at").text
    assert shown(section.receipts[1]) in page
    assert shown(section.receipts[0]) not in page
    assert 'value="urgent" selected' in page
    assert 'value="sent_at" selected' in page
    for query in ("due=over", "state=decided", "who=mine", "show=finished", "show=mended"):
        assert "ここに出すものは、今ありません。" in client.get(f"{WORK}?{query}").text
    assert shown(section.receipts[0]) in client.get(f"{WORK}?state=nonsense&sort=%00&after=zz~zz&section=tax").text


def test_several_are_taken_at_once_and_handed_back(app, client, section):
    me = sign_in(client, app, OFFICER, "kakari")
    answer = change(client, section, "assign:me", (0, 2))
    assert "2件を変えました" in client.get(answer.headers["Location"]).text
    rows = {row.id: row.assigned_to for row in read(app, Application)}
    assert [rows[id_] for id_ in section.application_ids] == [me, None, me]
    assert sorted(one.kind for one in read(app, Happening) if one.kind == "assigned") == ["assigned"] * 2
    assert sum(one.what == "application-assigned" for one in read(app, AuditEntry)) == 2
    assert shown(section.receipts[1]) not in client.get(f"{WORK}?who=mine").text
    assert shown(section.receipts[1]) in client.get(f"{WORK}?who=nobody").text
    change(client, section, "hand-back", (0,), "?who=mine")
    assert {row.id for row in read(app, Application) if row.assigned_to} == {section.application_ids[2]}


def test_a_colleague_of_the_section_is_given_work_and_nobody_else(app, client, section):
    sign_in(client, app, OFFICER, "kakari")
    stranger = make(app, ("officer:tax",), "zei")
    change(client, section, f"assign:{section.account_id}")
    assert section.account_id in {row.assigned_to for row in read(app, Application)}
    answer = change(client, section, f"assign:{stranger}", (1,))
    page = read_words(client.get(answer.headers["Location"]).text)
    assert "今は変えられないもの" in page
    assert shown(section.receipts[1]) in page
    assert stranger not in {row.assigned_to for row in read(app, Application)}


def test_what_somebody_else_changed_meanwhile_is_left_alone_and_named(app, client, section):
    sign_in(client, app, OFFICER, "kakari")
    page = client.get(WORK).text
    ticks = [f"{id_}.0" for id_ in section.application_ids]
    with open_session(app.extensions["engine"]) as session:
        session.get(Application, section.application_ids[1]).version = 1
    answer = client.post(f"{WORK}batch", data={"csrf": csrf_of(page), "row": ticks, "deed": "label:interpreter"})
    told = client.get(answer.headers["Location"]).text.replace('</span><span class="ph">', "")
    assert "2件を変えました" in told
    assert "ほかの人が先に変えたもの" in told
    part = told.split("ほかの人が先に変えたもの")[1].split("</ul>")[0]
    assert shown(section.receipts[1]) in part
    assert shown(section.receipts[0]) not in part


def test_nothing_ticked_or_chosen_is_asked_for_and_the_ticks_stay(app, client, section):
    sign_in(client, app, OFFICER, "kakari")
    page = client.get(WORK).text
    answer = client.post(
        f"{WORK}batch?sort=sent_at", data={"csrf": csrf_of(page), "row": [f"{section.application_ids[0]}.0"]}
    )
    assert answer.status_code == 422
    assert "どう変えるかを選んでください" in answer.text
    assert len(re.findall(r'name="row"[^>]* checked', answer.text)) == 1
    answer = client.post(f"{WORK}batch", data={"csrf": csrf_of(page), "deed": "label:urgent", "row": ["x", "1.2.3"]})
    assert answer.status_code == 422
    assert "印をつけてください" in answer.text
    assert 'value="label:urgent" selected' in answer.text
    assert client.get(f"{WORK}batch?sort=sent_at").headers["Location"] == f"{WORK}?sort=sent_at"


def test_all_of_a_page_are_ticked_by_a_link(app, client, section):
    sign_in(client, app, OFFICER, "kakari")
    assert len(re.findall(r'name="row"[^>]* checked', client.get(f"{WORK}?tick=all").text)) == 3


def test_whoever_has_no_section_reads_whom_to_ask(app, client):
    make(app, ("administrator",), "soumu")
    sign_in(client, app, ("reception",), "uketsuke")
    page = client.get(WORK).text
    assert "あなたの課がまだ決まっていません" in page
    assert "soumu" in page
    for place in ("find", "batch"):
        assert client.post(f"{WORK}{place}", data={"csrf": csrf_of(page)}).status_code == 404


def test_heads_confirm_what_others_proposed(app, client, section):
    officer = sign_in(client, app, OFFICER, "kakari")
    with open_session(app.extensions["engine"]) as session:
        session.get(Application, section.application_ids[0]).proposed_by = officer
    assert "show=confirm" not in client.get(WORK).text
    assert "ここに出すものは、今ありません。" in client.get(f"{WORK}?show=confirm").text
    head = app.test_client()
    sign_in(head, app, ("head:environment-dogs",), "kacho")
    assert "show=confirm" in head.get(WORK).text
    page = head.get(f"{WORK}?show=confirm").text
    assert shown(section.receipts[0]) in page
    assert shown(section.receipts[1]) not in page


def test_a_new_one_is_found_at_once(app, client):
    sign_in(client, app, OFFICER, "kakari")
    (row,) = send_applications(app, count=1, people=[("Brown Amy", "ぶらうん えいみー")])
    for words in ("ぶらうん", "brown", "えいみ"):
        assert shown(row.receipt) in client.get(find(client, words).headers["Location"]).text
