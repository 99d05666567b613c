"""Reading a file that somebody gives: not too many from one place, through the ward's virus scanner, then made harmless."""

from typing import Any

from werkzeug.datastructures import FileStorage

from webapp.facts.rules_answers import Gap
from webapp.facts.rules_files import MOST_BYTES, CleanFile, inspect_file
from webapp.facts.service_scanner import CLEAN, scan
from webapp.kit.limits import FILE, find_wait


def read_file(file: FileStorage, fact: Any, name: str, scanner: str | None) -> CleanFile | Gap:
    """Return a clean copy of a file, or what is to mend about it; `name` is how it is called in words."""
    wait = find_wait(FILE)
    if wait:
        return Gap(fact.key, "", "file-wait", {"name": name, "minutes": -(-wait // 60)})
    content = file.stream.read(MOST_BYTES + 1)
    scanned = scan(content, scanner) if len(content) <= MOST_BYTES else CLEAN
    if scanned != CLEAN:
        return Gap(fact.key, "", scanned, {"name": name})
    clean = inspect_file(content, fact.define.accept or ("jpeg", "png", "pdf"))
    return clean if isinstance(clean, CleanFile) else Gap(fact.key, "", clean, {"name": name})
