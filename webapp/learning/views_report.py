"""The report of a lesson for whoever taught it: a page, a sheet of paper and a file, of numbers alone."""

from typing import Any

from flask import Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from webapp.accounts.pages import needs, note_done, render_staff
from webapp.kit.clock import day_of, now, today
from webapp.kit.database import get_session
from webapp.kit.safety import guard
from webapp.kit.sheets import write_csv
from webapp.learning.door import learning, list_tutorials
from webapp.learning.door_teach import open_lesson, teach_address, times_of
from webapp.learning.rules_class import tidy_words
from webapp.learning.rules_report import COLUMNS, pick_measures
from webapp.learning.rules_report_words import ALL_HIDDEN, COLUMN_WORDS, HIDDEN, Part, write_parts
from webapp.learning.service_report import choose_columns, columns_of, count_lesson, find_limits, keep_until
from webapp.learning.tables import Lesson
from webapp.reading.service import current_speaker

REPORT = "/<voice>/teach/<lesson_id>/report"


def _describe(lesson: Lesson) -> dict[str, Any]:
    """Return what the report shows of a lesson."""
    tutorials, columns = list_tutorials(), columns_of(lesson)
    report = count_lesson(get_session(), lesson, tutorials, now())
    first, last = find_limits(lesson, today())
    return {
        "lesson": lesson, "times": times_of(lesson), "back_to": teach_address(lesson), "report": report,
        "tutorials": [tutorials[slug] for slug in lesson.tutorials.split() if slug in tutorials],
        "columns": columns, "choices": [(key, COLUMN_WORDS[key]) for key in COLUMNS], "first": first, "last": last,
        "parts": write_parts(pick_measures(report, columns), tutorials) if report else (),
        "hidden": HIDDEN, "all_hidden": ALL_HIDDEN,
    }  # fmt: skip


def _show(lesson: Lesson, status: int = 200, typed: str | None = None) -> Response:
    """Show the page of the report; `typed` is a day that cannot be taken."""
    return render_staff(
        "learning/report.html", status, typed=lesson.delete_on.isoformat() if typed is None else typed,
        bad=typed is not None, error_count=int(typed is not None), kept=request.args.get("kept", ""), **_describe(lesson),
    )  # fmt: skip


@learning.get(REPORT)
@needs("instructor")
def show_report(lesson_id: str) -> Response:
    """Show the numbers of a class, what stands in its report, and until when it is kept."""
    response = _show(open_lesson(lesson_id))
    note_done("report-opened", lesson_id)
    return response


@learning.post(REPORT)
@guard("staff")
@needs("instructor")
def change_report(lesson_id: str) -> BaseResponse:
    """Keep the chosen columns, or the day after which everything is erased."""
    lesson, then = open_lesson(lesson_id), request.form.get("then", "")
    if then == "columns":
        choose_columns(get_session(), lesson, request.form.getlist("columns"))
    elif then == "delete" and not lesson.rehearsal:
        typed = request.form.get("delete_on", "")
        if not keep_until(get_session(), lesson, typed, today()):
            return _show(lesson, 422, tidy_words(typed)[:40])
    note_done("report-changed", lesson_id)
    return redirect(f"{teach_address(lesson, 'report')}?kept={then if then in ('columns', 'delete') else ''}", 303)


@learning.get(f"{REPORT}/print")
@needs("instructor")
def print_report(lesson_id: str) -> Response:
    """Show the report as one sheet to print."""
    lesson = open_lesson(lesson_id)
    response = render_staff("learning/report_print.html", paper="a4", made_on=today(), **_describe(lesson))
    note_done("report-printed", lesson_id)
    return response


@learning.get(f"{REPORT}.csv")
@needs("instructor")
def export_report(lesson_id: str) -> BaseResponse:
    """Send the report as a file for spreadsheets; while the class goes on there is none."""
    lesson = open_lesson(lesson_id)
    context = _describe(lesson)
    if context["report"] is None:
        return redirect(teach_address(lesson, "report"), 303)
    response = Response(write_csv(_list_rows(lesson, context)), mimetype="text/csv")
    name = f"report-{day_of(lesson.starts_at).isoformat()}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex"
    note_done("report-exported", lesson_id)
    return response


def _list_rows(lesson: Lesson, context: dict[str, Any]) -> list[list[str | int]]:
    """Return the rows of the file: one for each group of each measure, in this request's voice."""
    _p, came = current_speaker().say_plain, context["report"].came
    titles = " / ".join(current_speaker().plain(one.title) for one in context["tutorials"])
    rows: list[list[str | int]] = [
        [_p("項目"), _p("グループ"), _p("人数")],
        [_p("日《ひ》"), day_of(lesson.starts_at).isoformat(), ""],
        [_p("時間"), f"{context['times'].start} - {context['times'].end}", ""],
        [_p("場所"), lesson.place, ""],
        [_p("練習"), titles, ""],
        [_p("来た人"), _p("全員"), _p(ALL_HIDDEN) if came is None else came],
    ]
    if lesson.rehearsal:
        rows.insert(1, [_p("練習の教室です。来た人は、見本の人です。"), "", ""])
    return [*rows, *(row for part in context["parts"] for row in _list_lines(part))]


def _list_lines(part: Part) -> list[list[str | int]]:
    """Return the rows of one measure."""
    _p = current_speaker().say_plain
    words = _p(part.words, **part.values)
    if not part.lines:
        return [[words, _p("全員"), _p(HIDDEN)]]
    rows: list[list[str | int]] = [
        [words, _p(line.words), _p(HIDDEN) if line.number is None else line.number] for line in part.lines
    ]
    return rows if part.times is None else [*rows, [words, _p("手をあげた回数"), part.times]]
