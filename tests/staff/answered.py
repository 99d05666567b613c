"""An application with its section and its resident, each at a browser of their own."""

import re

from tests.autopilot import read_form
from tests.staff.sections import PEOPLE, list_applications
from tests.staff.working import DOG, Work
from tests.walks import send_through_forms
from webapp.applications.service_cases import open_case
from webapp.applications.service_corrections import list_corrections
from webapp.applications.service_vault import open_vault
from webapp.kit.database import open_session

NAME = "applicant.name"


class Both(Work):
    """One application, those who work on it, and the browser of whoever sent it."""

    def __init__(self, app, slug=DOG):
        self.app, self.engine = app, app.extensions["engine"]
        name = dict(zip(("name", "kana"), PEOPLE[0], strict=True))
        self.resident = send_through_forms(app, slug, {NAME: name})
        (self.sent,) = list_applications(app, slug)
        self.office, self.at = self.sent.section, f"/ja/staff/inbox/{self.sent.id}/"

    @property
    def base(self):
        """Return the address of the resident's draft."""
        return f"/ja/drafts/{self.sent.draft_id}"

    def case(self):
        """Open the application as it stands."""
        return open_case(self.row, open_vault(self.app.extensions["madoguchi"].settings))

    def corrections(self):
        """Return everything that was asked about the application."""
        with open_session(self.engine) as session:
            return list_corrections(session, self.case())

    def mend(self, name):
        """Mend the name in the resident's browser, and whatever else is asked; return where sending leads."""
        page = self.resident.get(f"{self.base}/mend/{self.sent.id}").text
        (token,) = set(re.findall(r'<input type="hidden" name="csrf" value="([^"]+)"', page))
        answer = self.resident.post(f"{self.base}/mend/{self.sent.id}", data={"csrf": token})
        where = self.resident.get(answer.location).location
        while not where.endswith("/check"):
            form = read_form(self.resident.get(where).text)
            typed = {f"{NAME}:name": name, f"{NAME}:kana": "すぎなみ", "applicant.phone": "03-4821-7736"}
            answer = self.resident.post(where, data={**form.hidden, **{k: typed[k] for k in typed if k in form.names}})
            assert answer.status_code == 303
            where = answer.location
        return self.resident.post(where, data=read_form(self.resident.get(where).text).hidden).location
