"""A class of one tutorial with somebody in it, as fixtures."""

import pytest

from tests.learning.classes import come_in, teach
from tests.learning.sample_tutorial import sample

__all__ = ["home", "sample", "taught"]


@pytest.fixture
def taught(sqlite_engine, sample):
    """Return a class of one tutorial."""
    return teach(sqlite_engine)


@pytest.fixture
def home(client, taught) -> str:
    """Return the address of the class's page; the client is in the class."""
    come_in(client, taught, "1")
    return f"/ja/class/{taught.id}/"
