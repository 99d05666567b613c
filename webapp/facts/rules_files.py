"""Files that residents attach: recognised by content, made harmless, or refused with what to do instead.

Pictures are drawn anew, so nothing that rode along (places, scripts, second files) survives. PDF with active parts is refused.
"""

import io
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import filetype
import pikepdf
from PIL import Image, ImageOps, UnidentifiedImageError

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 40_000_000
MOST_PAGES = 200
TYPES = {"image/jpeg": "jpeg", "image/png": "png", "application/pdf": "pdf"}
ACTIVE = ("/JavaScript", "/JS", "/OpenAction", "/AA", "/Launch", "/EmbeddedFiles", "/RichMedia", "/XFA", "/SubmitForm", "/GoToR")
CODES = ("file-type", "file-too-big", "file-empty", "file-broken", "file-pdf-active", "file-pixels", "file-locked")


@dataclass(frozen=True, slots=True)
class CleanFile:
    """A file that is fit to be kept: its type ("jpeg", "png" or "pdf") and its new content."""

    type: str
    content: bytes


def inspect_file(content: bytes, accept: Sequence[str]) -> CleanFile | str:
    """Return a clean copy of a file, or the code of what is to mend (one of CODES). Never raises for any bytes."""
    if not content:
        return "file-empty"
    if len(content) > MOST_BYTES:
        return "file-too-big"
    guess = filetype.guess(content)
    kind = TYPES.get(guess.mime if guess else "")
    if kind is None or kind not in accept:
        return "file-type"
    return _clean_pdf(content) if kind == "pdf" else _clean_picture(content, kind)


def _clean_picture(content: bytes, kind: str) -> CleanFile | str:
    """Draw a picture anew, turned upright, without anything but its pixels."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(content), formats=[kind.upper()])
            if picture.width * picture.height > MOST_PIXELS:
                return "file-pixels"
            upright = ImageOps.exif_transpose(picture)
            plain = upright.convert("RGB" if kind == "jpeg" else ("RGBA" if "A" in upright.getbands() else "RGB"))
            out = io.BytesIO()
            bare = Image.new(plain.mode, plain.size)
            bare.paste(plain)
            bare.save(out, kind.upper(), **({"quality": 88} if kind == "jpeg" else {}))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError, MemoryError):
        return "file-broken"
    return CleanFile(kind, out.getvalue())


def _clean_pdf(content: bytes) -> CleanFile | str:
    """Write a PDF anew without its metadata; locked ones and those that could act are refused."""
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            if pdf.is_encrypted:
                return "file-locked"
            if len(pdf.pages) > MOST_PAGES:
                return "file-too-big"
            if _is_active(pdf):
                return "file-pdf-active"
            for key in ("/Metadata", "/Names"):
                if key in pdf.Root:
                    del pdf.Root[key]
            del pdf.docinfo
            out = io.BytesIO()
            pdf.save(out)
    except pikepdf.PasswordError:
        return "file-locked"
    except (pikepdf.PdfError, ValueError, RuntimeError, TypeError, KeyError, AttributeError, RecursionError):
        return "file-broken"
    return CleanFile("pdf", out.getvalue())


def _is_active(pdf: pikepdf.Pdf) -> bool:
    """Tell whether any object of a PDF could run, launch or carry something."""
    for item in pdf.objects:
        if isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)):
            keys = item.keys()
            if any(name in keys for name in ACTIVE):
                return True
            if "/S" in keys and str(item.get("/S")) in ("/JavaScript", "/Launch", "/SubmitForm", "/ImportData"):
                return True
    return False


def safe_name(name: str) -> str:
    """Return a file's name for showing: no folders, no control signs, 80 characters at most."""
    last = re.split(r"[\\/]", name)[-1]
    plain = re.sub(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]", "", last).strip()
    return plain[:80] or "file"
