"""A ward on each database."""

import pytest
from sqlalchemy.engine import Engine

from tests.drafts.test_journeys import CATALOGUE, DICTIONARY
from tests.keeping.making import Ward
from webapp.config import Settings
from webapp.procedures.service_books import BookShelf


@pytest.fixture
def ward(engine: Engine, settings: Settings) -> Ward:
    """Return a ward in which nothing has been sent yet."""
    book = BookShelf(CATALOGUE, DICTIONARY).find("procedures/child-allowance-claim")
    assert book is not None
    return Ward(engine, settings, book)
