"""Setting of the shared mailboxes of sections (STAFF_MAIL): section:address, with a comma between two of them."""

import re

_ADDRESS = re.compile(r"[^@\s:]+@[^@\s:]+")


def read_mailboxes(words: str, has_server: bool) -> tuple[tuple[str, str], ...]:
    """Return the mailbox of each section that wants to be told every morning how much waits. Raises ValueError with what to mend."""
    boxes: dict[str, str] = {}
    for word in filter(None, map(str.strip, words.split(","))):
        section, address = (part.strip() for part in (*word.split(":", 1), "")[:2])
        if not section or not _ADDRESS.fullmatch(address):
            raise ValueError(
                f"STAFF_MAIL must be written as section:address, with a comma between two of them, not {word!r}"
            )
        if section in boxes:
            raise ValueError(f"STAFF_MAIL names {section!r} twice: each section has one shared mailbox")
        boxes[section] = address
    if boxes and not has_server:
        raise ValueError("STAFF_MAIL needs SMTP_URL")
    return tuple(boxes.items())
