"""PDF and pictures that do more than show a page: told apart from the many harmless ones that offices make."""

import io
import os
import zlib

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pikepdf import Array, Dictionary, Name
from PIL import Image

from tests.facts.test_files import ALL, make_pdf, make_picture
from webapp.facts.rules_cleaning import MOST_PAGES, clean
from webapp.facts.rules_files import CODES, CleanFile, inspect_file


def annotate(pdf, **more) -> None:
    """Put an annotation straight into the page, not as an object of its own."""
    box = Dictionary(Type=Name.Annot, Rect=Array([0, 0, 9, 9]), **({"Subtype": Name.Link} | more))
    pdf.pages[0].obj.Annots = Array([box])


def add_files(pdf) -> None:
    """Carry a program along in the list of names."""
    pdf.attachments["x.exe"] = pikepdf.AttachedFileSpec(pdf, b"MZ")


def add_page_action(pdf) -> None:
    """Act when a page is shown."""
    pdf.pages[0].obj.AA = Dictionary(O=Dictionary(S=Name.Named, N=Name.Print))


ACTING = {
    "script in an annotation": lambda pdf: annotate(pdf, A=Dictionary(S=Name.JavaScript, JS="app.alert(1)")),
    "script after a link": lambda pdf: annotate(
        pdf, A=Dictionary(S=Name.URI, URI="https://e.jp", Next=Array([Dictionary(S=Name.JavaScript, JS="1")]))
    ),
    "program started by a link": lambda pdf: annotate(pdf, A=Dictionary(S=Name.Launch, F="x.exe")),
    "form sent away": lambda pdf: annotate(pdf, A=Dictionary(S=Name.SubmitForm, F="https://e.jp")),
    "file behind an annotation": lambda pdf: annotate(
        pdf,
        Subtype=Name.FileAttachment,
        FS=Dictionary(Type=Name.Filespec, F="x", EF=Dictionary(F=pdf.make_stream(b"MZ"))),
    ),
    "file in the list of names": add_files,
    "script in the list of names": lambda pdf: pdf.Root.__setattr__(
        "Names", Dictionary(JavaScript=Dictionary(Names=Array(["a", Dictionary(S=Name.JavaScript, JS="1")])))
    ),
    "action when opened": lambda pdf: pdf.Root.__setattr__("OpenAction", Dictionary(S=Name.Named, N=Name.Print)),
    "action of a page": add_page_action,
    "form with a program": lambda pdf: pdf.Root.__setattr__("AcroForm", Dictionary(XFA=pdf.make_stream(b"<x/>"))),
}


@pytest.mark.parametrize("name", sorted(ACTING))
def test_a_pdf_that_acts_is_refused_wherever_it_hides_it(name):
    assert inspect_file(make_pdf(ACTING[name]), ALL) == "file-pdf-active"


@pytest.mark.parametrize(
    "change",
    [
        lambda pdf: pdf.Root.__setattr__("OpenAction", Array([pdf.pages[0].obj, Name.Fit])),
        lambda pdf: pdf.Root.__setattr__("OpenAction", Dictionary(S=Name.GoTo, D=Array([pdf.pages[0].obj, Name.Fit]))),
        lambda pdf: annotate(pdf, A=Dictionary(S=Name.URI, URI="https://www.example.jp")),
        lambda pdf: pdf.Root.__setattr__("AcroForm", Dictionary(Fields=Array([]))),
    ],
)
def test_an_ordinary_pdf_of_an_office_is_taken(change):
    clean_one = inspect_file(make_pdf(change), ALL)
    assert isinstance(clean_one, CleanFile)
    with pikepdf.open(io.BytesIO(clean_one.content)) as pdf:
        assert len(pdf.pages) == 1
        assert "/OpenAction" not in pdf.Root


def test_a_pdf_of_too_many_pages_is_told_so():
    def add_pages(pdf) -> None:
        for _ in range(MOST_PAGES):
            pdf.add_blank_page()

    assert inspect_file(make_pdf(add_pages), ALL) == "file-pages"


