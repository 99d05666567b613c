"""Classes that poll: every change reaches the board, and a server that is killed in the middle loses nothing of them."""

import asyncio
import os
import re
import time

import pytest

from bench.classes import Content, come_in, end, make_changes, set_up
from tests.soak.server import Server
from webapp.config import ROOT

CLASSES, LEARNERS = 2, 20
SECONDS = 30 if os.environ.get("SOAK") else 4
LONGEST = 3.0
SLACK = 3.0
"""Two seconds of polling and one of everything else; a machine that runs other tests meanwhile needs some more."""
BACK_AFTER = 30.0


def read_board(room):
    """Return of everybody in a class whether the hand is up, and the step."""
    return {
        one: ('class="raised"' in row, re.findall(r"<strong>(\d+ / \d+)</strong>", row))
        for one, row in room.board.rows.items()
    }


async def settle(rooms):
    """Wait until every change is seen."""
    until = time.perf_counter() + LONGEST + SLACK
    while any(room.waiting for room in rooms) and time.perf_counter() < until:
        await asyncio.sleep(0.1)
    assert not any(room.waiting for room in rooms), "a change never came to the board"


async def restart(server, rooms):
    """Kill the server and start it again; return when every browser has had an answer from the new one."""
    server.kill()
    for room in rooms:
        room.board.rows = {}
        room.board.rev = ""
    await asyncio.to_thread(server.start)
    began = time.perf_counter()
    everybody = [one for room in rooms for one in (*room.learners, room.board)]
    while any(one.fine_at < began for one in everybody) and time.perf_counter() < began + BACK_AFTER:
        await asyncio.sleep(0.2)
    assert all(one.fine_at >= began for one in everybody), "somebody's page did not come back by itself"


async def live_through(server, rooms, content):
    """Teach, lose the server, go on."""
    tally, polls = rooms[0].tally, await come_in(rooms, content)
    await make_changes(rooms, content, SECONDS, 4)
    await settle(rooms)
    assert not tally.errors
    before = [read_board(room) for room in rooms]
    assert all(len(people) == LEARNERS for people in before)
    assert any(raised for people in before for raised, _ in people.values()), "nobody had a hand up"
    await restart(server, rooms)
    assert [read_board(room) for room in rooms] == before, "hands or steps were lost"
    assert set(tally.statuses) <= {200, 204, 303}, "the restart was met with something else than silence"
    tally.errors.clear()
    await make_changes(rooms, content, SECONDS, 4)
    await settle(rooms)
    assert not tally.errors
    assert await end(rooms, polls) == 0
    return tally


@pytest.mark.timeout(300)
def test_changes_reach_the_board_and_a_killed_server_loses_nothing_of_a_class(tmp_path):
    server = Server(tmp_path / "data")
    content = Content(ROOT / "content")
    rooms = set_up(server, CLASSES, LEARNERS, content)
    try:
        server.start()
        tally = asyncio.run(live_through(server, rooms, content))
    finally:
        server.kill()
    assert len(tally.times["board"]) > SECONDS * 4
    assert max(tally.times["board"]) < LONGEST + SLACK, "a change was late on the board"
    assert tally.polls[204] > tally.polls[200], "most polls have nothing new"
