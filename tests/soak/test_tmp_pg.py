from tests.autopilot import Autopilot, read_form
from tests.drafts.test_journeys import DICTIONARY, SHORT, FORMS, CATALOGUE
from webapp.app import create_app
from webapp.kit.clock import today
def test_pg(settings, postgres_engine):
    c = create_app(settings, postgres_engine).test_client()
    p = Autopilot(c, DICTIONARY, today())
    a = p.start(SHORT)
    where = p.follow(a)
    csrf = read_form(c.get(where).text).hidden["csrf"]
    out = {}
    for t in ("/ja/drafts/%00/", "/ja/drafts/a%00/slip", where + "%00", where + "/%00", a + "files/%00", "/ja/slip/%00", "/ja/find?q=%00", "/ja/drafts/%ED%A0%80/"):
        out[t] = c.get(t).status_code
    for then in ("remove-file:\0", "remove-person:\0", "person:\0", "file:\0", "postal:\0"):
        out[then] = c.post(where, data={"csrf": csrf, "then": then}).status_code
    for n, d in (("\0", "\0"), ("K7Q2M-9XW4C-T8RB", "123456789012"), ("\0K7Q2M-9XW4C-T8RB", "\0123456789012")):
        out[n] = c.post("/ja/slip", data={"number": n, "code": d}).status_code
    assert out == {}
