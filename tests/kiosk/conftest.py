"""Somebody of the staff, and a machine that they added and paired."""

import pytest

from tests.kiosk.helping import add_machine, make_staff, pair


@pytest.fixture
def staff(app, client):
    return make_staff(app)


@pytest.fixture
def machine(staff):
    return add_machine(staff)


@pytest.fixture
def kiosk(app, staff, machine):
    return pair(app, staff, machine)
