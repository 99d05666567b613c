"""Drafts of procedures: shown by the ordinary pages before they are published, with what is still wrong in words."""

import re
import shutil
from dataclasses import replace

import pytest

from tests.accounts.helping import sign_in
from webapp.config import ROOT, load_settings
from webapp.staff.service_previews import list_question_pages, open_previews

PROCEDURES = ROOT / "content" / "procedures"


@pytest.fixture
def folder(app, tmp_path):
    """Return the folder of drafts of this app's ward, still empty."""
    place = tmp_path / "drafts"
    (place / "procedures").mkdir(parents=True)
    ward = app.extensions["madoguchi"]
    app.extensions["madoguchi"] = replace(ward, settings=replace(ward.settings, content_drafts=place))
    app.extensions.pop("content_previews", None)
    return place / "procedures"


@pytest.fixture
def editor(app, client):
    """Return a client of somebody who edits the content."""
    sign_in(client, app, ("editor",))
    return client


def copy(folder, slug="dog-registration", name="dog-new"):
    """Begin a draft with the files of a procedure that there is."""
    shutil.copytree(PROCEDURES / slug, folder / name)
    return folder / name


def test_where_drafts_lie_is_a_setting(tmp_path):
    env = {"DATA_DIR": str(tmp_path), "CONTENT_DIR": str(tmp_path / "content")}
    assert load_settings(env).content_drafts == tmp_path / "content" / "drafts"
    assert load_settings({**env, "CONTENT_DRAFTS": str(tmp_path / "x")}).content_drafts == tmp_path / "x"


def test_without_a_folder_there_are_no_drafts(app, editor):
    assert "下書きは、ありません。" in editor.get("/ja/staff/desk/drafts/").text


@pytest.mark.parametrize("voice", ["ja", "ja-easy", "en"])
def test_a_draft_looks_as_residents_will_see_it(folder, editor, voice):
    copy(folder)
    page = editor.get(f"/{voice}/staff/desk/drafts/dog-new/")
    public = editor.get(f"/{voice}/procedures/dog-registration")
    assert page.status_code == 200
    assert page.headers["Cache-Control"] == "no-store"
    assert "X-Robots-Tag" in page.headers
    title = re.search(r"<h1>.*?</h1>", public.text)[0]
    assert title in page.text
    assert '<fieldset class="preview" disabled' in page.text


def test_a_draft_is_nowhere_but_at_the_desk(folder, editor):
    copy(folder)
    assert editor.get("/ja/procedures/dog-new").status_code == 404
    assert "dog-new" not in editor.get("/ja/procedures/").text
    assert editor.post("/ja/procedures/dog-new/start").status_code == 404


@pytest.mark.parametrize(
    "slug", ["dog-registration", "child-allowance-claim", "moving-in", "birth-notification", "residence-certificate"]
)
def test_every_question_page_of_a_draft_is_shown_and_cannot_be_sent(folder, editor, app, slug):
    copy(folder, slug, "x-draft")
    ward = app.extensions["madoguchi"]
    pages = list_question_pages(ward.catalogue.procedures[slug], ward.dictionary)
    asked = {ask.fact for ask in ward.catalogue.procedures[slug].define.form.asks}
    assert asked <= {one.fact.key for page in pages for one in page.questions}
    for number in range(1, len(pages) + 1):
        page = editor.get(f"/ja/staff/desk/drafts/x-draft/questions/{number}")
        assert page.status_code == 200
        main = page.text.partition("<main")[2].partition("</main>")[0]
        assert "<form" not in main
        before, _, inside = main.partition('<fieldset class="preview" disabled')
        assert "<input" not in before
        assert inside
    assert editor.get(f"/ja/staff/desk/drafts/x-draft/questions/{len(pages) + 1}").status_code == 404


def test_what_depends_on_an_answer_says_so(app):
    ward = app.extensions["madoguchi"]
    pages = list_question_pages(ward.catalogue.procedures["dog-registration"], ward.dictionary)
    chip = next(page for page in pages if any(one.fact.key == "dog.microchip" for one in page.questions))
    assert "dog.has_microchip" in {fact.key for fact in chip.depends}


