"""Pages that are the same for everybody, made once for each process."""

import threading
from collections import OrderedDict


class FinishedPages:
    """The public pages made last, by everything they depend on; a page costs its making once for each process."""

    def __init__(self, most: int = 1024) -> None:
        """Keep at most this many (about 12 kB each)."""
        self.most = most
        self.pages: OrderedDict[tuple[object, ...], tuple[bytes, str]] = OrderedDict()
        self.lock = threading.Lock()

    def keep(self, key: tuple[object, ...], page: tuple[bytes, str]) -> None:
        """Keep a page, letting go of the one kept longest."""
        with self.lock:
            self.pages[key] = page
            if len(self.pages) > self.most:
                self.pages.popitem(last=False)

    def find(self, key: tuple[object, ...]) -> tuple[bytes, str] | None:
        """Return a page that was kept."""
        return self.pages.get(key)
