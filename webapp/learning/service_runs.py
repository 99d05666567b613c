"""Runs through tutorials: found, and brought forward by what the learner really sent. What was typed is not in here."""

from datetime import datetime

from sqlmodel import Session, col, select

from webapp.learning.rules import Progress, Tutorial, current_step
from webapp.learning.rules_class import is_over
from webapp.learning.service_learners import touch_learner
from webapp.learning.tables import Learner, Lesson, Run


def find_run(session: Session, draft_id: str) -> Run | None:
    """Return the run beside a practised draft."""
    return session.get(Run, draft_id)


def find_learner_run(session: Session, learner_id: str, tutorial: str) -> Run | None:
    """Return the latest run of a learner through a tutorial."""
    query = select(Run).where(Run.learner_id == learner_id, Run.tutorial == tutorial)
    return session.exec(query.order_by(col(Run.started_at).desc())).first()


def list_runs(session: Session, draft_ids: list[str]) -> list[Run]:
    """Return the runs beside some practised drafts, the latest first."""
    query = select(Run).where(col(Run.draft_id).in_(draft_ids)).order_by(col(Run.stepped_at).desc())
    return list(session.exec(query))


def add_run(
    session: Session, draft_id: str, tutorial: Tutorial, level: str, learner_id: str | None, now: datetime
) -> Run:
    """Keep a new run."""
    run = Run(
        draft_id=draft_id, tutorial=tutorial.slug, level=level, learner_id=learner_id, started_at=now, stepped_at=now
    )
    session.add(run)
    session.flush()
    _show_learner(session, run, tutorial, Progress(), now)
    return run


def progress_of(run: Run) -> Progress:
    """Return how far a run is."""
    met = (word.partition(":") for word in run.met.split())
    return Progress(frozenset(run.done.split()), frozenset((step, mistake) for step, _, mistake in met), run.last)


def keep_progress(session: Session, run: Run, tutorial: Tutorial, progress: Progress, now: datetime) -> None:
    """Keep how far a run is, and show the instructor the step."""
    before = progress_of(run)
    if progress == before:
        return
    run.done = " ".join(sorted(progress.done))
    run.met = " ".join(sorted(f"{step}:{mistake}" for step, mistake in progress.met))
    run.last = progress.last
    if progress.done != before.done:
        run.stepped_at = now
    if current_step(tutorial, progress) is None and run.finished_at is None:
        run.finished_at = now
    session.add(run)
    _show_learner(session, run, tutorial, progress, now)


def change_level(session: Session, run: Run, tutorial: Tutorial, level: str, now: datetime) -> None:
    """Go on with more or less help; what was done stays done."""
    run.level = level
    session.add(run)
    _show_learner(session, run, tutorial, progress_of(run), now)


def _show_learner(session: Session, run: Run, tutorial: Tutorial, progress: Progress, now: datetime) -> None:
    """Bring what the instructor sees of a learner up to date: the step, never what was typed."""
    learner = session.get(Learner, run.learner_id) if run.learner_id else None
    lesson = session.get(Lesson, learner.lesson_id) if learner else None
    if learner is None or lesson is None or is_over(lesson.closed_at, lesson.ends_at, now):
        return
    step = current_step(tutorial, progress)
    place = (tutorial.slug, step.key if step else "")
    if (learner.tutorial, learner.step) != place:
        learner.stepped_at = now
    learner.tutorial, learner.step = place
    learner.level = run.level
    learner.steps_done = len(progress.done)
    kind, _, words = progress.last.partition(":")
    learner.last_error = words if kind == "mistake" else ("refused" if kind == "refused" else "")
    if step is None and tutorial.slug not in learner.finished.split():
        learner.finished = f"{learner.finished} {tutorial.slug}".strip()
    learner.seen_at = now
    touch_learner(session, learner)
