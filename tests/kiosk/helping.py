"""A machine of the ward for tests: added by staff, paired by its code, as people do it."""

import re

from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.helping import sign_in


def read_hidden(page: str, name: str) -> str:
    """Return the value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no field {name}"
    return found[1]


def make_staff(app: Flask, name: str = "kakari") -> FlaskClient:
    """Return the browser of somebody who looks after the machines."""
    client = app.test_client()
    sign_in(client, app, roles=("reception",), name=name)
    return client


def add_machine(staff: FlaskClient, name: str = "図書館の1番") -> str:
    """Add a machine; return its id."""
    csrf = read_hidden(staff.get("/ja/staff/kiosks").text, "csrf")
    answer = staff.post("/ja/staff/kiosks", data={"csrf": csrf, "name": name, "place": "入口の左"})
    assert answer.status_code == 303
    return str(answer.location.rsplit("/", 1)[1])


def press(staff: FlaskClient, machine: str, what: str, **fields: str) -> str:
    """Press one of the buttons on a machine's page; return what came."""
    csrf = read_hidden(staff.get("/ja/staff/kiosks").text, "csrf")
    answer = staff.post(f"/ja/staff/kiosks/{machine}/{what}", data={"csrf": csrf, **fields})
    assert answer.status_code in (200, 303)
    return str(answer.text)


def make_code(staff: FlaskClient, machine: str) -> str:
    """Have a code made; return it as it is shown."""
    found = re.search(r"<strong translate=\"no\">(\d{3}-\d{3})</strong>", press(staff, machine, "code"))
    assert found
    return found[1]


def pair(app: Flask, staff: FlaskClient, machine: str) -> FlaskClient:
    """Return the browser of a paired machine."""
    client = app.test_client()
    answer = client.post("/ja/kiosk/pair", data={"code": make_code(staff, machine)})
    assert answer.status_code == 303, answer.text
    return client


def sit_down(client: FlaskClient, voice: str = "ja", chosen: str = "") -> None:
    """Begin a resident's time at a machine."""
    assert client.get("/ja/kiosk/").status_code == 200
    answer = client.post("/ja/kiosk/begin", data={"voice": voice, "chosen": chosen})
    assert (answer.status_code, answer.location) == (303, f"/{voice}/")


def sitting_of(page: str) -> str:
    """Return the short name of the sitting that a page belongs to."""
    found = re.search(r'data-kiosk-sitting="([0-9a-f]{12})"', page)
    assert found
    return found[1]


def find_procedure(app: Flask) -> str:
    """Return a procedure that can be sent here."""
    procedures = app.extensions["madoguchi"].catalogue.procedures
    return next(slug for slug, one in procedures.items() if one.define.form)
