"""The pages of those who teach, each in each of its states: classes without anybody, with a few, and with forty."""

from datetime import timedelta

from accessibility_tests.dealing import remember
from accessibility_tests.learners import TAUGHT, lead, make_class, make_teacher
from accessibility_tests.site import Site, Visit
from tests.learning.classroom import ago, seat
from webapp.kit.clock import now
from webapp.kit.database import open_session
from webapp.learning.rules_class import AGE_BANDS, RATINGS
from webapp.learning.service_lessons import close_lesson, make_lesson
from webapp.learning.service_rehearsal import make_rehearsal
from webapp.learning.tables import Lesson

NEW = "main form .buttons button"
BIG = 40


@remember
def list_teaching_states(site: Site) -> list[Visit]:
    """Return the pages that instructors have: each template in each of its states."""
    return [*walk_lists(site), *walk_boards(site), *walk_screens(site), *walk_reports(site), *walk_pack(site)]


def see(staff: str, path: str, name: str = "", press: str = "", typed: tuple[tuple[str, str], ...] = ()) -> Visit:
    """Return a visit to a page of somebody who is signed in."""
    return Visit(f"teach: {name or path}", path, staff=staff, press=press, typed=typed)


@remember
def walk_lists(site: Site) -> list[Visit]:
    """Return the list of classes (none, and all kinds), a new class and a changed one, each also with what is to mend."""
    _, fresh = make_teacher(site, "fresh")
    owner, staff = make_teacher(site, "lists")
    lesson, moment = make_class(site, owner), now()
    with open_session(site.app.extensions["engine"]) as session:
        later = moment + timedelta(days=3)
        make_lesson(session, owner, [TAUGHT, "moving-guide"], "和室", later, later + timedelta(hours=2), moment)
        gone = make_lesson(session, owner, [TAUGHT], "", moment, moment + timedelta(hours=1), moment)
        close_lesson(session, gone, moment)
        make_rehearsal(session, owner, site.ward.tutorials[TAUGHT], moment)
    long = (("#place", "あ" * 80), ("#end-day", ""))
    return [
        see(fresh, "/teach/", "no classes"), see(staff, "/teach/", "classes"),
        see(staff, "/teach/", "wrong code for helpers", 'form[action$="/teach/"] button', (("#code", "1234"),)),
        see(fresh, "/teach/new"), see(fresh, "/teach/new", "new, to mend", NEW, long),
        see(staff, f"/teach/{lesson.id}/edit", "edit"), see(staff, f"/teach/{lesson.id}/edit", "edit, to mend", NEW, long),
    ]  # fmt: skip


def fill(site: Site, lesson: Lesson, count: int) -> None:
    """Put people into a class: hands, one on the way, people who are stuck, who err, who finished, who have not begun."""
    steps = [step.key for step in site.ward.tutorials[TAUGHT].steps]
    kinds = [
        {"nickname": "ハナ", "hand_at": ago(2)}, {"hand_at": ago(1), "coming_at": ago(0.5), "stepped_at": ago(9)},
        {"last_error": "name:kana-kanji", "declined": True}, {"stepped_at": ago(7), "last_error": "refused"},
        {"step": "", "steps_done": len(steps), "finished": TAUGHT, "after": "sure"},
        {"tutorial": "", "step": "", "level": ""}, {"seen_at": ago(5), "level": "alone"}, {},
    ]  # fmt: skip
    for number in range(count):
        told = {"before": RATINGS[number % 3], "age_band": AGE_BANDS[number % 2 * 2], "visits": "first"}
        usual = {"tutorial": TAUGHT, "step": steps[number % len(steps)], "seat": str(number + 1)}
        seat(site.app, lesson, **{**usual, **told, **kinds[number % len(kinds)]})


@remember
def walk_boards(site: Site) -> list[Visit]:
    """Return the board with nobody, three and forty people, filtered, led, up to here, while all listen, and over."""
    owner, staff = make_teacher(site, "boards")
    empty, few, many = make_class(site, owner), make_class(site, owner, "follow", 3), make_class(site, owner, "cap", 5)
    heard, over = make_class(site, owner), make_class(site, owner, closed_at=now())
    for lesson, count in ((few, 3), (many, BIG), (heard, 3), (over, 8)):
        fill(site, lesson, count)
    lead(site, heard, "free", 0, paused=True)
    boards = {"nobody": empty, "three": few, "forty": many, "listening": heard, "over": over}
    return [
        *(see(staff, f"/teach/{lesson.id}/", f"board, {name}") for name, lesson in boards.items()),
        *(see(staff, f"/teach/{few.id}/?show={show}", f"board, three, {show}") for show in ("hands", "stuck")),
        *(see(staff, f"/teach/{empty.id}/?show={show}", f"board, nobody, {show}") for show in ("hands", "stuck")),
    ]  # fmt: skip


@remember
def walk_screens(site: Site) -> list[Visit]:
    """Return the big screen, the helper's list, the sheet, the code for helpers, and closing; also when it is over."""
    owner, staff = make_teacher(site, "screens")
    empty, led, over = (
        make_class(site, owner),
        make_class(site, owner, "follow", 3),
        make_class(site, owner, closed_at=now()),
    )
    fill(site, led, 9)
    pages = [
        see(staff, f"/teach/{led.id}/{page}", f"{page}, led")
        for page in ("roam", "projector", "sheet", "helpers", "close")
    ]
    pages += [see(staff, f"/teach/{empty.id}/{page}", f"{page}, nobody") for page in ("roam", "projector")]
    return pages + [see(staff, f"/teach/{over.id}/{page}", f"{page}, over") for page in ("roam", "projector", "sheet")]


@remember
def walk_reports(site: Site) -> list[Visit]:
    """Return the report while a class goes on, of nobody, of few and of many, of a rehearsal, and on paper."""
    owner, staff = make_teacher(site, "reports")
    now_on, nobody, few, many = (make_class(site, owner, closed_at=end) for end in (None, now(), now(), now()))
    fill(site, few, 3)
    fill(site, many, BIG)
    with open_session(site.app.extensions["engine"]) as session:
        rehearsed = make_rehearsal(session, owner, site.ward.tutorials[TAUGHT], now())
    reports = {"goes on": now_on, "nobody": nobody, "few": few, "many": many, "rehearsal": rehearsed}
    of = {name: f"/teach/{lesson.id}/report" for name, lesson in reports.items()}
    keep = 'form button[value="delete"]'
    return [
        *(see(staff, path, f"report, {name}") for name, path in of.items()),
        see(staff, f"{of['many']}?kept=columns", "report, columns kept"), see(staff, f"{of['many']}?kept=delete", "report, day kept"),
        see(staff, of["few"], "report, day to mend", keep, (("#delete-on", "2020-01-01"),)),
        *(see(staff, f"{of[name]}/print", f"report on paper, {name}") for name in ("goes on", "few", "many")),
    ]  # fmt: skip


@remember
def walk_pack(site: Site) -> list[Visit]:
    """Return the pack, what it holds for paper and the big screen, and a rehearsal without a tutorial."""
    _, staff = make_teacher(site, "pack")
    last = len(site.ward.tutorials[TAUGHT].steps)
    pages = ["checklist", "prompts", f"plan/{TAUGHT}", f"slides/{TAUGHT}/1", f"slides/{TAUGHT}/{last}"]
    return [
        see(staff, "/teach/pack"), *(see(staff, f"/teach/pack/{page}") for page in pages),
        see(staff, "/teach/pack", "rehearsal of nothing", 'form[action$="/rehearsal"] button'),
    ]  # fmt: skip
