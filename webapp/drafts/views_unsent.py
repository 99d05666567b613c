"""What could not be sent yet: the page is the same for everybody, what it lists is on the reader's own device."""

from flask import Response

from webapp.drafts.door import drafts
from webapp.reading.service import render


@drafts.get("/<voice>/unsent")
def show_unsent() -> Response:
    """Show the page that a device fills with what it keeps; without a network it comes from the device itself."""
    return render("drafts/unsent.html")
