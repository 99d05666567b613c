"""The blueprint of this room: stopping notices from a mail, and the lists of staff who call and write."""

from flask import Blueprint

notifications = Blueprint("notifications", __name__)
