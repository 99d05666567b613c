"""The books of questions as the content on disk has them now, each made once and kept with its written form."""

from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock

from webapp.facts.rules import Dictionary
from webapp.procedures.rules_book import Book, make_book, read_book, write_book
from webapp.procedures.rules_catalogue import Catalogue


@dataclass
class BookShelf:
    """Threads share it: a book is made at most once, under a lock."""

    catalogue: Catalogue
    dictionary: Dictionary
    _books: dict[str, tuple[Book, bytes] | None] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def find(self, scope: str) -> Book | None:
        """Return the book of a scope as it is today, or None if there is no such procedure or life event."""
        found = self._find_pair(scope)
        return found[0] if found else None

    def get_body(self, scope: str) -> bytes:
        """Return the written form of a book that exists. Raises KeyError."""
        found = self._find_pair(scope)
        if found is None:
            raise KeyError(scope)
        return found[1]

    def _find_pair(self, scope: str) -> tuple[Book, bytes] | None:
        """Return a book with its written form."""
        if scope not in self._books:
            with self._lock:
                if scope not in self._books:
                    book = make_book(scope, self.catalogue, self.dictionary)
                    self._books[scope] = (book, write_book(book)) if book else None
        return self._books[scope]


@lru_cache(maxsize=32)
def open_book(body: bytes) -> Book:
    """Return a book from its written form; those that are read again and again stay open."""
    return read_book(body)
