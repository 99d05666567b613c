"""What is missing in what was prepared for the counter, by today's questions: for the counter, and for whoever prepared it."""

from collections.abc import Mapping
from typing import Any

from webapp.drafts.door import get_books
from webapp.drafts.pages import page_question
from webapp.drafts.rules import plan
from webapp.drafts.rules_fit import keep_fitting
from webapp.drafts.rules_flat import raise_answers
from webapp.drafts.service_hand_over import Content
from webapp.kit.clock import today
from webapp.kit.ids import new_id
from webapp.procedures.rules_book import Book
from webapp.reading.rules_texts import Text


def list_missing(content: Content, slug: str) -> list[Text]:
    """Return what today's questions of a procedure still want to know of what was handed over."""
    book = get_books().find(f"procedures/{slug}")
    if book is None or slug not in book.procedures:
        return []
    made = plan([book.procedures[slug]], book.dictionary, raise_known(book, content.answers, files=True), today())
    return [page_question(page, book.dictionary.pages) for page in made.pages if not made.is_answered(page)]


def raise_known(book: Book, flat: Mapping[str, Any], files: bool = False) -> dict[str, Any]:
    """Return answers as a draft of a book holds them; files stay with the draft that they belong to, unless asked for."""
    facts = book.dictionary
    known = {key: facts.facts[key] for key in flat if key in facts.facts}
    mine = {key: flat[key] for key, fact in known.items() if files or fact.define.kind != "file"}
    return keep_fitting(raise_answers(mine, facts, (), new_id), facts, today()) if mine else {}
