"""Where the ward has set no sign-in service, there is none: no button, no address, no wider rules for forms."""

from tests.accounts.helping import make_csrf, sign_in


def test_nothing_is_offered_and_nothing_answers(app, client):
    page = client.get("/ja/staff/sign-in")
    assert "/staff/sso" not in page.text
    assert "form-action 'self';" in page.headers["Content-Security-Policy"]
    assert "/identity" not in client.get("/ja/slip").text
    for path in (
        "/sso/staff/return?code=x&state=y",
        "/sso/resident/return",
        "/ja/staff/sso/problem/down",
        "/ja/identity/problem/down",
        "/ja/identity",
    ):
        assert client.get(path).status_code == 404, path
    for path in ("/ja/staff/sso", "/ja/identity"):
        assert client.post(path).status_code == 404, path
    account_id = sign_in(client, app, ("administrator",), "kanri")
    assert "/sso" not in client.get(f"/ja/staff/people/{account_id}/").text
    for path in ("/ja/staff/sso/proof", f"/ja/staff/people/{account_id}/sso"):
        assert client.post(path, data={"csrf": make_csrf(client), "then": "allow"}).status_code == 404, path
    assert client.get("/ja/staff/sso/done").status_code == 404
