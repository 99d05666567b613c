"""What a real browser makes of a handout when it is saved as a PDF: tags, language, title, and every step whole."""

import subprocess
from collections import Counter
from collections.abc import Iterator

import pikepdf
import pytest

from accessibility_tests.browser import FLAGS, find_program
from accessibility_tests.site import Site, open_site

SLUG = "residence-certificate"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """Yield the product on a real port."""
    with open_site() as found:
        yield found


def print_pdf(site, path, folder):
    """Return a page as the browser saves it as a PDF."""
    file = folder / "page.pdf"
    browser = find_program("CHROMIUM_BIN", "chromium", "google-chrome")
    profile = f"--user-data-dir={folder / 'profile'}"
    asked = [browser, *FLAGS, "--no-pdf-header-footer", profile, f"--print-to-pdf={file}", site.base + path]
    subprocess.run(asked, check=True, capture_output=True, timeout=120)
    return pikepdf.open(file)


def list_tags(node):
    """Yield the names of all tags in a PDF's tree of tags."""
    if isinstance(node, pikepdf.Array):
        for one in node:
            yield from list_tags(one)
    elif isinstance(node, pikepdf.Dictionary) and "/K" in node:
        yield str(node.get("/S", ""))
        yield from list_tags(node.K)


@pytest.mark.parametrize(("voice", "paper", "lang"), [("ja", "a4", "ja"), ("en", "large", "en")])
def test_saved_handout_is_tagged_and_says_practice(site, tmp_path, voice, paper, lang):
    pdf = print_pdf(site, f"/{voice}/learn/{SLUG}/print/{paper}", tmp_path)
    steps = site.ward.tutorials[SLUG].steps
    tags = Counter(list_tags(pdf.Root.StructTreeRoot))
    assert pdf.Root.MarkInfo.Marked
    assert str(pdf.Root.Lang) == lang
    assert str(pdf.docinfo["/Title"]).startswith("練習: " if voice == "ja" else "Practice: ")
    assert tags["/H1"] == 1
    assert tags["/H2"] == len(steps) + 3
    assert tags["/H3"] == sum(len(step.mistakes) for step in steps)
    assert tags["/P"] >= sum(2 + 2 * len(step.mistakes) for step in steps)
    assert tags["/Figure"] == 1
