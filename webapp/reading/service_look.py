"""Keeping a reader's choice of voice and look in their own browser."""

from flask import current_app
from werkzeug.wrappers import Response as BaseResponse

from webapp.reading.rules import Choice, write_choice
from webapp.reading.service import choice_cookie

ONE_YEAR = 31_536_000


def keep_choice(response: BaseResponse, choice: Choice) -> BaseResponse:
    """Put a choice into the reader's own cookie for a year; it holds no personal data."""
    response.set_cookie(
        choice_cookie(), write_choice(choice), max_age=ONE_YEAR, httponly=True, samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )  # fmt: skip
    return response
