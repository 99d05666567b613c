"""The pages of tutorials, runs and classes as learners meet them, and signing in, each in each of its states."""

from accessibility_tests.dealing import remember
from accessibility_tests.learners import TAUGHT, Learner, lead, make_class, make_teacher
from accessibility_tests.site import Site, Visit
from webapp.kit.clock import now
from webapp.kit.database import open_session
from webapp.learning.service_learners import answer_hand
from webapp.learning.service_lessons import close_lesson
from webapp.learning.tables import Learner as Row
from webapp.learning.tables import Lesson

NAME, SEND = "#question .buttons .button:not([name])", "main form .buttons .button"
FIND = "find-a-procedure"
WRONG_KANA = (('[name="applicant.name:name"]', "見本 花子"), ('[name="applicant.name:kana"]', "見本 花子"))


@remember
def list_learning_states(site: Site) -> list[Visit]:
    """Return the pages that learners and people who sign in have: each template in each of its states."""
    return [
        *walk_public(site), *walk_guide(site), *walk_other_ways(site), *walk_ends(site), *walk_strip(site),
        *walk_class(site), *walk_accounts(site),
    ]  # fmt: skip


@remember
def list_tutorial_pages(site: Site) -> list[Visit]:
    """Return every public page of every tutorial: what it is about, each step to watch, its handouts."""
    pages = []
    for slug, tutorial in site.ward.tutorials.items():
        watched = [f"watch/{step.number}" for step in tutorial.steps]
        pages += [f"/learn/{slug}", *(f"/learn/{slug}/{one}" for one in (*watched, "print/a4", "print/large"))]
    return [Visit(path, path) for path in pages]


@remember
def walk_public(site: Site) -> list[Visit]:
    """Return the list, a tutorial, steps to watch (one question, several, none; coming back, searching), the handouts."""
    steps = {step.key: step.number for step in site.ward.tutorials[TAUGHT].steps}
    back = next(one.number for one in site.ward.tutorials["save-and-return"].steps if one.define.at == "return")
    paths = [
        "/learn/", f"/learn/{TAUGHT}", *(f"/learn/{TAUGHT}/watch/{steps[key]}" for key in ("name", "phone", "send")),
        f"/learn/save-and-return/watch/{back}", f"/learn/{FIND}/watch/1", f"/learn/{TAUGHT}/print/a4",
        f"/learn/{TAUGHT}/print/large", "/learn/prompts", "/learn/prompts/print",
    ]  # fmt: skip
    return [Visit(path, path) for path in paths]


@remember
def walk_guide(site: Site) -> list[Visit]:
    """Return the guide beside a question: at first, after a mistake, after a step that is done, where no step is, at other levels."""
    led, erred, done = (Learner(site, name).begin() for name in ("led to a mistake", "mistake", "done"))
    done.go_on(1)
    alone, again = Learner(site, "alone").begin("alone"), Learner(site, "again").begin("again")
    check = Learner(site, "check").begin(steps=9)
    changing = Learner(site, "to be changed", "go-back-and-mend").begin(steps=2)
    return [
        led.see("applicant.name"), erred.see("applicant.name", typed=WRONG_KANA, press=NAME),
        done.see("applicant.contact_way"), done.see("applicant.name", "a page of no step"),
        alone.see("applicant.name"), again.see("applicant.name"), check.see("check"), check.see("check", bad=True),
        changing.see("place.details", "the step's page is another"),
    ]  # fmt: skip


@remember
def walk_other_ways(site: Site) -> list[Visit]:
    """Return searching, the slip, coming back by it, and how far a run is."""
    new, half = Learner(site, "new").begin(), Learner(site, "half").begin("alone", 3)
    find = Learner(site, "search", FIND).begin()
    nothing, empty = (Learner(site, f"search, {what}", FIND).begin() for what in ("nothing", "empty"))
    slip = Learner(site, "slip", "save-and-return").begin()
    slip.go_on(next(n for n, one in enumerate(slip.tutorial.steps) if one.define.at == "slip"))
    held = Learner(site, "slip held", "save-and-return").begin()
    held.go_on(next(n for n, one in enumerate(held.tutorial.steps) if one.define.at == "return"))
    back = f"/slip?run={held.player.draft_id}"
    return [
        new.see_run(""), half.see_run("", "run, half done"),
        find.see_run("find"), find.see_run("find?q=住民票", "found"), find.see_run("find?q=zzzzqqqq", "nothing found"),
        nothing.see_run("find", "tried in vain", typed=(("#q", "zzzzqqqq"),), press="form.search button.button"),
        empty.see_run("find", "tried without words", press="main form.search button.button"),
        slip.see("slip"), held.see("slip"), held.see(back, "coming back"),
        held.see(back, "coming back with a wrong number", typed=(("#number", "K7Q2M"),), press=SEND),
    ]  # fmt: skip


