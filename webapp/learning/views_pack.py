"""The instructor's pack: plans, the checklist, questions to ask, steps for the big screen, and a class to rehearse with."""

from typing import Any

from flask import Response, abort, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.pages import needs, note_done, render_staff
from webapp.kit.clock import now
from webapp.kit.database import get_session
from webapp.kit.safety import guard
from webapp.learning.door import get_tutorial, learning, list_tutorials
from webapp.learning.door_teach import account_id, teach_address
from webapp.learning.service_pack import get_pack, plan_class
from webapp.learning.service_rehearsal import make_rehearsal
from webapp.reading.service import render

PACK = "/<voice>/teach/pack"


def _show_pack(status: int = 200, typed: str = "", bad: bool = False) -> Response:
    """Show the pack; `typed` is the tutorial that was chosen for a rehearsal."""
    return render_staff(
        "learning/pack.html", status, pack=get_pack(), tutorials=list(list_tutorials().values()), typed=typed, bad=bad,
        error_count=int(bad),
    )  # fmt: skip


@learning.get(PACK)
@needs("instructor")
def show_pack() -> Response:
    """Show everything that is there to teach with."""
    return _show_pack()


@learning.get(f"{PACK}/plan/<slug>")
@needs("instructor")
def print_plan(slug: str) -> Response:
    """Show the plan of a class about a tutorial, to print: the shortest, or one of another length."""
    pack, tutorial = get_pack(), get_tutorial(slug)
    typed = request.args.get("minutes", "") or str(pack.plans[0].length)
    plan = pack.find_plan(int(typed)) if typed.isascii() and typed.isdecimal() and len(typed) < 4 else None
    if plan is None:
        abort(404)
    return _paper(
        "learning/pack_plan.html", tutorial=tutorial, plan=plan,
        planned=plan_class(pack, plan, tutorial.define.minutes),
    )  # fmt: skip


@learning.get(f"{PACK}/checklist")
@needs("instructor")
def print_checklist() -> Response:
    """Show what to see to before, during and after a class, to print and tick."""
    return _paper("learning/pack_checklist.html")


@learning.get(f"{PACK}/prompts")
@needs("instructor")
def print_prompts_for_class() -> Response:
    """Show the questions that learners can point at, to print for every seat."""
    return _paper("learning/pack_prompts.html", back_to=f"/{g.voice.code}/teach/pack")


@learning.get(f"{PACK}/slides/<slug>/<int:number>")
@needs("instructor")
def show_slide(slug: str, number: int) -> Response:
    """Show one step in large type for the big screen."""
    tutorial = get_tutorial(slug)
    if not 1 <= number <= len(tutorial.steps):
        abort(404)
    step = tutorial.steps[number - 1]
    return render_staff("learning/pack_slide.html", pack=get_pack(), tutorial=tutorial, step=step)


@learning.get("/<voice>/learn/prompts")
def show_prompts() -> Response:
    """Show learners what they can ask."""
    return render("learning/prompts.html", pack=get_pack())


@learning.get("/<voice>/learn/prompts/print")
def print_prompts() -> Response:
    """Show the questions that learners can point at, to print."""
    return render("learning/pack_prompts.html", paper="a4", pack=get_pack(), back_to=f"/{g.voice.code}/learn/prompts")


@learning.post("/<voice>/teach/rehearsal")
@guard("staff")
@needs("instructor")
def rehearse() -> BaseResponse:
    """Make a class with simulated learners and lead to its board."""
    tutorial = list_tutorials().get(request.form.get("tutorial", ""))
    if tutorial is None or not tutorial.steps:
        return _show_pack(422, request.form.get("tutorial", "")[:80], True)
    lesson = make_rehearsal(get_session(), account_id(), tutorial, now())
    note_done("rehearsal-made", lesson.id)
    return redirect(teach_address(lesson), 303)


def _paper(template: str, **context: Any) -> Response:
    """Show a page of the pack that is made for paper."""
    return render_staff(template, paper="a4", pack=get_pack(), **context)
