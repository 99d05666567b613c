"""Ten classes of forty learners and their boards, all from one address, on the server that `make run` starts.

CLASSES, LEARNERS, SECONDS and CHANGES (a second) set other numbers. Clients and server share the machine.
"""

import asyncio
import os
import random
import re
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session

from bench.class_load import Learner, Tally
from bench.class_rooms import Room
from tests.soak.server import Server
from webapp.accounts.service import make_account
from webapp.accounts.service_sign_in import Tried, begin_sign_in
from webapp.config import load_settings
from webapp.drafts.service_samples import find_sample, load_samples
from webapp.facts.service import load_dictionary
from webapp.kit.clock import now, today
from webapp.kit.crypto import new_key
from webapp.kit.database import make_engine, open_session, sign_with
from webapp.learning.rules import Step, Tutorial
from webapp.learning.service_learners import join
from webapp.learning.service_lessons import make_lesson
from webapp.learning.service_tutorials import load_tutorials
from webapp.learning.tables import Lesson
from webapp.reading.service import load_voices

TUTORIAL = "residence-certificate"
GOING = 5
WARM_UP = 4.0
LAST_LOOK = 6.0
TICKS = os.sysconf("SC_CLK_TCK")


class Content:
    """What the clients know of the ward: the tutorial that they practise, and what to type into its pages."""

    def __init__(self, folder: Path) -> None:
        voices = tuple(load_voices(folder))
        self.dictionary, self.samples = load_dictionary(folder, voices), load_samples(folder)
        self.tutorial: Tutorial = load_tutorials(folder, voices)[TUTORIAL]

    def fill(self, step: Step, page: str) -> dict[str, Any]:
        """Return the form data for a step's page: what its author gives, or samples."""
        data: dict[str, Any] = {}
        for key in dict.fromkeys(re.findall(r'<(?:input|select|textarea)[^>]*\sname="([^":]+)', page)):
            fact = self.dictionary.facts.get(key)
            if fact is not None:
                words = step.define.typed.get(key) or find_sample(self.samples, fact, today()) or {}
                data |= {f"{key}:{part}" if part else key: word for part, word in words.items()}
        return data


@dataclass
class Figures:
    """What came out: the tally, seconds measured, CPU seconds of the server and the clients, changes never seen."""

    tally: Tally
    seconds: float
    server_cpu: float
    client_cpu: float
    unseen: int


def set_up(server: Server, classes: int, learners: int, content: Content) -> list[Room]:
    """Make classes with an instructor and learners each in the server's database, by the services."""
    settings = load_settings(server.env)
    engine = sign_with(make_engine(settings.database_url), settings.audit_keys)
    tally, moment, rooms = Tally(), now(), []
    with open_session(engine) as session:
        for number in range(classes):
            account = make_account(session, f"sensei{number}", "gorogoro-kaminari-7", ("instructor",), moment)
            staff_secret = begin_sign_in(session, Tried(account.id), "", moment)
            lesson = make_lesson(
                session, account.id, [TUTORIAL], "図書館", moment, moment + timedelta(hours=2), moment
            )  # fmt: skip
            room = Room(server.port, lesson.id, lesson.rev, staff_secret, tally)
            room.learners = [seat(session, room, lesson, number, content.tutorial) for number in range(learners)]
            rooms.append(room)
    engine.dispose()
    return rooms


def seat(session: Session, room: Room, lesson: Lesson, number: int, tutorial: Tutorial) -> Learner:
    """Put somebody into a class who came at some moment of the last 20 seconds."""
    secret, moment = new_key(), now() - timedelta(seconds=random.uniform(0, 20))
    learner = join(session, lesson, secret, str(number + 1), "", moment)
    learner.tutorial, learner.step, learner.level = tutorial.slug, tutorial.steps[0].key, "together"
    session.add(learner)
    return Learner(room, learner.id, secret)


async def play(rooms: Sequence[Room], server: Server, content: Content, seconds: float, rate: float) -> Figures:
    """Let everybody poll, make changes meanwhile, and measure once all have come in."""
    polls = await come_in(rooms, content)
    tally = rooms[0].tally
    tally.begin_anew()
    began, server_began, client_began = time.perf_counter(), read_cpu(server), time.process_time()
    await make_changes(rooms, content, seconds, rate)
    figures = Figures(tally, time.perf_counter() - began, read_cpu(server) - server_began,
                      time.process_time() - client_began, 0)  # fmt: skip
    figures.unseen = await end(rooms, polls)
    return figures


