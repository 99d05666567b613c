"""A resident who answers whatever is asked: walks any draft from start to end as a browser without JavaScript does."""

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any, Protocol

from PIL import Image

from webapp.facts.rules import Dictionary, Fact
from webapp.facts.rules_days import find_bound

MOST_PAGES = 200
MOST_PEOPLE = 4
PEOPLE = 2
NAMES = tuple(
    f"山﨑 󠄀{name}" for name in ["太郎", "次郎", "三郎", "梅", "松", "竹", "桜", "空", "海", "陸", "光", "葵"] * 20
)


class Answer(Protocol):
    """What a client gives back."""

    status_code: int
    headers: Mapping[str, str]
    text: str


class Client(Protocol):
    """Anything that fetches pages of one browser."""

    def get(self, path: str) -> Any:
        """Fetch a page."""

    def post(self, path: str, data: Mapping[str, Any]) -> Any:
        """Send a form."""


def make_picture() -> bytes:
    """Return a small PNG."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "#336699").save(out, "PNG")
    return out.getvalue()


class FormReader(HTMLParser):
    """Reads the names and hidden values of the question form."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden: dict[str, str] = {}
        self.names: list[str] = []
        self.boxes: list[str] = []
        self.ticked: dict[str, list[str]] = {}
        self.choices: dict[str, list[str]] = {}
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take up a form or a field."""
        found = dict(attrs)
        if tag == "form":
            self.inside = found.get("id") == "question"
        if not self.inside or tag not in ("input", "textarea", "select", "button"):
            return
        name, kind = found.get("name") or "", found.get("type")
        value = found.get("value") or ""
        if kind == "hidden":
            self.hidden[name] = value
        elif tag != "button" and name:
            self.names.append(name)
            self.take_up(kind, name, value, "checked" in found)

    def take_up(self, kind: str | None, name: str, value: str, ticked: bool) -> None:
        """Take up what can be chosen in a field."""
        if kind == "checkbox" and name == "declare":
            self.boxes.append(value)
        if kind in ("checkbox", "radio"):
            self.choices.setdefault(name, []).append(value)
            if ticked:
                self.ticked.setdefault(name, []).append(value)

    def handle_endtag(self, tag: str) -> None:
        """Leave a form."""
        if tag == "form":
            self.inside = False


@dataclass
class Autopilot:
    """Answers drafts; `choose` overrides an answer by fact key, with what would be typed by part."""

    client: Client
    dictionary: Dictionary
    today: date
    choose: Mapping[str, Any] = field(default_factory=dict)
    door: str = "start"
    people: int = PEOPLE
    picked: dict[str, list[str]] = field(default_factory=dict)
    names: Iterator[str] = field(default_factory=lambda: iter(NAMES))
    seen: list[str] = field(default_factory=list)
    pages: list[tuple[str, str]] = field(default_factory=list)

    def start(self, slug: str, voice: str = "ja") -> str:
        """Begin a draft of a procedure (or of "events/<slug>", or in practice) and return its address."""
        path = slug if "/" in slug else f"procedures/{slug}"
        answer = self.client.post(f"/{voice}/{path}/{self.door}", data={})
        assert answer.status_code == 303, f"{slug}: {answer.status_code}"
        return str(answer.headers["Location"])

    def walk_to_check(self, address: str) -> str:
        """Answer pages until the check page; return its address."""
        where = self.follow(address)
        for _ in range(MOST_PAGES):
            if where.endswith("/check"):
                return where
            where = self.step(where)
        raise AssertionError(f"no end after {MOST_PAGES} pages: {where}")

    def step(self, where: str) -> str:
        """Do what one page asks; return where it leads."""
        last = where.split("?", maxsplit=1)[0].rstrip("/").split("/")
        if last[-1] == "begin":
            return self.follow(where.rsplit("/", 1)[0] + "/")
        if last[-1] == "todo":
            return self.choose_all(where)
        return self.answer(where)

    def choose_all(self, where: str) -> str:
        """Choose everything on the list of things to do that is needed."""
        form = read_form(self.client.get(where).text)
        self.seen.append(where)
        answer = self.client.post(where, data=dict(form.hidden) | {"procedure": form.ticked.get("procedure", [])})
        assert answer.status_code == 303, f"{where}: {answer.status_code} {find_errors(answer.text)}"
        return self.follow(str(answer.headers["Location"]))

    def follow(self, address: str) -> str:
        """Return where an address leads in the end."""
        for _ in range(6):
            answer = self.client.get(address)
            if answer.status_code not in (302, 303):
                assert answer.status_code == 200, f"{address}: {answer.status_code}"
                self.pages.append((address, answer.text))
                return address
            address = answer.headers["Location"]
        raise AssertionError(f"{address} leads in a circle")

    def answer(self, address: str) -> str:
        """Answer one page and return the next one's address."""
        self.seen.append(address)
        page = self.client.get(address)
        assert page.status_code == 200, f"{address}: {page.status_code}"
        form = read_form(page.text)
        facts = self.facts_of(form.names, address)
        if address.split("?", maxsplit=1)[0].split("/")[-2] in self.dictionary.facts:
            return self.send_page(address, form, facts)
        for fact in facts:
            if fact.define.kind == "file":
                self.give_file(address, form, fact)
            if fact.define.kind == "people":
                self.give_people(address, form, fact)
        return self.send_page(address, read_form(self.client.get(address).text), facts)

    def send_page(self, address: str, form: FormReader, facts: list[Fact]) -> str:
        """Send one page with every fact filled in; return the next one's address."""
        data: dict[str, Any] = dict(form.hidden)
        for fact in facts:
            if fact.define.kind == "people":
                data |= {fact.key: self.picked.get(fact.key) or form.ticked.get(fact.key, [])}
            elif fact.define.kind == "person" and fact.key not in self.choose:
                data |= {fact.key: form.choices[fact.key][0]}
            else:
                data |= self.fill(fact)
        answer = self.client.post(address.split("?", maxsplit=1)[0], data=data)
        assert answer.status_code == 303, f"{address} {data}: {answer.status_code} {find_errors(answer.text)}"
        return self.follow(str(answer.headers["Location"]))

    def facts_of(self, names: list[str], address: str) -> list[Fact]:
        """Return the facts of a page, from its fields or, for a list of people, from its address."""
        keys = dict.fromkeys(name.split(":")[0] for name in names)
        found = [self.dictionary.facts[key] for key in keys if key in self.dictionary.facts]
        last = address.split("?", maxsplit=1)[0].rstrip("/").rsplit("/", 1)[-1]
        if last in self.dictionary.facts and self.dictionary.facts[last] not in found:
            found.append(self.dictionary.facts[last])
        return found

    def give_file(self, address: str, form: FormReader, fact: Fact) -> None:
        """Attach a picture."""
        data = dict(form.hidden) | {"then": f"file:{fact.key}", fact.key: (io.BytesIO(make_picture()), "写真 1.png")}
        answer = self.client.post(address, data=data)
        assert answer.status_code == 303, f"{address}: {answer.status_code} {find_errors(answer.text)}"

    def give_people(self, address: str, form: FormReader, fact: Fact) -> None:
        """Name people, one a page, until there are enough; whoever is known is ticked."""
        wanted = min(self.people, fact.define.at_most or self.people)
        for _ in range(MOST_PEOPLE):
            form = read_form(self.client.get(address).text)
            known = form.choices.get(fact.key, [])
            if len(known) >= wanted:
                self.picked[fact.key] = form.ticked.get(fact.key, []) or known[:wanted]
                return
            data = dict(form.hidden) | {"then": "person:new", fact.key: form.ticked.get(fact.key, [])}
            answer = self.client.post(address.split("?", maxsplit=1)[0], data=data)
            assert answer.status_code == 303, f"{address}: {answer.status_code}"
            person = self.follow(str(answer.headers["Location"]))
            while person.split("?")[0].split("/")[-2] == fact.page:
                self.seen.append(person)
                person_form = read_form(self.client.get(person).text)
                person = self.send_page(person, person_form, self.facts_of(person_form.names, ""))

    def fill(self, fact: Fact) -> dict[str, Any]:
        """Return the form data that answers one fact."""
        given = self.choose.get(fact.key)
        if given is not None:
            return {f"{fact.key}:{part}" if part else fact.key: value for part, value in given.items()}
        parts = SAMPLES[fact.define.kind](fact, self.today)
        if fact.define.kind == "name" and fact.define.within:
            parts = {"name": next(self.names), "kana": "やまざき"}
        return {f"{fact.key}:{part}" if part else fact.key: value for part, value in parts.items()}

    def send(self, check: str) -> str:
        """Declare everything and send; return the address of what was sent."""
        form = read_form(self.client.get(check).text)
        answer = self.client.post(check, data=dict(form.hidden) | {"declare": form.boxes})
        assert answer.status_code == 303, f"{check}: {answer.status_code} {find_errors(answer.text)}"
        return str(answer.headers["Location"])


