"""A section's own system as tests play it: it shows its token, and holds every answer against the description of the API."""

import re
from datetime import timedelta

from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012
from sqlmodel import Session, select
from werkzeug.exceptions import HTTPException

from tests.accounts.helping import make
from webapp.accounts.service_tokens import make_token
from webapp.applications.service import Applications, Parcel, receive
from webapp.applications.service_cases import change
from webapp.applications.service_vault import open_vault
from webapp.applications.tables import Application
from webapp.drafts.service_stores import REAL
from webapp.kit.clock import now
from webapp.kit.crypto import derive_key, new_key, seal
from webapp.kit.database import open_session
from webapp.kit.ids import new_id
from webapp.staff.service_api import describe

SLUG, OFFICE = "dog-change-or-death", "environment-dogs"
LIST = "/api/v1/applications"
PEOPLE = (("山﨑 花子", "やまざき はなこ"), ("山本 太郎", "やまもと たろう"), ("杉並 梅", "すぎなみ うめ"))
PICTURE = b"\x89PNG a picture of a dog"
DESCRIPTION = describe("http://localhost")
_REGISTRY = Registry().with_resource("urn:api", Resource(contents=DESCRIPTION, specification=DRAFT202012))
CODED = (400, 403, 404, 405, 413, 415, 429, 500)
"""What may also be told of a request that reaches no view: by a problem, whatever the address."""


def receive_some(app, people=PEOPLE, slug=SLUG, office=OFFICE):
    """Put applications into a section as sending does, each with a picture, without walking through forms; return them."""
    settings, made, began = app.extensions["madoguchi"].settings, [], now()
    folder = REAL.uploads_folder(settings.data_dir)
    with open_session(app.extensions["engine"]) as session:
        for number, (name, kana) in enumerate(people):
            key, upload = new_key(), new_id()
            file = {"id": upload, "name": "写真 1.png", "type": "png", "size": len(PICTURE)}
            answers = {"applicant.name": {"name": name, "kana": kana}, "dog.name": "ポチ", "dog.picture": [file]}
            sealed = seal(derive_key(key, f"upload|{upload}"), PICTURE, f"upload|{upload}|content")
            (folder / upload).write_bytes(sealed)
            parcel = Parcel(new_id(), slug, "", "ja", answers, 14, key, office)
            moment = began - timedelta(minutes=30) + timedelta(seconds=number)
            receive(session, Applications.REAL, parcel, open_vault(settings), moment, 365)
            made.append(parcel.draft_id)
        rows = {row.draft_id: row for row in session.exec(select(Application))}
    return [rows[one] for one in made]


class System:
    """A system with a token of its own, made by the head of its section."""

    def __init__(self, app, name="犬の台帳", office=OFFICE, days=365, moment=None):
        self.app, self.client, self.name = app, app.test_client(), name
        self.head = make(app, (f"head:{office}",), f"head-{new_id()[:8]}")
        with open_session(app.extensions["engine"]) as session:
            self.id, self.token = make_token(session, office, name, days, self.head, moment or now())

    def ask(self, path, method="GET", token="", **more):
        """Send a request with the token; return the answer, which fits the description."""
        headers = {"Authorization": f"Bearer {token or self.token}", **more.pop("headers", {})}
        answer = self.client.open(path, method=method, headers=headers, **more)
        check_answer(self.app, answer)
        return answer

    def list(self, **query):
        """Return one page of the list."""
        answer = self.ask(LIST, query_string=query)
        assert answer.status_code == 200, answer.text
        return answer.json

    def say(self, row_id, version):
        """Acknowledge a version of an application."""
        return self.ask(f"{LIST}/{row_id}/acknowledgement", "PUT", json={"version": version})


def check_answer(app, answer):
    """Make sure that an answer is one that the description names, that nobody stores it, and that it brings no cookie."""
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    assert not [name for name in answer.headers.keys() if name.lower().startswith("access-control")]
    described = find_described(app, answer)
    if described is None:
        assert answer.status_code in CODED, answer.status
        check_schema(answer.json, "/components/schemas/Problem")
        assert answer.mimetype == "application/problem+json"
        return
    told, pointer = described
    if "content" not in told:
        assert answer.get_data() == b""
        return
    assert answer.mimetype in told["content"], (answer.status, answer.mimetype)
    if "json" in answer.mimetype:
        check_schema(answer.json, f"{pointer}/content/{answer.mimetype.replace('/', '~1')}/schema")
    if answer.mimetype == "application/problem+json":
        assert answer.json["status"] == answer.status_code


def find_described(app, answer):
    """Return what the description says of an answer, and where; None for a request that fits nothing in it."""
    request, code = answer.request, str(answer.status_code)
    try:
        rule, _ = app.url_map.bind("localhost").match(request.path, request.method, return_rule=True)
    except HTTPException:
        return None
    path, method = to_template(rule.rule), request.method.lower()
    responses = DESCRIPTION["paths"].get(path, {}).get(method, {}).get("responses", {})
    if code not in responses:
        return None
    told = responses[code]
    if "$ref" in told:
        pointer = told["$ref"].removeprefix("#")
        return DESCRIPTION["components"]["responses"][pointer.rsplit("/", 1)[-1]], pointer
    return told, f"/paths/{path.replace('/', '~1')}/{method}/responses/{code}"


def to_template(rule):
    """Return a route as the description writes it."""
    return re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule)


def check_schema(value, pointer):
    """Make sure that a value fits a part of the description."""
    pointer = pointer.replace("{", "%7B").replace("}", "%7D")
    schema = {"$ref": f"urn:api#{pointer}"}
    Draft202012Validator(schema, registry=_REGISTRY, format_checker=Draft202012Validator.FORMAT_CHECKER).validate(value)


def look_up(app, table, *where):
    """Return rows of a table as they are now."""
    with Session(app.extensions["engine"]) as session:
        return list(session.exec(select(table).where(*where)))


def move(app, row_id, **columns):
    """Change an application as its section does."""
    with open_session(app.extensions["engine"]) as session:
        change(session, session.get_one(Application, row_id), now(), **columns)
