"""What every HTML page must be, checked on each page that any test fetches. A functional test is a small page test, too."""

import re
from xml.etree.ElementTree import Element

import html5lib

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
FIELDS = ("input", "select", "textarea")
QUIET_INPUTS = ("hidden", "submit", "button")


class PageFault(AssertionError):
    """A page that breaks one of the rules; the text says which and where."""


def check_page(html: str) -> Element:
    """Check one page whole; return its tree. Raises PageFault with every fault."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    try:
        tree: Element = parser.parse(html)
    except html5lib.html5parser.ParseError as error:
        raise PageFault(f"not valid HTML: {error} at {parser.errors[-1:]}") from error
    faults = [fault for rule in RULES for fault in rule(tree)]
    if faults:
        raise PageFault("; ".join(faults))
    return tree


def read_text(element: Element) -> str:
    """Return an element's words as a screen reader has them: readings and hidden parts left out, white space folded."""
    return " ".join("".join(_walk(element)).split())


def _walk(element: Element) -> list[str]:
    """Collect the words of an element."""
    words = [element.text or ""]
    for child in element:
        if child.tag not in ("rt", "rp", "script", "style", "template"):
            words += _walk(child)
        words.append(child.tail or "")
    return words


def find_heading_faults(tree: Element) -> list[str]:
    """One h1; no level left out on the way down."""
    levels = [int(e.tag[1]) for e in tree.iter() if e.tag in HEADINGS]
    faults = [] if levels.count(1) == 1 else [f"{levels.count(1)} h1"]
    faults += [f"h{a} is followed by h{b}" for a, b in zip(levels, levels[1:], strict=False) if b > a + 1]
    return faults


def find_title_faults(tree: Element) -> list[str]:
    """The title starts with the words of the h1, behind the error word where there is one."""
    title, h1 = tree.find(".//title"), tree.find(".//h1")
    if title is None or h1 is None:
        return ["no title or no h1"]
    words, heading = (
        re.sub(r"^((練習|Practice): )?(エラー|Error|直すところ): |^(練習|Practice): ", "", read_text(title)).replace(
            " ", ""
        ),
        read_text(h1).replace(" ", ""),
    )
    return [] if words.startswith(heading) else [f"the title {words!r} does not start with the h1 {heading!r}"]


def find_lang_faults(tree: Element) -> list[str]:
    """The page says its language."""
    return [] if tree.get("lang") in ("ja", "en") else [f"html lang is {tree.get('lang')!r}"]


def find_id_faults(tree: Element) -> list[str]:
    """Every id once; every reference leads to one."""
    ids = [e.get("id") for e in tree.iter() if e.get("id")]
    faults = [f"id {one!r} stands twice" for one in {i for i in ids if ids.count(i) > 1}]
    for element in tree.iter():
        for name in ("for", "aria-describedby", "aria-labelledby", "form"):
            for one in (element.get(name) or "").split():
                if one not in ids:
                    faults.append(f"{element.tag} {name}={one!r} leads nowhere")
    return faults


def find_label_faults(tree: Element) -> list[str]:
    """Every field has a label with words."""
    labelled = {label.get("for") for label in tree.iter("label") if read_text(label)}
    wrapped = {id(field) for label in tree.iter("label") for field in label.iter() if field.tag in FIELDS}
    return [
        f"{e.tag} {e.get('name')!r} has no label"
        for e in tree.iter()
        if e.tag in FIELDS and e.get("type") not in QUIET_INPUTS
        and e.get("id") not in labelled and id(e) not in wrapped and not e.get("aria-label")
    ]  # fmt: skip


def find_script_faults(tree: Element) -> list[str]:
    """No script, style or handler inside the page."""
    faults = []
    for element in tree.iter():
        if element.tag == "script" and not element.get("src"):
            faults.append("a script inside the page")
        if element.tag == "style" or element.get("style"):
            faults.append(f"a style inside the page ({element.tag})")
        faults += [f"{element.tag} has {name}" for name in element.keys() if name.startswith("on")]
    return faults


def find_link_faults(tree: Element) -> list[str]:
    """Every link and button has words; no link leads to nothing."""
    faults = []
    for element in tree.iter():
        if element.tag in ("a", "button") and not (read_text(element) or element.get("aria-label")):
            faults.append(f"an empty {element.tag}")
        if element.tag == "a" and element.get("href") in (None, "", "#"):
            faults.append(f"a link without an address: {read_text(element)!r}")
    return faults


def find_landmark_faults(tree: Element) -> list[str]:
    """One main; the skip link comes first."""
    mains = list(tree.iter("main"))
    faults = [] if len(mains) == 1 else [f"{len(mains)} main"]
    first = next((a for a in tree.iter("a")), None)
    if tree.get("data-print") is None and (first is None or not (first.get("href") or "").startswith("#")):
        faults.append("the first link is not the skip link")
    return faults


RULES = (
    find_heading_faults, find_title_faults, find_lang_faults, find_id_faults, find_label_faults, find_script_faults,
    find_link_faults, find_landmark_faults,
)  # fmt: skip
