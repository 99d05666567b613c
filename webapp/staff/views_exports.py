"""What leaves the house: applications as CSV or JSON in a layout, with a report of what could not be written."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from flask import Response, abort, current_app, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.pages import needs, needs_proof, note_done, render_staff
from webapp.accounts.service_tokens import list_tokens
from webapp.applications.rules import STATES
from webapp.applications.rules_cases import OUTCOMES, WHY_EXPORTED
from webapp.applications.service_choosing import Wanted, count_by_procedure, count_wanted, list_wanted
from webapp.kit.clock import now, today
from webapp.kit.database import get_session
from webapp.kit.safety import guard
from webapp.reading.rules_texts import MAIN_VOICE, Text
from webapp.staff.door import clerk, staff, vault, ward
from webapp.staff.rules_cells import INSTEAD
from webapp.staff.rules_layouts import Column, Layout, list_for, spread
from webapp.staff.service_export_files import FORMS, write_csv, write_json, write_shift_jis
from webapp.staff.service_exports import MOST_ROWS, Export, Source, dump, make_schema, read_rows
from webapp.staff.service_layouts import load_layouts

EXPORTS = "/<voice>/staff/exports"
SHORTEST_WHY, LONGEST_WHY = 3, 200
TYPES = {"csv": "text/csv; charset=utf-8", "shift-jis": "application/zip", "json": "application/json"}
ALL_OUTCOMES = (*OUTCOMES, "withdrawn")
DAYS = (("first", "last"), ("decided_first", "decided_last"))
"""Days to choose by, from which and until which: of sending, and of deciding."""
ENDS = {"csv": "csv", "shift-jis": "zip", "json": "json"}


@dataclass(frozen=True)
class Typed:
    """What a form or an address says, as it was typed, and what is to be mended about it, by field."""

    states: tuple[str, ...] = ()
    first: str = ""
    last: str = ""
    outcomes: tuple[str, ...] = ()
    decided_first: str = ""
    decided_last: str = ""
    layout: str = ""
    form: str = FORMS[0]
    instead: str = next(iter(INSTEAD))
    why: str = ""
    gaps: Mapping[str, str] = field(default_factory=dict)


def get_layouts() -> tuple[Layout, ...]:
    """Return the layouts, read once for each app."""
    found: tuple[Layout, ...] | None = current_app.extensions.get("layouts")
    if found is None:
        found = current_app.extensions["layouts"] = load_layouts(ward().settings.content_dir)
    return found


def list_own_procedures() -> dict[str, tuple[Text, int]]:
    """Return the procedures of somebody's sections with their titles, and how many applications of each there are."""
    counts = count_by_procedure(get_session(), clerk())
    sections, procedures = clerk().sections("officer", "head"), ward().catalogue.procedures
    slugs = [slug for slug, one in procedures.items() if one.define.form and one.define.office in sections]
    return {slug: (title_of(slug), counts.get(slug, 0)) for slug in dict.fromkeys([*slugs, *counts])}


def title_of(slug: str) -> Text:
    """Return a procedure's title; its slug where it is no more."""
    procedure = ward().catalogue.procedures.get(slug)
    return procedure.words["title"] if procedure else Text({MAIN_VOICE: slug})


@staff.get(f"{EXPORTS}/")
@needs("officer", "head")
def show_exports() -> Response:
    """Show the procedures whose applications somebody may take out."""
    tokens = list_tokens(get_session(), clerk().sections("head"), now())
    tokens_end = any(one.is_newest and one.state == "soon" for one in tokens)
    return render_staff("staff/exports.html", procedures=list_own_procedures(), tokens_end=tokens_end)


@staff.get(f"{EXPORTS}/<slug>/")
@needs("officer", "head")
def show_export(slug: str) -> Response:
    """Show how many applications there are for what the address chooses, and the form for taking them out."""
    _expect_own(slug)
    typed = read_chosen(request.args)
    return render_export(slug, typed, 422 if typed.gaps else 200)


@staff.get(f"{EXPORTS}/<slug>/count")
@needs("officer", "head")
def lead_to_export(slug: str) -> BaseResponse:
    """Lead from the address of a form to the page it stands on."""
    _expect_own(slug)
    return redirect(f"/{g.voice.code}/staff/exports/{slug}/", 303)


@staff.post(f"{EXPORTS}/<slug>/count")
@guard("staff")
@needs("officer", "head")
def count_export(slug: str) -> Response:
    """Say how many applications the form chooses; nothing leaves, and everything that was typed stays."""
    _expect_own(slug)
    chosen, form = read_chosen(request.form), request.form
    typed = replace(
        chosen, layout=form.get("layout", ""), form=form.get("form", chosen.form),
        instead=form.get("instead", chosen.instead), why=form.get("why", "")[: LONGEST_WHY + 1],
    )  # fmt: skip
    return render_export(slug, typed, 422 if typed.gaps else 200)