@remember
def walk_ends(site: Site) -> list[Visit]:
    """Return what there is at the end: the last page, the finish, the certificate and the review slip."""
    owner, _ = make_teacher(site, "ends")
    lesson = make_class(site, owner)
    one, taught = Learner(site, "finished").begin(steps=10), Learner(site, "finished in a class")
    taught.join(lesson, seat="3", nickname="ハナ").go_on(10)
    back = Learner(site, "finished with a slip", "save-and-return").begin()
    back.go_on(len(back.tutorial.steps))
    pages = ("finish", "certificate", "review")
    return [
        one.see("sent"), one.see_run("", "run, finished"), *(one.see_run(page) for page in pages),
        *(taught.see_run(page) for page in pages[:2]), back.see_run("review"),
    ]  # fmt: skip


@remember
def walk_strip(site: Site) -> list[Visit]:
    """Return a question's page in a class: hand down and up, on the way, led, declined, up to here, listening, over."""
    owner, _ = make_teacher(site, "strip")
    free, led, cap, heard = (
        make_class(site, owner, mode, step) for mode, step in (("free", 0), ("follow", 3), ("cap", 1), ("free", 0))
    )
    over = make_class(site, owner)
    down, up, coming = (Learner(site, name).join(free) for name in ("hand down", "hand up", "on the way"))
    up.press(free, "hand", "up")
    coming.press(free, "hand", "up")
    told, declined, moved = (Learner(site, name).join(led) for name in ("asked along", "declined", "came along"))
    declined.press(led, "follow", "stay")
    moved.press(led, "follow", "go")
    before, beyond = Learner(site, "up to here").join(cap), Learner(site, "beyond").join(cap).go_on(1)
    listening, late = Learner(site, "listening").join(heard), Learner(site, "class over").join(over)
    lead(site, heard, "free", 0, paused=True)
    with open_session(site.app.extensions["engine"]) as session:
        answer_hand(session, session.get_one(Row, coming.row_id), now())
        close_lesson(session, session.get_one(Lesson, over.id), now())
    asked = [down, up, coming, told, declined, before, listening, late]
    return [
        *(one.see("applicant.name") for one in asked), moved.see("contact"), beyond.see_run(""),
        *(one.see_run("") for one in (up, told, declined)),
        down.see(f"/class/{free.id}/", "class home"), told.see(f"/class/{led.id}/", "class home"),
        late.see(f"/class/{over.id}/", "class home"),
    ]  # fmt: skip


@remember
def walk_class(site: Site) -> list[Visit]:
    """Return coming into a class: the digits (none, too few, nobody's), what class it is, and its page before anything is begun."""
    owner, _ = make_teacher(site, "class")
    two = make_class(site, owner, tutorials=f"{TAUGHT} {FIND}")
    named = Learner(site, "in class")
    named.client.post("/ja/class/", data={"code": two.code, "seat": "A-3"})
    home, join = f"/class/{two.id}/", f"/class/?code={two.code}"
    return [
        Visit("digits of a class", "/class/"), Visit("too few digits", "/class/?code=1234"),
        Visit("digits of no class", "/class/?code=987650"), Visit("what class it is", join),
        Visit("name too long", join, typed=(("#nickname", "あ" * 30), ("#seat", "1" * 12)), press=SEND),
        named.see(home, "class home"),
        named.see(home, "class home, name too long", typed=(("#nickname", "あ" * 30),), press=f'form[action$="{two.id}/name"] button'),
        named.see("/slip", "what this browser holds"),
    ]  # fmt: skip


@remember
def walk_accounts(site: Site) -> list[Visit]:
    """Return signing in (fresh, empty, wrong), one's account (and with a password to mend), and what comes too late."""
    _, staff = make_teacher(site, "account")
    form = 'form[action$="/account/password"] button.button:not([type=button])'
    wrong = (("#name", "nobody"), ("#password", "not this one 123"))
    return [
        Visit("sign in", "/staff/sign-in"), Visit("sign in, sent empty", "/staff/sign-in", bad=True),
        Visit("sign in, wrong", "/staff/sign-in", typed=wrong, press="#question .buttons button"),
        Visit("signed out", "/staff/signed-out"), Visit("account", "/staff/account", staff=staff),
        Visit("account, password changed", "/staff/account?done=password", staff=staff),
        Visit("account, to mend", "/staff/account", staff=staff, typed=(("#new_password", "short"),), press=form),
        Visit("sent with an old token", "/teach/new", staff=staff, typed=(('main [name="csrf"]', "0" * 128),), press=SEND),
    ]  # fmt: skip
