"""Where a push leads: the same page for everybody, with the way to one's own."""

import pytest


@pytest.mark.parametrize("voice", ["ja", "ja-easy", "en"])
def test_the_page_behind_a_push_is_public_and_leads_to_the_slip(client, voice):
    answer = client.get(f"/{voice}/notice")
    assert answer.status_code == 200
    assert f'href="/{voice}/slip"' in answer.text
    assert "no-store" not in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    assert answer.text == client.get(f"/{voice}/notice").text


def test_stopping_pages_are_private(client):
    for path in ("/ja/notices/stop/" + "ab" * 16, "/ja/notices/stop/done"):
        answer = client.get(path)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["X-Robots-Tag"] == "noindex"