def read_form(html: str) -> FormReader:
    """Read the question form of a page; what stands before and behind it takes long and holds nothing."""
    reader, start = FormReader(), html.find(' id="question"')
    if start >= 0:
        reader.feed(html[html.rfind("<form", 0, start) : html.find("</form>", start)])
    return reader


def find_errors(html: str) -> list[str]:
    """Return the words of the errors that a page shows."""
    words = re.findall(r'class="error[^"]*"[^>]*>(.*?)</', html, re.S)
    return [re.sub(r"<[^>]+>", "", one).strip() for one in words]


def _sample_date(fact: Fact, today: date) -> dict[str, Any]:
    """Return a day inside the bounds: an old birthday for applicants, else a few days ago, moved to where it is allowed."""
    day = date(1950, 4, 3) if fact.define.autocomplete == "bday" else today - timedelta(days=3)
    earliest, latest = find_bound(fact.define.earliest, today), find_bound(fact.define.latest, today)
    if earliest and day < earliest:
        day = earliest + timedelta(days=1)
    if latest and day > latest:
        day = latest
    return {"era": "western", "year": str(day.year), "month": str(day.month), "day": str(day.day)}


def _sample_number(fact: Fact, _today: date) -> dict[str, Any]:
    """Return a number with as many digits as asked for, its check digit right."""
    if fact.define.check:
        return {"": "06139992"} if fact.define.digits == 8 else {"": "139993"}
    return {"": "1" * (fact.define.digits or 1)}


SAMPLES = {
    "text": lambda f, t: {"": "見本の文"},
    "name": lambda f, t: {"name": "山﨑 󠄀花子", "kana": "やまざき はなこ"},
    "date": _sample_date,
    "address": lambda f, t: {"postal": "166-8570", "area": "東京都杉並区阿佐谷南", "block": "1-15-1", "building": ""},
    "phone": lambda f, t: {"": "03-1234-5678"},
    "mail": lambda f, t: {"": "hanako@example.jp"},
    "choice": lambda f, t: {"": f.define.options[0]},
    "choices": lambda f, t: {"": [f.define.options[0]]},
    "yesno": lambda f, t: {"": "yes"},
    "number": _sample_number,
    "amount": lambda f, t: {"": "12,000円"},
    "bank": lambda f, t: {"institution": "見本銀行", "branch": "阿佐谷支店", "type": "ordinary", "number": "1234567",
                          "holder": "ヤマザキ ハナコ"},
    "people": lambda f, t: {},
    "person": lambda f, t: {"": "new"},
    "file": lambda f, t: {},
}  # fmt: skip