@staff.post(f"{EXPORTS}/<slug>/")
@guard("staff")
@needs("officer", "head")
@needs_proof()
def take_out(slug: str) -> Response:
    """Send the file; why it is taken out, by whom and how much, is in the log before the first row leaves."""
    _expect_own(slug)
    typed = read_form(slug)
    if typed.gaps:
        return render_export(slug, typed, 422)
    ids = list_wanted(get_session(), clerk(), make_wanted(slug, typed), MOST_ROWS + 1)
    if not 0 < len(ids) <= MOST_ROWS:
        return render_export(slug, _with_gap(typed, "first", "many" if ids else "none"), 422)
    layout = next(one for one in list_for(get_layouts(), slug) if one.key == typed.layout)
    note_done("applications-exported", f"rows={len(ids)} {slug}/{layout.name}", WHY_EXPORTED)
    columns = _columns(layout, slug)
    export = Export(ids, slug, title_of(slug), columns, typed.why)
    source = Source(current_app.extensions["engine"], vault(), ward().dictionary, clerk())
    response = Response(_write(source, export, typed, layout), content_type=TYPES[typed.form])
    name = f"{slug}-{today().isoformat()}.{ENDS[typed.form]}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _write(source: Source, export: Export, typed: Typed, layout: Layout) -> Iterator[bytes]:
    """Return the file's content, made while it is sent."""
    batches = read_rows(source, export)
    if typed.form == "json":
        return write_json(batches, export.columns, schema_address(export.slug, layout), now())
    if typed.form == "csv":
        return write_csv(export.columns, batches)
    return write_shift_jis(export.columns, batches, INSTEAD[typed.instead], f"{export.slug}.csv")


@staff.get(f"{EXPORTS}/<slug>/<key>.json")
@needs("officer", "head")
def show_schema(slug: str, key: str) -> Response:
    """Send the JSON Schema of what a layout gives in JSON."""
    _expect_own(slug)
    layout = next((one for one in list_for(get_layouts(), slug) if one.key == key), None)
    if layout is None:
        abort(404)
    schema = make_schema(_columns(layout, slug), schema_address(slug, layout), layout.define.title)
    response = Response(dump(schema) + "\n", mimetype="application/schema+json")
    response.headers["Cache-Control"] = "no-store"
    return response


def schema_address(slug: str, layout: Layout) -> str:
    """Return the address of a layout's schema."""
    base = ward().settings.public_url or request.host_url.rstrip("/")
    return f"{base}/{g.voice.code}/staff/exports/{slug}/{layout.key}.json"


def _columns(layout: Layout, slug: str) -> Sequence[Column]:
    """Return the columns of a layout for a procedure."""
    return spread(layout, ward().catalogue.procedures.get(slug), ward().dictionary)


def _expect_own(slug: str) -> None:
    """Answer 404 for a procedure of no section that somebody works in."""
    if slug not in list_own_procedures():
        abort(404)


def read_chosen(given: Any) -> Typed:
    """Return which applications a form or an address chooses."""
    days = {name: given.get(name, "").strip()[:20] for pair in DAYS for name in pair}
    gaps = {name: "day" for name, words in days.items() if words and read_day(words) is None}
    for first, last in DAYS:
        begin, end = read_day(days[first]), read_day(days[last])
        if begin and end and end < begin:
            gaps[last] = "before"
    states = tuple(state for state in STATES if state in given.getlist("states"))
    outcomes = tuple(one for one in ALL_OUTCOMES if one in given.getlist("outcomes"))
    return Typed(states, outcomes=outcomes, **days, gaps=gaps)


def read_day(words: str) -> date | None:
    """Return a day as browsers send it, or None."""
    try:
        return date.fromisoformat(words)
    except ValueError:
        return None


def read_form(slug: str) -> Typed:
    """Return what was typed for taking applications out."""
    chosen, form = read_chosen(request.form), request.form
    gaps = dict(chosen.gaps)
    given = {name: form.get(name, "") for name in ("layout", "form", "instead")}
    known = {"layout": [one.key for one in list_for(get_layouts(), slug)], "form": FORMS, "instead": INSTEAD}
    gaps |= {name: "choose" for name in given if given[name] not in known[name]}
    why = " ".join(form.get("why", "").split())
    if not SHORTEST_WHY <= len(why) <= LONGEST_WHY:
        gaps["why"] = "long" if len(why) > LONGEST_WHY else "why"
    return replace(chosen, layout=given["layout"], form=given["form"], instead=given["instead"], why=why, gaps=gaps)


def _with_gap(typed: Typed, name: str, code: str) -> Typed:
    """Return what was typed with one thing more to mend."""
    return replace(typed, gaps={**typed.gaps, name: code})


def make_wanted(slug: str, typed: Typed) -> Wanted:
    """Return which applications are wanted."""
    return Wanted(
        slug, typed.states, read_day(typed.first), read_day(typed.last), typed.outcomes,
        read_day(typed.decided_first), read_day(typed.decided_last),
    )  # fmt: skip


def render_export(slug: str, typed: Typed, status: int) -> Response:
    """Return the page of one procedure's exports."""
    layouts = list_for(get_layouts(), slug)
    is_chosen = not typed.gaps.keys() & {name for pair in DAYS for name in pair}
    return render_staff(
        "staff/export.html", status, slug=slug, title=title_of(slug), typed=typed, layouts=layouts,
        count=count_wanted(get_session(), clerk(), make_wanted(slug, typed)) if is_chosen else None,
        outcomes=ALL_OUTCOMES, states=STATES, forms=FORMS, insteads=tuple(INSTEAD), most=MOST_ROWS, shortest=SHORTEST_WHY,
        longest=LONGEST_WHY, error_count=len(typed.gaps),
    )  # fmt: skip
