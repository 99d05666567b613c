"""Attached files: ten hostile ones are refused or made harmless, good ones come through without what rode along."""

import io
import zipfile

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from webapp.facts.rules_files import CODES, CleanFile, inspect_file, safe_name
from webapp.facts.rules_messages import MESSAGES

ALL = ("jpeg", "png", "pdf")


def make_picture(kind: str, size=(60, 40), **save) -> bytes:
    """Return a picture."""
    out = io.BytesIO()
    Image.new("RGB", size, "#336699").save(out, kind, **save)
    return out.getvalue()


def make_pdf(change=None) -> bytes:
    """Return a one-page PDF, changed by `change`."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    if change:
        change(pdf)
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()


def add_script(pdf) -> None:
    """Have the PDF run something when it is opened."""
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


def lock() -> bytes:
    """Return a PDF with a password."""
    pdf = pikepdf.new()
    pdf.add_blank_page()
    out = io.BytesIO()
    pdf.save(out, encryption=pikepdf.Encryption(owner="o", user="u"))
    return out.getvalue()


def make_zip() -> bytes:
    """Return a zip file, as a document with macros is one."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("word/vbaProject.bin", "x")
    return out.getvalue()


def make_bomb() -> bytes:
    """Return a small PNG that unfolds to 64 million pixels."""
    return make_picture("PNG", (8000, 8000))


HOSTILE = {
    "empty": (b"", "file-empty"), "gif with a script": (b"GIF89a/*<script>*/=1;", "file-type"),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', "file-type"),
    "html named as a picture": (b"<!doctype html><script>alert(1)</script>", "file-type"), "zip": (make_zip(), "file-type"),
    "program": (b"MZ" + b"\0" * 200, "file-type"), "pdf with a script": (make_pdf(add_script), "file-pdf-active"),
    "locked pdf": (lock(), "file-locked"), "bomb": (make_bomb(), "file-pixels"), "cut picture": (make_picture("JPEG", (900, 900))[:400], "file-broken"),
    "too big": (b"\xff\xd8\xff" + b"0" * (5 * 1024 * 1024), "file-too-big"),
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_file_is_refused_with_what_to_do(name):
    content, code = HOSTILE[name]
    assert inspect_file(content, ALL) == code
    assert code in CODES
    assert code in MESSAGES


def test_place_and_everything_else_that_rode_along_is_gone():
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x8825] = {1: "N", 2: (35.0, 42.0, 0.0)}
    clean = inspect_file(make_picture("JPEG", exif=exif, comment=b"MARKER-COMMENT") + b"<script>MARKER</script>", ALL)
    assert isinstance(clean, CleanFile)
    picture = Image.open(io.BytesIO(clean.content))
    assert not picture.getexif()
    assert b"MARKER" not in clean.content
    assert picture.size == (40, 60), "turned upright"


def test_pdf_comes_through_without_its_metadata():
    def describe(pdf) -> None:
        pdf.docinfo["/Author"] = "MARKER"

    clean = inspect_file(make_pdf(describe), ALL)
    assert isinstance(clean, CleanFile)
    assert clean.type == "pdf"
    assert b"MARKER" not in clean.content


def test_a_type_that_a_question_does_not_take_is_refused():
    assert inspect_file(make_pdf(), ("jpeg", "png")) == "file-type"


@given(st.binary(max_size=400), st.sampled_from([b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"%PDF-1.7\n"]))
@settings(max_examples=40, deadline=None)
def test_any_bytes_give_a_file_or_a_code(content, head):
    found = inspect_file(head + content, ALL)
    assert isinstance(found, CleanFile) or found in CODES


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\a\\写真.jpg", "写真.jpg"),
        ("\u202egpj.exe", "gpj.exe"),
        ("", "file"),
        ("あ" * 300, "あ" * 80),
    ],
)
def test_names_are_shown_without_folders_and_tricks(name, shown):
    assert safe_name(name) == shown
