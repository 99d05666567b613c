"""What a screen reader is given by Chromium: the tree of roles, names, descriptions and states, in the order it is read."""

import re
from typing import Any

from selenium.webdriver import Chrome

WHOLE = {
    "heading", "link", "button", "DisclosureTriangle", "textbox", "searchbox", "checkbox", "radio", "combobox", "spinbutton",
    "image", "img", "Date", "InputTime",
}  # fmt: skip
"""Said in one piece: what is inside is the name already."""
GROUPS = {
    "region",
    "group",
    "radiogroup",
    "form",
    "navigation",
    "list",
    "search",
    "alert",
    "status",
    "table",
    "Details",
}
NAMELESS = {"group", "form", "status", "Details"}
"""Of these nothing is said where they have no name."""
BLOCKS = {"paragraph", "listitem", "term", "definition", "LabelText", "Legend", "row", "article", "caption"}
NAMERS = {"LabelText", "Legend"}
"""What names a control or a group is said there, and not once more."""
STATES = ("level", "invalid", "required", "checked", "pressed", "expanded", "disabled", "readonly")
QUIET = {"false", "", "None"}


class Page:
    """The page that a browser shows, as it is given to a screen reader."""

    def __init__(self, driver: Chrome) -> None:
        nodes = driver.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
        self.nodes = {node["nodeId"]: node for node in nodes}
        self.lines: list[str] = []
        self.words, self.depth, self.named = "", 0, 0

    def read_main(self) -> list[str]:
        """Return what is said from the beginning of the page's main part to its end."""
        main = next(node for node in self.nodes.values() if role_of(node) == "main" and not node["ignored"])
        for child in self.children(main):
            self.walk(child)
        self.flush()
        return self.lines

    def find_focus(self) -> str:
        """Return what has the focus, in the words of a screen reader; "the page" where no part of it has."""
        focused = [node for node in self.nodes.values() if state_of(node, "focused") == "true"]
        inner = [node for node in focused if role_of(node) != "RootWebArea"]
        return say(inner[-1]) if inner else "the page"

    def children(self, node: dict[str, Any]) -> list[dict[str, Any]]:
        """Return what is inside a node."""
        return [self.nodes[one] for one in node.get("childIds", ()) if one in self.nodes]

    def walk(self, node: dict[str, Any]) -> None:
        """Read one node."""
        role = "" if node["ignored"] else role_of(node)
        if role == "StaticText":
            self.words += "" if self.named else name_of(node)
        elif role in WHOLE:
            self.flush()
            self.lines.append("  " * self.depth + say(node))
        elif role in GROUPS:
            self.flush()
            is_told = role not in NAMELESS or bool(name_of(node))
            if is_told:
                self.lines.append("  " * self.depth + say(node))
            self.read_inside(node, int(is_told))
        elif role in BLOCKS:
            self.flush()
            self.read_inside(node, 0, role in NAMERS)
        elif role != "InlineTextBox":
            self.words += " " if role == "LineBreak" else ""
            for child in self.children(node):
                self.walk(child)

    def read_inside(self, node: dict[str, Any], deeper: int, named: bool = False) -> None:
        """Read what is inside a node, apart from what is around it."""
        self.depth, self.named = self.depth + deeper, self.named + named
        for child in self.children(node):
            self.walk(child)
        self.flush()
        self.depth, self.named = self.depth - deeper, self.named - named

    def flush(self) -> None:
        """End a line of plain words."""
        words = " ".join(self.words.split())
        if words:
            self.lines.append(f"{'  ' * self.depth}{words}")
        self.words = ""


def say(node: dict[str, Any]) -> str:
    """Return a node as it is announced: role, name, value, states, description."""
    states = [(name, state_of(node, name)) for name in STATES]
    told = [name if value == "true" else f"{name} {value}" for name, value in states if value not in QUIET]
    value = str(node.get("value", {}).get("value", "")) if role_of(node) != "link" else ""
    about = str(node.get("description", {}).get("value", ""))
    parts = [
        f"{role_of(node)} {name_of(node)}".strip(),
        f"= {value}" if value else "",
        *told,
        f"({about})" if about else "",
    ]
    return " ".join(" | ".join(part for part in parts if part).split())


def role_of(node: dict[str, Any]) -> str:
    """Return a node's role."""
    return str(node.get("role", {}).get("value", ""))


def name_of(node: dict[str, Any]) -> str:
    """Return a node's name."""
    return str(node.get("name", {}).get("value", ""))


def state_of(node: dict[str, Any], name: str) -> str:
    """Return one of a node's states; "" without it."""
    found = [one["value"].get("value") for one in node.get("properties", ()) if one["name"] == name]
    return str(found[0]).lower() if found and not isinstance(found[0], str) else str(found[0]) if found else ""


def even_out(line: str) -> str:
    """Return a line without what differs from one walk to the next: numbers of drafts and slips, days, addresses."""
    line = re.sub(r"[0-9a-f]{24}", "DRAFT", line)
    line = re.sub(r"[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{4}", "NUMBER", line)
    line = re.sub(r"\d{4}-\d{4}-\d{4}", "CODE", line)
    line = re.sub(r"(令和\d+年)?(（?\d{4}年）?)?\s?\d{1,2}月\d{1,2}日(\s?（.）)?", "DAY", line)
    line = re.sub(
        r"((Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,? )?(\d{1,2} )?[A-Z][a-z]{2,8} (\d{1,2}, )?20\d\d", "DAY", line
    )
    return re.sub(r"(textbox|spinbutton) (\S+) \| = \d{1,4}(?=$| \|)", r"\1 \2 | = DIGITS", line)
