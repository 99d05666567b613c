"""The API for sections' own systems: what came, each in a layout, its files, and that it arrived. States stay people's work."""

from typing import Any

from flask import Response, abort, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from webapp.accounts.service_audit import note
from webapp.applications.service_cases import Case, Stale, open_case
from webapp.applications.service_fetching import Asked, acknowledge, find_acknowledged, list_changed
from webapp.drafts.service_stores import REAL
from webapp.drafts.service_uploads import open_file
from webapp.kit.clock import now
from webapp.kit.crypto import CannotOpen
from webapp.kit.database import get_session, open_session
from webapp.kit.safety import guard
from webapp.staff.door import vault, ward
from webapp.staff.door_api import (
    answer,
    answer_problem,
    api,
    current_system,
    expect_names,
    get_own,
    home,
    needs_system,
    read_args,
)
from webapp.staff.door_case import find_case_book
from webapp.staff.pages_case import list_case_files
from webapp.staff.rules_api import LONGEST_BODY, read_acknowledgement, read_query, resume_from, write_cursor
from webapp.staff.rules_cells import plain_words
from webapp.staff.rules_layouts import Layout, list_for, spread
from webapp.staff.service_api import (
    API,
    Opened,
    describe,
    note_fetched,
    show_acknowledged,
    show_current,
    show_opened,
    show_procedures,
    show_row,
)
from webapp.staff.service_exports import Export, Source
from webapp.staff.views_case import send_file_safely
from webapp.staff.views_exports import get_layouts, title_of

ONE = f"{API}/applications/<application_id>"


@api.get(f"{API}/openapi.json")
def describe_api() -> Response:
    """Send the description of the API: public, and the same for everybody."""
    return answer(describe(home()))


@api.get(f"{API}/procedures")
@needs_system
def list_procedures() -> Response:
    """Send the procedures of the system's section, with the layouts in which their applications can be had."""
    expect_names()
    sections, catalogue = current_system().sections("officer"), ward().catalogue
    slugs = [slug for slug, one in catalogue.procedures.items() if one.define.form and one.define.office in sections]
    found = [(slug, plain_words(title_of(slug)), [_describe_layout(one, slug) for one in list_for(get_layouts(), slug)])
             for slug in slugs]  # fmt: skip
    return answer(show_procedures(found))


def _describe_layout(layout: Layout, slug: str) -> tuple[str, str, Any]:
    """Return a layout's key, title and columns for a procedure."""
    return layout.key, layout.define.title, spread(layout, ward().catalogue.procedures.get(slug), ward().dictionary)


@api.get(f"{API}/applications")
@needs_system
def list_applications() -> Response:
    """Send one page of what came to the system's section; nothing of it is opened."""
    query = read_query(read_args(), [one.key for one in get_layouts()])
    if query.faults:
        return answer_problem("wrong", faults=query.faults)
    asked, system, moment = Asked(query.procedure, query.states, query.new_only, query.after), current_system(), now()
    found = list_changed(get_session(), system, asked, query.limit + 1)
    rows, is_more = found[: query.limit], len(found) > query.limit
    last = (rows[-1].changed_at, rows[-1].id) if is_more else None
    if rows:
        with open_session(current_app.extensions["engine"]) as session:
            section = ",".join(sorted(system.sections("officer")))
            note(session, moment, system.id, "applications-listed", section, str(len(rows)))
    return answer({
        "applications": [show_row(row, query.layout) for row in rows],
        "next": write_cursor(*last) if last else None,
        "resume": resume_from(last, moment),
    })  # fmt: skip


@api.get(ONE)
@needs_system
def get_application(application_id: str) -> Response:
    """Send one application in a layout, after it is settled that it was fetched; one that the system has is not opened."""
    expect_names("layout")
    row = get_own(application_id)
    layouts = list_for(get_layouts(), row.procedure)
    wanted = request.args.get("layout", "")
    layout = next((one for one in layouts if wanted in ("", one.key)), None)
    if layout is None:
        return answer_problem("wrong", faults={"layout": "layout"})
    if request.if_none_match.contains(str(row.version)):
        unchanged = Response(status=304, headers={"Cache-Control": "no-store"})
        unchanged.set_etag(str(row.version))
        return unchanged
    case = _open(row)
    _write_look(case, "exported")
    columns = spread(layout, ward().catalogue.procedures.get(row.procedure), ward().dictionary)
    export = Export([row.id], row.procedure, title_of(row.procedure), columns, "")
    source = Source(current_app.extensions["engine"], vault(), ward().dictionary, current_system())
    opened = Opened(case, find_case_book(row.procedure, row.definition), layout.key)
    response = answer(show_opened(source, opened, export))
    response.set_etag(str(row.version))
    return response


def _open(row: Any) -> Case:
    """Open an application; 503 where no key does."""
    try:
        return open_case(row, vault())
    except CannotOpen:
        abort(answer_problem("cannot-open"))


def _write_look(case: Case, what: str) -> None:
    """Settle in the database that the system fetches something, before it is sent."""
    with open_session(current_app.extensions["engine"]) as session:
        note_fetched(session, current_system(), case, what, now())


@api.get(f"{ONE}/files/<upload_id>")
@needs_system
def get_file(application_id: str, upload_id: str) -> Response:
    """Send one of an application's files: never run, never stored."""
    expect_names()
    row = get_own(application_id)
    case = _open(row)
    if upload_id not in {one.id for one in list_case_files(case, find_case_book(row.procedure, row.definition))}:
        return answer_problem("not-here")  # another procedure of the same draft may have it, and another section
    content = open_file(case.data_key, upload_id, REAL.uploads_folder(ward().settings.data_dir))
    if content is None:
        return answer_problem("not-here")
    _write_look(case, "file")
    return send_file_safely(content)


@api.get(f"{ONE}/acknowledgement")
@needs_system
def get_acknowledgement(application_id: str) -> Response:
    """Send what the system last said about an application."""
    expect_names()
    row = get_own(application_id)
    said = find_acknowledged(get_session(), row.id, current_system().shown_name)
    return answer(show_acknowledged(row, said)) if said else answer_problem("not-acknowledged")


@api.put(f"{ONE}/acknowledgement")
@guard("bearer")
@needs_system
def put_acknowledgement(application_id: str) -> Response:
    """Write down that the system has an application in its version; the same again gives the same answer."""
    expect_names()
    if request.mimetype != "application/json":
        return answer_problem("other-type")
    request.max_content_length = LONGEST_BODY
    try:
        version, fault = read_acknowledgement(request.get_data())
    except RequestEntityTooLarge:
        return answer_problem("too-large")
    except ValueError:
        return answer_problem("not-json")
    if fault:
        return answer_problem("wrong", faults={"version": fault})
    row = get_own(application_id, write=True)
    try:
        said = acknowledge(get_session(), current_system(), row, version, now())
    except Stale:
        return answer_problem("other-version", current=show_current(row))
    return answer(show_acknowledged(row, said))
