"""Browsers of whole classes from one address: learners and boards that poll as static/js/class.js does, and changes between.

Each browser keeps one connection alive. A connection that the server closed while nobody used it is opened anew without
counting as an error, as browsers do; everything else that is no answer does count.
"""

import asyncio
import gzip
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import quote, urlencode

from webapp.kit.safety import make_token
from webapp.learning.rules import Step, Tutorial

EVERY = 2.0
LONGEST_PAUSE = 10.0
WAITS = 20.0
ROW = re.compile(r'<tr id="who-([0-9a-f]{24})"(.*?)</tr>', re.S)
REV = re.compile(r'data-rev="(\d+)[.-][^"]*"')
LOST = (OSError, EOFError, asyncio.IncompleteReadError, TimeoutError)
Fill = Callable[[Step, str], Mapping[str, object]]
"""What to type for a step into its page's HTML."""


@dataclass
class Tally:
    """What was measured: seconds by kind, answers by status, and what went wrong."""

    times: dict[str, list[float]] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    polls: Counter[int] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    opened: int = 0
    sent_again: int = 0

    def note(self, kind: str, seconds: float) -> None:
        """Note how long something took."""
        self.times.setdefault(kind, []).append(seconds)

    def begin_anew(self) -> None:
        """Forget what was measured before all had come in; errors are kept."""
        self.times, self.statuses, self.polls, self.opened = {}, Counter(), Counter(), 0
        self.sent_again = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the server."""

    status: int
    headers: Mapping[str, str]
    text: str


class Line:
    """A browser's connection; one request at a time."""

    def __init__(self, port: int, cookie: str, tally: Tally) -> None:
        self.port, self.tally, self.busy = port, tally, asyncio.Lock()
        self.head = f" HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\nAccept-Encoding: gzip\r\n"
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, form: Mapping[str, object] | None = None) -> Answer:
        """Send a request and return the answer, within the time that class.js waits, too."""
        async with self.busy:
            body = urlencode(form, doseq=True).encode() if form is not None else b""
            kind = "Content-Type: application/x-www-form-urlencoded\r\n" if form is not None else ""
            words = f"{method} {path}{self.head}{kind}Content-Length: {len(body)}\r\n\r\n".encode() + body
            try:
                return await asyncio.wait_for(self._send(words), WAITS)
            except LOST:
                self.close()
                raise

    async def _send(self, words: bytes) -> Answer:
        """Send on the kept connection, or on a new one where the server has closed it meanwhile."""
        if self.streams is not None and self.streams[0].at_eof():
            self.close()
        kept = self.streams is not None
        if not kept:
            await self._open()
        try:
            head = await self._begin(words)
        except LOST:
            self.close()
            if not kept:
                raise
            self.tally.sent_again += 1
            await self._open()
            head = await self._begin(words)
        return await self._read(head)

    async def _open(self) -> None:
        """Open a connection."""
        self.streams = await asyncio.open_connection("127.0.0.1", self.port)
        self.tally.opened += 1

    async def _begin(self, words: bytes) -> bytes:
        """Send a request and return the head of its answer."""
        assert self.streams is not None
        reader, writer = self.streams
        writer.write(words)
        return await reader.readuntil(b"\r\n\r\n")

    async def _read(self, head: bytes) -> Answer:
        """Return the answer behind a head."""
        assert self.streams is not None
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
        body = await self.streams[0].readexactly(int(headers.get("content-length", 0)))
        if headers.get("connection", "") == "close":
            self.close()
        text = (gzip.decompress(body) if headers.get("content-encoding") == "gzip" else body).decode()
        answer = Answer(int(first.split(" ", 2)[1]), headers, text)
        self.tally.statuses[answer.status] += 1
        return answer

    def close(self) -> None:
        """Close the connection."""
        if self.streams is not None:
            self.streams[1].close()
            self.streams = None


class Classroom(Protocol):
    """What a browser knows of the class that it is in."""

    port: int
    lesson_id: str
    tally: Tally
    over: bool
    led_rev: int
    led_at: float | None

    def look_again(self) -> None:
        """See which changes the board shows now."""