def test_a_photo_inside_a_pdf_loses_the_place_where_it_was_taken():
    exif = Image.Exif()
    exif[0x010E] = "MARKER-PLACE"
    photo = make_picture("JPEG", exif=exif, comment=b"MARKER-COMMENT")

    def add_photo(pdf) -> None:
        pdf.pages[0].Resources = Dictionary(XObject=Dictionary(I=pikepdf.Stream(pdf, photo, Filter=Name.DCTDecode)))
        pdf.pages[0].obj.Metadata = pdf.make_stream(b"MARKER-XMP")

    made = make_pdf(add_photo)
    assert b"MARKER-PLACE" in made
    clean_one = inspect_file(made, ALL)
    assert isinstance(clean_one, CleanFile)
    assert b"MARKER" not in clean_one.content
    with pikepdf.open(io.BytesIO(clean_one.content)) as pdf:
        kept = pdf.pages[0].Resources.XObject.I.read_raw_bytes()
    assert Image.open(io.BytesIO(kept)).convert("RGB").getpixel((5, 5)) == Image.open(io.BytesIO(photo)).getpixel(
        (5, 5)
    )


def make_pdf_bomb(megabytes: int) -> bytes:
    """Return a PDF of about a thousandth of the size that its hidden objects unfold to."""
    press = zlib.compressobj()
    blank = b" " * (1 << 20)
    packed = press.compress(b"3 0 " + b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>")
    packed += b"".join(press.compress(blank) for _ in range(megabytes)) + press.flush()
    head = b"/Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d" % len(packed)
    parts = [
        b"%PDF-1.5\n",
        b"1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n",
        b"2 0 obj\n<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n",
        b"4 0 obj\n<<" + head + b">>\nstream\n" + packed + b"\nendstream\nendobj\n",
    ]
    places = [sum(map(len, parts[:n])) for n in range(1, 5)]
    rows = [(0, 0, 255), (1, places[0], 0), (1, places[1], 0), (2, 4, 0), (1, places[2], 0), (1, places[3], 0)]
    table = b"".join(bytes([kind]) + place.to_bytes(4, "big") + bytes([last]) for kind, place, last in rows)
    xref = b"5 0 obj\n<</Type/XRef/Size 6/W[1 4 1]/Root 1 0 R/Length %d>>\nstream\n" % len(table)
    return b"".join([*parts, xref, table, b"\nendstream\nendobj\nstartxref\n%d\n%%%%EOF" % places[3]])


def test_a_pdf_that_unfolds_to_a_thousand_times_its_size_is_broken():
    bomb = make_pdf_bomb(300)
    assert len(bomb) < 1 << 20
    assert inspect_file(bomb, ALL) == "file-broken"
    assert isinstance(inspect_file(make_pdf_bomb(1), ALL), CleanFile), "the same without the weight is fine"


def test_the_cleaning_process_sees_no_secrets(monkeypatch):
    seen = {}
    monkeypatch.setenv("MASTER_KEYS", "secret")
    monkeypatch.setattr(
        "webapp.facts.rules_files.subprocess.run",
        lambda program, **how: seen.update(how["env"]) or type("Done", (), {"stdout": b"", "returncode": -11})(),
    )
    assert inspect_file(make_picture("PNG"), ALL) == "file-broken"
    assert os.environ["MASTER_KEYS"] not in seen.values()


def load_clean(content: bytes) -> Image.Image:
    """Return a picture after cleaning."""
    clean_one = inspect_file(content, ALL)
    assert isinstance(clean_one, CleanFile), clean_one
    return Image.open(io.BytesIO(clean_one.content))


def save_as_png(picture: Image.Image, **how) -> bytes:
    """Return a picture as PNG."""
    out = io.BytesIO()
    picture.save(out, "PNG", **how)
    return out.getvalue()


def test_scans_with_sixteen_bits_keep_their_greys():
    assert load_clean(save_as_png(Image.new("I;16", (4, 4), 30_000))).getpixel((0, 0)) in (116, 117, 118)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_lies_on_white(mode):
    picture = Image.new("RGBA", (4, 4), (0, 0, 0, 0)).convert(mode) if mode != "P" else Image.new("P", (4, 4), 0)
    how = {"transparency": 0} if mode == "P" else {}
    assert load_clean(save_as_png(picture, **how)).convert("RGB").getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "CMYK", "RGB"])
def test_pictures_of_every_mode_come_through(mode):
    out = io.BytesIO()
    Image.new(mode, (40, 30)).save(out, "PNG" if mode == "1" else "JPEG")
    assert load_clean(out.getvalue()).size == (40, 30)


GOOD = {"jpeg": make_picture("JPEG"), "png": make_picture("PNG"), "pdf": make_pdf()}


@given(st.sampled_from(sorted(GOOD)), st.data())
@settings(max_examples=300, deadline=None)
def test_a_file_with_any_byte_changed_is_clean_or_broken(kind, data):
    content = bytearray(GOOD[kind])
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(8, len(content) - 1))] = data.draw(st.integers(0, 255))
    result = clean(bytes(content), kind)
    assert isinstance(result, bytes) or result in CODES
