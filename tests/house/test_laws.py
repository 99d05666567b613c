"""The laws of the house, each a test."""

import ast
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from webapp.app import create_app
from webapp.config import ROOT, Settings
from webapp.kit.database import make_engine
from webapp.kit.messages import extract_messages
from webapp.kit.migrations import find_drift
from webapp.timetable import list_jobs

WEBAPP = ROOT / "webapp"
GROUND = ("kit", "config", "shell")
ROOMS = tuple(sorted(path.parent.name for path in WEBAPP.glob("*/__init__.py") if path.parent.name not in GROUND))
DOORS = re.compile(r"service|rules|pages")
LONGEST_FILE, LONGEST_TEMPLATE, LONGEST_FUNCTION = 300, 140, 35


def list_sources() -> list[Path]:
    """Return every Python file of the product."""
    return sorted(WEBAPP.rglob("*.py"))


def list_imports(path: Path) -> Iterator[str]:
    """Yield every module that a file imports from the product."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("webapp."):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("webapp."))


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_are_entered_by_their_doors_only(room):
    for path in (WEBAPP / room).rglob("*.py"):
        for module in list_imports(path):
            parts = module.split(".")
            other = parts[1]
            if other in ROOMS and other != room and len(parts) > 2 and (WEBAPP / other / f"{parts[2]}.py").exists():
                assert DOORS.match(parts[2]), f"{path} enters {other} by {parts[2]}"


def test_rules_are_pure():
    """No framework, no tables, no clock, no database in what decides."""
    banned = ("flask", "sqlmodel", "sqlalchemy", "webapp.kit.clock", "webapp.kit.database")
    for path in WEBAPP.rglob("rules*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert not name.startswith(banned), f"{path} imports {name}"


def test_only_the_ground_floor_commits():
    for path in list_sources():
        if path.parent.name != "kit":
            assert ".commit()" not in path.read_text(encoding="utf-8"), f"{path} commits"


def test_everything_that_changes_something_has_a_guard(app):
    for rule in app.url_map.iter_rules():
        if rule.methods - {"GET", "HEAD", "OPTIONS"}:
            assert getattr(app.view_functions[rule.endpoint], "guard_kind", None), f"{rule} has no guard"


def test_what_is_guarded_by_a_token_asks_for_it(app):
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if getattr(view, "guard_kind", None) == "bearer":
            assert getattr(view, "asks_for_token", False), f"{rule} takes anything"


def test_no_post_goes_unguarded_if_its_mark_is_forgotten(app, client):
    view = app.view_functions["reading.change_look"]
    del view.guard_kind
    try:
        assert client.post("/look", data={"change": "reset"}).status_code == 403
    finally:
        view.guard_kind = "origin"


def test_files_templates_and_functions_stay_short():
    for path in list_sources():
        source = path.read_text(encoding="utf-8")
        assert source.count("\n") <= LONGEST_FILE, f"{path} is longer than {LONGEST_FILE} lines"
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                assert lines <= LONGEST_FUNCTION + 10, f"{path}:{node.lineno} {node.name} has {lines} lines"
    for path in WEBAPP.rglob("*.html"):
        assert path.read_text(encoding="utf-8").count("\n") <= LONGEST_TEMPLATE, f"{path} is too long"


def test_whatever_is_taken_out_of_a_check_says_why():
    """As `# noqa: S603  # a fixed command`: the code of the rule, then a reason of three words or more."""
    out = re.compile(r"#\s*(?:noqa|type:\s*ignore)\b.*$")
    good = re.compile(r"(?:#\s*(?:noqa: [A-Z0-9, ]+|type: ignore\[[a-z, -]+\])\s*)+(?:#|-)\s*\S+\s+\S+.*$")
    bare = [
        f"{path.relative_to(ROOT)}:{number}" for path in (*list_sources(), *(ROOT / "scripts").glob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if (found := out.search(line)) and not good.search(found[0])
    ]  # fmt: skip
    assert bare == []


def test_catalogue_of_interface_texts_is_current():
    kept = set(
        re.findall(r'^msgid "(.+)"$', (ROOT / "translations" / "messages.pot").read_text(encoding="utf-8"), re.M)
    )
    fresh = {str(message.id) for message in extract_messages(ROOT) if message.id}
    escaped = {one.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") for one in fresh}
    assert escaped - kept == set(), "run `make messages`"


def test_tables_and_migrations_agree(engine):
    find_drift(engine, ROOT / "migrations")


def test_migrations_have_one_head_that_is_written_down():
    newest = max(path.name[:4] for path in (ROOT / "migrations" / "versions").glob("[0-9]*.py"))
    assert (ROOT / "migrations" / "HEAD").read_text(encoding="utf-8").strip() == newest


def test_every_setting_is_documented():
    named = set(re.findall(r'"([A-Z][A-Z_]+)"', (WEBAPP / "config.py").read_text(encoding="utf-8")))
    guide = (ROOT / "docs" / "how-to" / "run-it-for-real.md").read_text(encoding="utf-8")
    assert {name for name in named if f"`{name}`" not in guide} == set()


def test_every_verb_is_documented():
    verbs = re.findall(r"^([a-z0-9]+):.*## ", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    guide = (ROOT / "README.md").read_text(encoding="utf-8") + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert {verb for verb in verbs if f"make {verb}" not in guide} == set()


def test_every_room_is_on_the_map():
    plan = (ROOT / "docs" / "map.md").read_text(encoding="utf-8")
    for folder in WEBAPP.iterdir():
        if folder.is_dir() and (folder / "__init__.py").exists():
            assert f"{folder.name}/" in plan


@pytest.mark.parametrize("folder", ["static/vendor", "accessibility_tests/vendor"])
def test_foreign_files_are_what_was_checked_in(folder):
    for line in (ROOT / folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, name = line.split()
        assert hashlib.sha256((ROOT / folder / name).read_bytes()).hexdigest() == digest


def test_jobs_run_on_an_empty_ward(settings: Settings, sqlite_engine):
    for job in list_jobs(settings, sqlite_engine):
        job.run()


def test_app_is_made_without_any_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert (
        create_app(engine=make_engine(f"sqlite:///{tmp_path / 'x.db'}")).test_client().get("/healthz").status_code
        == 200
    )
    assert oct((tmp_path / "keys" / "master_keys").stat().st_mode)[-3:] == "600"
