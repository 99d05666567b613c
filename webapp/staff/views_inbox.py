"""The inbox of a section: what waits, found and sorted out, several at once."""

from flask import redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.pages import needs, render_staff
from webapp.accounts.service import list_clerks
from webapp.applications.rules_cases import LABELS
from webapp.applications.rules_inbox import read_ticks
from webapp.applications.service_batch import Batch, BatchDone, change_many
from webapp.kit.clock import now
from webapp.kit.database import get_session
from webapp.kit.safety import guard
from webapp.staff.door import WORK, clerk, staff, vault
from webapp.staff.pages_inbox import make_context, own_sections, read_asked, read_colleague, read_place, seal_words


@staff.get(f"{WORK}/")
@needs()
def show_inbox() -> BaseResponse:
    """Show what came to somebody's sections; whoever has none reads whom to ask."""
    if not own_sections(clerk()):
        heads = list_clerks(get_session(), "", "administrator")
        return render_staff("staff/inbox_none.html", people=heads)
    return _render_inbox()


def _render_inbox(status: int = 200, gaps: tuple[str, ...] = (), ticked: frozenset[str] = frozenset()) -> BaseResponse:
    """Return the list; what was ticked and chosen stays."""
    context = make_context(read_asked(request.args), ticked)
    chosen = request.form.get("deed", "")[:40]
    return render_staff("staff/inbox.html", status, gaps=gaps, error_count=len(gaps), chosen=chosen, **context)


@staff.post(f"{WORK}/find")
@guard("staff")
@needs("officer", "head")
def find_in_inbox() -> BaseResponse:
    """Look for a number or a name. The words go into the address sealed, so that no address holds anybody's name."""
    words = request.form.get("words", "").strip()
    changes = {"find": seal_words(words), "show": "any"} if words else {}
    return redirect(read_asked(request.args).address(**changes), 303)


@staff.get(f"{WORK}/batch")
@staff.get(f"{WORK}/find")
@needs("officer", "head")
def lead_back() -> BaseResponse:
    """Lead from the address of a form to the list it stood on."""
    return redirect(read_asked(request.args).address(), 303)


@staff.post(f"{WORK}/batch")
@guard("staff")
@needs("officer", "head")
def change_several() -> BaseResponse:
    """Do one thing with all that were ticked; the list then says which were left alone."""
    ticked, batch = read_ticks(request.form.getlist("row")), _read_batch()
    if not ticked or batch is None:
        gaps = ("rows",) * (not ticked) + ("deed",) * (batch is None)
        return _render_inbox(422, gaps, frozenset(ticked))
    came = change_many(get_session(), clerk(), batch, ticked, vault(), now())
    return redirect(read_asked(request.args).address(**_tell(came), **read_place(request.args)), 303)


def _read_batch() -> Batch | None:
    """Return what is to be done by its word (deed:whom, deed:label), or None if that is nothing."""
    said, _, what = request.form.get("deed", "").partition(":")
    if said == "assign":
        colleague = read_colleague(what)
        return Batch("assign", colleague) if colleague else None
    if said in ("label", "unlabel"):
        return Batch("label" if said == "label" else "unlabel", label=what) if what in LABELS else None
    plain: dict[str, Batch] = {"hand-back": Batch("hand-back"), "finish": Batch("finish")}
    return plain.get(said)


def _tell(came: BatchDone) -> dict[str, str]:
    """Return what the address of the list says about what was done."""
    return {"done": str(len(came.done)), **{
        name: ".".join(ids) for name, ids in (("stale", came.stale), ("unasked", came.unasked), ("refused", came.refused))
    }}  # fmt: skip