class Poller:
    """A part of a page that is asked for again and again, with the mark of what is known."""

    kind = ""

    def __init__(self, room: Classroom, cookie: str, path: str) -> None:
        self.room, self.path, self.rev = room, path, ""
        self.tally, self.fine_at = room.tally, 0.0
        self.line = Line(room.port, cookie, room.tally)

    async def poll(self) -> None:
        """Ask until the end, first at any moment, then every two seconds; seldom while nothing answers."""
        await asyncio.sleep(random.uniform(0, EVERY))
        wait = EVERY
        while not self.room.over:
            wait = EVERY if await self.ask() else min(wait * 2, LONGEST_PAUSE)
            await asyncio.sleep(wait * random.uniform(0.9, 1.1))
        self.line.close()

    async def ask(self) -> bool:
        """Ask once; tell whether there was a good answer."""
        began = time.perf_counter()
        try:
            answer = await self.line.ask("GET", f"{self.path}&rev={self.rev}")
        except LOST as error:
            self.tally.errors.append(f"{self.kind}: {type(error).__name__}")
            return False
        self.tally.note(self.kind, time.perf_counter() - began)
        self.tally.polls[answer.status] += 1
        if answer.status == 200:
            found = REV.search(answer.text)
            self.rev = found[0][len('data-rev="') : -1] if found else ""
            self.take(answer.text)
        if answer.status not in (200, 204):
            self.tally.errors.append(f"{self.kind}: {answer.status}")
            return False
        self.fine_at = time.perf_counter()
        return True

    def take(self, text: str) -> None:
        """Take up what is new."""


class Learner(Poller):
    """Somebody in a class; `step` counts the steps that were done of a tutorial that was begun (`draft_id`)."""

    kind = "learner's poll"

    def __init__(self, room: Classroom, learner_id: str, secret: bytes) -> None:
        home = f"/ja/class/{room.lesson_id}/"
        super().__init__(room, f"browser={secret.hex()}", f"{home}state?form=&back={quote(home, safe='')}")
        self.id, self.secret, self.home = learner_id, secret, home
        self.lesson_rev, self.raised, self.step, self.draft_id = 0, False, 0, ""

    def take(self, text: str) -> None:
        """Note when what the instructor did arrives; it may be here before its own answer is."""
        rev, room = int(self.rev.partition(".")[0] or 0), self.room
        if self.lesson_rev < room.led_rev <= rev:
            self.tally.note("lead", max(0.0, time.perf_counter() - room.led_at) if room.led_at else 0.0)
        self.lesson_rev = rev

    async def begin(self, tutorial: Tutorial) -> None:
        """Begin a tutorial as the button of the class's page does."""
        answer = await self.send(f"{self.home}start", {"tutorial": tutorial.slug})
        found = re.search(r"/practice/([0-9a-f]{24})/", answer.headers.get("location", ""))
        if found is None:
            raise RuntimeError(f"a tutorial could not be begun: {answer.status}")
        self.draft_id = found[1]

    async def send(self, path: str, form: Mapping[str, object]) -> Answer:
        """Send a form of a page; whatever does not lead on is an error."""
        answer = await self.line.ask("POST", path, {"csrf": make_token(self.secret), **form})
        if answer.status != 303:
            self.tally.errors.append(f"POST {path.rpartition('/')[2]}: {answer.status}")
        return answer

    async def press_hand(self) -> None:
        """Raise the hand, or lower it."""
        self.raised = not self.raised
        await self.send(f"{self.home}hand", {"value": "up" if self.raised else "down", "back": self.home})

    async def go_on(self, tutorial: Tutorial, fill: Fill) -> None:
        """Do the next step of the tutorial on the page of the practised draft."""
        step = tutorial.steps[self.step]
        address = f"/ja/practice/{self.draft_id}/{step.define.at}"
        page = await self.line.ask("GET", address)
        self.step += 1
        await self.send(address, fill(step, page.text))


class Board(Poller):
    """The instructor's board of a class."""

    kind = "board's poll"

    def __init__(self, room: Classroom, secret: bytes) -> None:
        super().__init__(room, f"staff={secret.hex()}", f"/ja/teach/{room.lesson_id}/board?show=all")
        self.secret, self.text, self.paused = secret, "", False
        self.rows: dict[str, str] = {}

    def take(self, text: str) -> None:
        """See who is where, and which changes have come."""
        self.text, self.rows = text, dict(ROW.findall(text))
        self.room.look_again()

    async def lead(self) -> None:
        """Have all listen, or practise again."""
        self.paused, room = not self.paused, self.room
        room.led_rev, room.led_at = room.led_rev + 1, None
        form = {"csrf": make_token(self.secret), "then": "pause" if self.paused else "resume"}
        answer = await self.line.ask("POST", f"/ja/teach/{room.lesson_id}/pace", form)
        room.led_at = time.perf_counter()
        if answer.status != 303:
            self.tally.errors.append(f"POST pace: {answer.status}")
