"""The second step of somebody whom the ward's own sign-in service knows: begun here, where a password alone begins nothing."""

from tests.accounts.helping import code_of
from tests.accounts.sso.journeys import FACTOR, INBOX, go
from tests.accounts.test_factors import SETUP, letters_of
from tests.accounts.test_sign_in import try_in
from tests.accounts.test_walls import hidden_of
from webapp.kit.clock import now


def test_who_comes_from_the_service_sets_a_second_factor_up_without_a_link(app, client, op, kakari):
    stranger = app.test_client()
    try_in(stranger, "kakari")
    assert 'name="sealed"' not in stranger.get(FACTOR).text, "who knows the password only is told whom to ask"
    page = client.get(go(client, op))
    fields = dict(hidden_of(page, SETUP))
    answer = client.post(SETUP, data={**fields, "code": code_of(now(), letters_of(page))})
    assert answer.location == INBOX
    assert client.get(INBOX).status_code == 200
