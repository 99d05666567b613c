"""What nobody should type, and forms full of it."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from hypothesis import strategies as st

from tests.autopilot import read_form
from tests.drafts.test_journeys import VOICES

NASTY = (
    "", " ", "\x00", "a\x00b", "\ud800", "\udfff\ud800", "葛\U000e0100", "\u202eabc\u202c", "\ufffe", "\u200b", "\ufeff", "\x7f", "🙂" * 50,
    "<script>alert(1)</script>", "\"'><b>", "</textarea>", "&amp;", "{{7*7}}", "%s%(x)s", "{}{0}", "' OR 1=1 --", "../../etc/passwd",
    "\r\nSet-Cookie: a=b", "//evil.example/", "/\\evil.example", "=1+1", "-1", "1e309", "NaN", "½", "²", "元", "〇", "０", "٣", "9" * 5000, "1" * 12,
    "123456789018", "null", "unknown", "yes", "true", "[]", "令和8年", "2026-02-30", "a@b", "０３－１２３４－５６７８", "か\u3099", "\n" * 300,
)  # fmt: skip
WHATS = ("voice", "look", "postal", "person", "file", "remove-file", "remove-person", "save", "reading", "", ":")
TYPES = (
    "application/x-www-form-urlencoded; charset=utf-16", "multipart/form-data", "multipart/form-data; boundary=x", "text/plain",
    "application/json", "", "application/x-www-form-urlencoded; charset=none-such",
)  # fmt: skip
TEXTS = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(), max_size=40),
    st.builds(lambda one, many: one * many, st.characters(), st.sampled_from((201, 2001, 20_000, 20_001))),
)
SHORT_TEXTS = TEXTS.map(lambda one: one[:300])


@dataclass(frozen=True)
class Place:
    """One form of a draft: its address, its fields, what may be picked in it, which fields are for text."""

    path: str
    names: tuple[str, ...]
    picks: tuple[str, ...]
    texts: frozenset[str]


def read_place(path: str, page: str) -> Place:
    """Read a page's form."""
    tags = [
        dict(re.findall(r'(name|type|value)="([^"]*)"', tag)) for tag in re.findall(r"<(?:input|textarea)[^>]*", page)
    ]
    picks = {tag.get("value", "") for tag in tags if tag.get("type") in ("radio", "checkbox")}
    texts = {tag["name"] for tag in tags if tag.get("type", "text") == "text" and "name" in tag}
    names = tuple(dict.fromkeys(read_form(page).names))
    return Place(path, names, tuple(sorted(picks)), frozenset(texts & set(names)))


def encode(form: Any) -> bytes:
    """Write a form as browsers do, with halves of letters as they are."""
    return urlencode(form, doseq=True, errors="surrogatepass").encode()


def encode_parts(form: Any, files: Any) -> tuple[bytes, str]:
    """Write a form with files in it."""
    out = b""
    for name, values in form.items():
        for value in [values] if isinstance(values, str) else values:
            out += f'--cut\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode(
                "utf-8", "surrogatepass"
            )
    for name, filename, content in files:
        head = f'--cut\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\nContent-Type: image/png\r\n\r\n'
        out += head.encode("utf-8", "surrogatepass") + content + b"\r\n"
    return out + b"--cut--\r\n", "multipart/form-data; boundary=cut"


def draw_form(draw: Any, place: Place, csrf: str) -> dict[str, Any]:
    """Return a form for a place: fields missing, twice, unknown, with any text or a real pick in them."""
    values = st.one_of(TEXTS, TEXTS, st.sampled_from(place.picks or ("yes",)))
    names = st.one_of(
        st.sampled_from(place.names or ("x",)), st.sampled_from((*place.names, "version", "declare")), SHORT_TEXTS
    )
    form: dict[str, Any] = draw(
        st.dictionaries(names, st.lists(values, min_size=1, max_size=3), max_size=len(place.names) + 3)
    )
    if place.path.endswith("/check") and draw(st.booleans()):
        form |= {"declare": list(place.picks), "version": draw(TEXTS)}
    form["csrf"] = csrf if draw(st.integers(0, 30)) else draw(SHORT_TEXTS)
    if not draw(st.integers(0, 2)):
        known = st.sampled_from(
            (*VOICES, *place.picks, *(name.split(":")[0] for name in place.names), "new", "size-up")
        )
        form["then"] = f"{draw(st.sampled_from(WHATS))}:{draw(known | SHORT_TEXTS)}"
    if not draw(st.integers(0, 4)):
        form["back"] = draw(st.just("check") | SHORT_TEXTS)
    return form
