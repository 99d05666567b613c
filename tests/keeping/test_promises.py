"""What docs/security.md promises about every answer and every file, looked at as a whole rather than page by page."""

import ast
import re
from dataclasses import replace

import pytest

import webapp.app
from tests.accounts.helping import sign_in
from webapp.app import create_app
from webapp.config import ROOT

SOURCES = {path: path.read_text(encoding="utf-8") for path in sorted((ROOT / "webapp").rglob("*.py"))}
SCRIPTS = {path: path.read_text(encoding="utf-8") for path in sorted((ROOT / "static" / "js").glob("*.js"))}
TEMPLATES = {path: path.read_text(encoding="utf-8") for path in sorted((ROOT / "webapp").glob("*/templates/**/*.html"))}
NO_CALLS = {"eval", "exec", "compile", "__import__"}
NO_MODULES = {"pickle", "marshal", "shelve", "xml", "lxml", "ldap3", "jwt"}
HASHES = {"sha256", "blake2b", "scrypt", "file_digest"}


def test_every_answer_has_its_headers_and_names_nobody(settings, sqlite_engine):
    app = create_app(replace(settings, public_url="https://ward.example"), sqlite_engine)
    client = app.test_client()
    sheet = re.search(r'href="(/static/[^"]+\.css)"', client.get("/ja/").text)[1]
    asked = {"base_url": "https://ward.example", "headers": {"Origin": "https://evil.example"}}
    answers = [client.get(path, **asked) for path in ("/", "/ja/", "/ja/nowhere", sheet, "/static/none.css", "/healthz", "/readyz",
                                                      "/ja/staff/sign-in", "/sw.js", "/ja/procedures/", "/api/v1/applications")]  # fmt: skip
    answers += [client.post("/ja/slip", **asked), client.put("/ja/", **asked), client.post("/csp-report", **asked)]
    assert {one.status_code for one in answers} >= {200, 403, 404}
    for answer in answers:
        heads, place = answer.headers, answer.request.path
        assert "default-src 'none'" in heads["Content-Security-Policy"], place
        assert "frame-ancestors 'none'" in heads["Content-Security-Policy"]
        assert "unsafe" not in heads["Content-Security-Policy"]
        assert heads["X-Content-Type-Options"] == "nosniff"
        assert heads["Cross-Origin-Opener-Policy"] == heads["Cross-Origin-Resource-Policy"] == "same-origin"
        assert heads["Referrer-Policy"] in ("no-referrer", "same-origin")
        assert heads["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
        assert {"Access-Control-Allow-Origin", "Server", "X-Powered-By"} & set(heads.keys()) == set()
        if heads["Content-Type"].startswith("text/"):
            assert "charset=utf-8" in heads["Content-Type"], place


def test_every_cookie_is_bound_to_this_host(settings, sqlite_engine):
    client = create_app(replace(settings, public_url="https://ward.example"), sqlite_engine).test_client()
    asked = {"base_url": "https://ward.example"}
    answers = [client.get("/ja/staff/sign-in", **asked), client.post("/ja/procedures/dog-registration/start", **asked),
               client.post("/ja/settings", data={"size": "large"}, **asked)]  # fmt: skip
    cookies = [cookie for answer in answers for cookie in answer.headers.getlist("Set-Cookie")]
    assert len(cookies) >= 2
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        for word in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
            assert word in cookie
        assert "Domain" not in cookie
        assert len(cookie) < 4096


@pytest.mark.parametrize("path", [
    "/.git/config", "/.env", "/webapp/config.py", "/static/", "/static/js/", "/static/../webapp/config.py", "/static/%2e%2e/pyproject.toml",
    "/data/keys/pepper", "/requirements/run.lock", "/docs/security.md", "/console", "/debug", "/metrics", "/admin",
])  # fmt: skip
def test_nothing_of_the_server_itself_can_be_fetched(app, path):
    assert not app.debug
    assert not app.testing
    assert app.test_client().get(path, follow_redirects=True).status_code == 404


def test_sign_out_is_on_the_pages_of_those_who_are_signed_in(client, app):
    sign_in(client, app, ("auditor",), "kansa")
    for path in ("/ja/staff/account", "/ja/staff/log", "/en/staff/account"):
        assert 'staff/sign-out"' in client.get(path).text


def test_scripts_write_text_only_and_are_moved_by_nobody_else():
    banned = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|__proto__|srcdoc|Object\.assign\(\{?\}?, *JSON"
    )
    assert [f"{path.name}: {found[0]}" for path, words in SCRIPTS.items() if (found := banned.search(words))] == []
    assert [
        path.name for path, words in SCRIPTS.items() if re.search(r"""addEventListener\(["']message["']""", words)
    ] == ["worker.js"]
    assert {path.name for path, words in SCRIPTS.items() if "https://" in words} == set()


def test_templates_escape_everything_and_hinder_no_password_manager():
    for path, words in TEMPLATES.items():
        assert not re.search(
            r"[^'\"]\|\s*safe\b|autoescape|onpaste|\son[a-z]+=|\sstyle=|<script(?![^>]* src=)[^>]*>", words
        ), path
        for field in re.findall(r'<input[^>]*type="password"[^>]*>', words):
            assert "autocomplete=" in field, path
            assert "maxlength" not in field, path


def list_nodes(kind):
    """Yield every node of a kind in the product, with its place."""
    for path, words in SOURCES.items():
        for node in ast.walk(ast.parse(words)):
            if isinstance(node, kind):
                yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def test_nothing_is_run_or_built_from_data():
    calls = [(place, node.func.id) for place, node in list_nodes(ast.Call) if isinstance(node.func, ast.Name)]
    assert [one for one in calls if one[1] in NO_CALLS] == []
    assert [place for place, node in list_nodes(ast.keyword) if node.arg == "shell"] == []
    names = [(place, alias.name) for place, node in list_nodes(ast.Import) for alias in node.names]
    names += [(place, node.module or "") for place, node in list_nodes(ast.ImportFrom)]
    assert [one for one in names if one[1].split(".")[0] in NO_MODULES] == []
    assert {place.split(":")[0] for place, name in names if name == "random"} == {"webapp/learning/rules_rehearsal.py"}


def test_hashes_are_those_of_the_inventory():
    used = [
        (place, node.attr)
        for place, node in list_nodes(ast.Attribute)
        if isinstance(node.value, ast.Name) and node.value.id == "hashlib"
    ]
    other = {place.split(":")[0] for place, name in used if name not in HASHES}
    assert other == {"webapp/accounts/service_leaked.py"}, "SHA-1, because the list of leaked passwords has it"
    sha1 = {path.relative_to(ROOT).as_posix() for path, words in SOURCES.items() if re.search(r"sha1|md5", words)}
    assert sha1 == {"webapp/accounts/service_leaked.py", "webapp/accounts/rules_totp.py"}, "code apps know nothing else"


def test_lines_out_follow_no_redirect_and_check_certificates():
    for path, words in SOURCES.items():
        assert "verify=False" not in words, path
        assert "CERT_NONE" not in words, path
        assert "check_hostname = False" not in words, path
        for call in re.findall(r"requests\.(?:get|post|put|request)\([^)]*\)|\.post\(\s*url[^)]*\)", words):
            assert "allow_redirects=False" in call, path


def test_failure_of_the_page_for_failures_is_still_a_page(app, monkeypatch):
    def fail(*_args, **_more):
        raise RuntimeError("secret words")

    client, healthy = app.test_client(), app.view_functions["healthz"]
    monkeypatch.setattr(webapp.app, "render_private", fail)
    monkeypatch.setitem(app.view_functions, "healthz", fail)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.text) == (500, webapp.app.LAST_RESORT)
    assert answer.headers["Content-Security-Policy"]
    assert "secret" not in answer.text
    monkeypatch.setitem(app.view_functions, "healthz", healthy)
    assert client.get("/healthz").status_code == 200
