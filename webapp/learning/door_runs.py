"""How a request gets into a run: the practised draft that this browser holds, its run and its tutorial."""

from dataclasses import dataclass

from flask import abort, g

from webapp.drafts.pages_practice import Door, begin_practice, fill_page, find_practice
from webapp.kit.clock import now, today
from webapp.kit.database import get_session
from webapp.learning.door import get_tutorial, list_tutorials
from webapp.learning.rules import PLACES, Happening, Progress, Step, Tutorial, advance, current_step
from webapp.learning.service_runs import add_run, find_learner_run, find_run, keep_progress, progress_of
from webapp.learning.tables import Run

GUIDE = "#guide"


@dataclass
class Running:
    """A run in one request: the open draft, the row and the tutorial."""

    door: Door
    row: Run
    tutorial: Tutorial

    @property
    def progress(self) -> Progress:
        """Return how far the run is."""
        return progress_of(self.row)

    @property
    def step(self) -> Step | None:
        """Return the step that is next; None when all are done."""
        return current_step(self.tutorial, self.progress)

    def address(self, *parts: str) -> str:
        """Return the address of one of the run's own pages in this voice."""
        return "/".join((f"/{g.voice.code}/learn/runs/{self.row.draft_id}", *parts))

    def place_of(self, step: Step) -> str:
        """Return the address where a step is done, at the guide's words."""
        at = step.define.at
        if at == "find":
            return self.address("find") + GUIDE
        if at == "return":
            return f"/{g.voice.code}/slip?run={self.row.draft_id}{GUIDE}"
        return self.door.address(at) + GUIDE

    @property
    def next_address(self) -> str:
        """Return where to go on."""
        return self.place_of(self.step) if self.step else self.address("finish")

    def note(self, happening: Happening) -> None:
        """Bring the run forward by what the learner really sent."""
        progress = advance(self.tutorial, self.progress, happening, today())
        keep_progress(get_session(), self.row, self.tutorial, progress, now())


def begin_run(tutorial: Tutorial, level: str, learner_id: str | None = None) -> str:
    """Begin a tutorial beside a new practised draft; return where its first step is."""
    running, first = _begin(tutorial, level, learner_id), tutorial.steps[0]
    return running.next_address if first.define.at in PLACES else go_to_step(running, first.key)


def _begin(tutorial: Tutorial, level: str, learner_id: str | None) -> Running:
    """Begin a run beside a new practised draft."""
    door = begin_practice(tutorial.define.practice, tutorial.define.household)
    if door is None:
        abort(404)
    run = add_run(get_session(), door.draft.row.id, tutorial, level, learner_id, now())
    return Running(door, run, tutorial)


def follow_to(learner_id: str, tutorial: Tutorial, key: str, came_from: str) -> str:
    """Lead a learner to the step where the instructor is, in a run that they have or a new one; `came_from` leads back.

    `came_from` is an address of ours with or without its voice, kept without it.
    """
    row = find_learner_run(get_session(), learner_id, tutorial.slug)
    door = find_practice(row.draft_id, write=True) if row else None
    running = (find_running(door) if door else None) or _begin(tutorial, "together", learner_id)
    running.row.came_from = came_from.removeprefix(f"/{g.voice.code}")[:200]
    get_session().add(running.row)
    return go_to_step(running, key)


def find_running(door: Door) -> Running | None:
    """Return the run beside an open draft, looked up once in a request; None for a draft without one."""
    kept: dict[str, Running | None] = g.setdefault("runnings", {})
    draft_id = door.draft.row.id
    if draft_id not in kept:
        row = find_run(get_session(), draft_id)
        tutorial = list_tutorials().get(row.tutorial) if row else None
        kept[draft_id] = Running(door, row, tutorial) if row and tutorial else None
    running = kept[draft_id]
    if running is not None:
        running.door = door
    return running


def open_running(draft_id: str, write: bool = False) -> Running:
    """Open a run for the browser that holds its draft, or answer 404."""
    door = find_practice(draft_id, write)
    running = find_running(door) if door is not None else None
    return running or abort(404)


def run_address(run: Run) -> str:
    """Return the address of a run's overview, which leads on to the step that is next."""
    get_tutorial(run.tutorial)
    return f"/{g.voice.code}/learn/runs/{run.draft_id}/"


def go_to_step(running: Running, key: str) -> str:
    """Make the way to a step free: open pages before it are filled with samples. Return where it is.

    Where a page cannot be filled by itself (people, files), that page is where the learner lands.
    """
    step = running.tutorial.find_step(key)
    if step is None:
        return running.next_address
    door = running.door
    samples = {one.define.at: one.define.typed for one in running.tutorial.steps if not one.define.check.changed}
    for _ in range(len(door.made.pages) * 2 + 1):
        page = door.made.first_open()
        if page is None or page.key == step.define.at or door.draft.is_sent:
            break
        if not fill_page(door, page, samples.get(page.key, {})):
            door.save()
            return door.address(page.key) + GUIDE
    door.save()
    return running.place_of(step)