async def come_in(rooms: Sequence[Room], content: Content) -> list["asyncio.Task[None]"]:
    """Have some in each class begin the tutorial, and everybody poll; return when all have the newest."""
    for room in rooms:
        for learner in room.learners[:GOING]:
            await learner.begin(content.tutorial)
    polls = [asyncio.create_task(one.poll()) for room in rooms for one in (*room.learners, room.board)]
    await asyncio.sleep(WARM_UP)
    return polls


async def make_changes(rooms: Sequence[Room], content: Content, seconds: float, rate: float) -> None:
    """Make changes in any of the classes, as often as `rate` a second, whether or not the last ones are answered."""
    until, tasks = time.perf_counter() + seconds, []
    while time.perf_counter() < until:
        change = random.choice(rooms).make_change(content.tutorial, content.fill)
        if change is not None:
            tasks.append(asyncio.ensure_future(change))
        await asyncio.sleep(random.uniform(0.5, 1.5) / rate)
    await asyncio.gather(*tasks)


async def end(rooms: Sequence[Room], polls: Sequence["asyncio.Task[None]"]) -> int:
    """Wait until the last changes are seen, then let everybody go; return how many changes never came."""
    until = time.perf_counter() + LAST_LOOK
    while any(room.waiting for room in rooms) and time.perf_counter() < until:
        await asyncio.sleep(0.1)
    for room in rooms:
        room.over = True
    await asyncio.gather(*polls)
    return sum(len(room.waiting) for room in rooms)


def read_cpu(server: Server) -> float:
    """Return the CPU seconds that all processes of a server have taken so far, those that ended included."""
    assert server.process is not None
    stats: dict[int, list[str]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            stats[int(path.parent.name)] = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
    family = {server.process.pid}
    for _ in range(4):
        family |= {pid for pid, words in stats.items() if int(words[1]) in family}
    return sum(int(word) for pid in family if pid in stats for word in stats[pid][11:15]) / TICKS


def share(times: Sequence[float], part: float) -> float:
    """Return what so large a part of the times stays under."""
    return sorted(times)[min(len(times) - 1, int(len(times) * part))] if times else 0.0


def write_row(name: str, times: Sequence[float], unit: str) -> str:
    """Return a row of a table of times."""
    scale, digits = (1000, 0) if unit == "ms" else (1, 2)
    parts = [f"{share(times, part) * scale:,.{digits}f}" for part in (0.5, 0.95, 0.99, 1.0)]
    return f"| {name}, {unit} ({len(times):,}) | {' | '.join(parts)} |"


def print_figures(figures: Figures) -> None:
    """Print what was measured."""
    tally, times = figures.tally, figures.tally.times
    print("| | half under | 95 in 100 under | 99 in 100 under | longest |")
    print("|---|---|---|---|---|")
    print(write_row("a change until the board shows it", times.get("board", []), "s"))
    print(write_row("the instructor's change until a learner's page has it", times.get("lead", []), "s"))
    for kind in ("learner's poll", "board's poll"):
        print(write_row(kind, times.get(kind, []), "ms"))
    asked, polls = sum(tally.statuses.values()), sum(tally.polls.values())
    print(
        f"\n{asked / figures.seconds:.0f} requests a second; nothing new (204) in {tally.polls[204] / polls:.0%} of polls;"
    )
    print(f"errors: {len(tally.errors)}; changes never seen: {figures.unseen};")
    print(f"connections opened anew: {tally.opened}, after a request was sent into a closing one: {tally.sent_again};")
    print(
        f"CPU: server {figures.server_cpu / figures.seconds:.2f} cores, clients {figures.client_cpu / figures.seconds:.2f};"
    )
    print(f"load of the machine (1, 5, 15 minutes): {', '.join(f'{one:.1f}' for one in os.getloadavg())}")
    for error in sorted(set(tally.errors))[:10]:
        print(f"- {tally.errors.count(error)} x {error}")


def main(env: Mapping[str, str] = os.environ) -> None:
    """Run the server and everybody, and print the figures; errors are a failure."""
    classes, learners = int(env.get("CLASSES") or 10), int(env.get("LEARNERS") or 40)
    seconds, rate = float(env.get("SECONDS") or 60), float(env.get("CHANGES") or 2)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "data", verb="run")
        content = Content(load_settings(server.env).content_dir)
        rooms = set_up(server, classes, learners, content)
        try:
            server.start()
            figures = asyncio.run(play(rooms, server, content, seconds, rate))
        finally:
            server.kill()
    print(
        f"{classes} classes of {learners} learners, each with a board; polls every 2 s; {rate:g} changes a second; {seconds:g} s\n"
    )
    print_figures(figures)
    if figures.tally.errors or figures.unseen:
        raise RuntimeError("some polls failed, or some changes never came")