BREAKS = {
    "no Japanese file": lambda place: (place / "ja.yaml").unlink(),
    "no definition": lambda place: (place / "procedure.yaml").unlink(),
    "no YAML": lambda place: (place / "procedure.yaml").write_text("{: [", encoding="utf-8"),
    "a list": lambda place: (place / "procedure.yaml").write_text("- a\n", encoding="utf-8"),
    "an unknown field": lambda place: (place / "procedure.yaml").write_text("ofice: dogs\n", encoding="utf-8"),
    "no text": lambda place: (place / "ja.yaml").write_text("[]", encoding="utf-8"),
    "texts of another shape": lambda place: (place / "ja.yaml").write_text(
        "title: {a: b}\nbring: x\n", encoding="utf-8"
    ),
    "not UTF-8": lambda place: (place / "ja.yaml").write_bytes(b"\xff\xfe\x00"),
    "a folder for a file": lambda place: ((place / "en.yaml").unlink(), (place / "en.yaml").mkdir()),
}


@pytest.mark.parametrize("broken", BREAKS)
def test_a_broken_draft_says_what_to_mend_and_is_never_a_failure(folder, editor, broken):
    BREAKS[broken](copy(folder))
    listed = editor.get("/ja/staff/desk/drafts/")
    assert listed.status_code == 200
    assert 'class="faults"' in listed.text
    assert str(folder) not in listed.text
    for path in ("", "questions/1"):
        page = editor.get(f"/ja/staff/desk/drafts/dog-new/{path}")
        assert page.status_code == 200
        assert "まだ見ることができません" in page.text


def test_a_half_written_draft_shows_what_it_has_or_says_what_is_missing(folder, editor):
    place = copy(folder)
    (place / "ja.yaml").write_text("summary: 犬のこと\n", encoding="utf-8")
    (place / "en.yaml").unlink()
    (place / "ja-easy.yaml").unlink()
    assert "the words title are missing" in editor.get("/ja/staff/desk/drafts/").text
    assert editor.get("/ja/staff/desk/drafts/dog-new/").status_code == 200


def test_faults_are_those_that_the_content_gate_would_find(folder, editor):
    place = copy(folder)
    define = (place / "procedure.yaml").read_text(encoding="utf-8")
    (place / "procedure.yaml").write_text(
        define.replace("office: environment-dogs", "office: nowhere"), encoding="utf-8"
    )
    assert "the office nowhere does not exist" in editor.get("/ja/staff/desk/drafts/").text


def test_a_draft_is_read_again_when_a_file_changes(folder, editor):
    place = copy(folder)
    assert editor.get("/ja/staff/desk/drafts/dog-new/").status_code == 200
    words = (place / "ja.yaml").read_text(encoding="utf-8")
    (place / "ja.yaml").write_text(re.sub(r"^title: .*", "title: 子犬を登録する", words, flags=re.M), encoding="utf-8")
    assert "子犬" in editor.get("/ja/staff/desk/drafts/dog-new/").text


def test_a_draft_of_a_procedure_that_there_is_is_told_apart(folder, editor):
    copy(folder, name="dog-registration")
    assert "今ある手続きを、新しくするための下書きです。" in editor.get("/ja/staff/desk/drafts/").text


@pytest.mark.parametrize("slug", ["..", "%2e%2e", "..%2fprocedures", "nothing"])
def test_no_address_leads_out_of_the_folder(folder, editor, slug):
    assert editor.get(f"/ja/staff/desk/drafts/{slug}/").status_code in (301, 308, 400, 404)


def test_every_procedure_that_there_is_can_be_previewed(app):
    ward = app.extensions["madoguchi"]
    previews = open_previews(ROOT / "content", ward.catalogue, ward.dictionary, ("ja", "ja-easy", "en"))
    found = previews.list_all()
    assert len(found) == len(ward.catalogue.procedures)
    assert {one.slug: one.faults for one in found if one.faults} == {}
    for one in found:
        list_question_pages(one.procedure, ward.dictionary)
