"""The blueprint of this room: manifest, service worker, and what a device keeps."""

from flask import Blueprint

offline = Blueprint("offline", __name__)
