"""Making one foreign file harmless; runs as a process of its own, `python -m webapp.facts.rules_cleaning TYPE`.

The file comes on standard input; the answer is a line, "ok" or the code of what is to mend, and then the new content.
The process gives itself limits first: a megabyte of PDF can unfold to gigabytes, and decoders can crash.
"""

import io
import resource
import sys
import warnings
from collections.abc import Iterator

import pikepdf
from PIL import Image, ImageOps

MOST_PIXELS = 40_000_000
MOST_PAGES = 200
MOST_MEMORY = 1 << 30
MOST_SECONDS = 20
MOST_UNFOLDED = 128 << 20
ACTIVE_KEYS = frozenset(
    ("/JavaScript", "/JS", "/AA", "/EmbeddedFiles", "/EF", "/RichMedia", "/RichMediaContent", "/XFA"),
)
ACTIVE_ACTIONS = frozenset(
    (
        "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR",
        "/Rendition", "/Movie", "/Sound", "/RichMediaExecute",
    )
)  # fmt: skip
RIDERS = ("/Metadata", "/PieceInfo")


def clean_picture(content: bytes, kind: str) -> bytes | str:
    """Return a picture ("jpeg" or "png") drawn anew, turned upright, with nothing but its pixels; or a code to mend.

    May raise anything for a file that is broken.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the size is judged below, before a pixel is decoded
        picture = Image.open(io.BytesIO(content), formats=[kind.upper()])
        if picture.width * picture.height > MOST_PIXELS:
            return "file-pixels"
        plain = _flatten(ImageOps.exif_transpose(picture))
        plain.info = {}
        out = io.BytesIO()
        plain.save(out, kind.upper(), **({"quality": 88} if kind == "jpeg" else {}))
    return out.getvalue()


def _flatten(picture: Image.Image) -> Image.Image:
    """Return a picture in grey or colour; what is transparent lies on white, as on paper."""
    if picture.mode.startswith("I"):
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if picture.has_transparency_data:
        layer = picture.convert("RGBA")
        paper = Image.new("RGB", layer.size, "white")
        paper.paste(layer, mask=layer.getchannel("A"))
        return paper
    return picture.convert("L" if picture.mode in ("1", "L") else "RGB")


def clean_pdf(content: bytes) -> bytes | str:
    """Return a PDF written anew without what rode along; or a code to mend. May raise anything for a broken file."""
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if pdf.is_encrypted:
                return "file-locked"
            if not len(pdf.pages):
                return "file-broken"
            if len(pdf.pages) > MOST_PAGES:
                return "file-pages"
            _drop_opening_place(pdf)
            if _is_active(pdf):
                return "file-pdf-active"
            _drop_riders(pdf)
            out = io.BytesIO()
            pdf.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    except pikepdf.PasswordError:
        return "file-locked"
    return out.getvalue()


def _drop_opening_place(pdf: pikepdf.Pdf) -> None:
    """Take away the page at which a PDF opens, which office programs write; real actions stay and are refused."""
    action = pdf.Root.get("/OpenAction")
    if isinstance(action, pikepdf.Array) or (isinstance(action, pikepdf.Dictionary) and action.get("/S") == "/GoTo"):
        del pdf.Root["/OpenAction"]


def _is_active(pdf: pikepdf.Pdf) -> bool:
    """Tell whether any part of a PDF could run, start, send or carry something."""
    if "/OpenAction" in pdf.Root:
        return True
    for table in _walk_tables(pdf):
        keys = set(table.keys())
        if keys & ACTIVE_KEYS or str(table.get("/S", "")) in ACTIVE_ACTIONS:
            return True
    return False


def _walk_tables(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Yield every dictionary of a PDF, those that lie inside others too (an annotation often holds its action)."""
    for top in pdf.objects:
        open_ends = [top]
        while open_ends:
            one = open_ends.pop()
            if isinstance(one, (pikepdf.Dictionary, pikepdf.Stream)):
                yield one
                inner = [one.get(key) for key in one.keys()]  # noqa: SIM118 - a PDF table iterates by value otherwise
            else:
                inner = list(one) if isinstance(one, pikepdf.Array) else []
            open_ends += [part for part in inner if isinstance(part, pikepdf.Object) and not part.is_indirect]


def _drop_riders(pdf: pikepdf.Pdf) -> None:
    """Take away descriptions of the document and of its parts, and the places where its photos were taken."""
    for table in _walk_tables(pdf):
        for key in RIDERS:
            if key in table:
                del table[key]
        if isinstance(table, pikepdf.Stream) and table.get("/Filter") == "/DCTDecode":
            table.write(strip_photo_notes(table.read_raw_bytes()), filter=pikepdf.Name.DCTDecode)
    del pdf.docinfo


def strip_photo_notes(jpeg: bytes) -> bytes:
    """Return a JPEG without its APP1 segments (Exif with places, XMP) and comments; pixels stay as they are."""
    kept, at = [jpeg[:2]], 2
    while jpeg[at : at + 1] == b"\xff" and at + 4 <= len(jpeg) and jpeg[at + 1] != 0xDA:
        size = 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
        if jpeg[at + 1] not in (0xE1, 0xFE):
            kept.append(jpeg[at : at + size])
        at += size
    return b"".join(kept) + jpeg[at:]


def clean(content: bytes, kind: str) -> bytes | str:
    """Return the clean content of a file, or the code of what is to mend. Never raises for any bytes."""
    try:
        return clean_pdf(content) if kind == "pdf" else clean_picture(content, kind)
    except Exception:  # decoders raise whatever a broken file makes them raise
        return "file-broken"


def main() -> None:
    """Clean the file on standard input."""
    pikepdf.settings.set_qpdf_limits(
        flate_max_memory=MOST_UNFOLDED, png_max_memory=MOST_UNFOLDED, run_length_max_memory=MOST_UNFOLDED,
        tiff_max_memory=MOST_UNFOLDED, max_stream_filters=4, doc_max_warnings=1000,
    )  # fmt: skip
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    result = clean(sys.stdin.buffer.read(), sys.argv[1])
    answer = b"ok\n" + result if isinstance(result, bytes) else result.encode() + b"\n"
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    main()
