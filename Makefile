# Madoguchi. `make` prints the verbs.
SHELL := /bin/bash
PY := .venv/bin/python
READY := .venv/.ready
PAGE ?=

.DEFAULT_GOAL := help
.PHONY: help setup system run test check content a11y bench soak furigana speech language messages migrate audit instructor staff rotate drop-old-keys rotate-audit-key advisories backup backup-keys restore lock clean

help: ## print the verbs
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-13s %s\n", $$1, $$2}'

$(READY): requirements/dev.lock pyproject.toml
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed"; exit 1; }
	test -x $(PY) || python3 -m venv .venv
	$(PY) -m pip install --quiet --require-hashes --no-deps --no-compile -r requirements/dev.lock # the lock names all of it
	touch $@

setup: $(READY) ## install the Python packages into .venv

system: ## install what tests need from the system (Chromium, Firefox, PostgreSQL, a Japanese font)
	@bash scripts/install-system.sh

run: setup ## set up everything and serve on http://127.0.0.1:8000/ (HOST, PORT, DATA_DIR)
	@exec $(PY) -m webapp run

migrate: setup ## bring the database to the newest shape
	@$(PY) -m webapp migrate

test: setup system ## everything that must hold: checks, content, tests, real browser
	@$(MAKE) -j2 check content
	@bash scripts/run-tests.sh $(PY)

check: setup ## style, types and the order of the rooms
	@.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy && .venv/bin/lint-imports

content: setup ## check everything the town says: facts, procedures, readings, easy Japanese
	@$(PY) -m webapp content

a11y: setup system ## page checks in a real browser over every voice and look (PAGE=/ja/ for one page)
	@$(PY) -m accessibility_tests.sweep $(PAGE)

bench: setup ## benchmarks against stated peers, side by side
	@$(PY) -m bench

soak: setup system ## the long tests: 50 kills, 100,000 hostile inputs, slow clients, every form in every voice, long browser tests
	@SOAK=1 $(PY) -m pytest tests/soak tests/drafts/test_journeys.py tests/drafts/test_events.py tests/drafts/test_practice.py tests/drafts/test_practice_twins.py tests/learning/test_play.py -q
	@SOAK=1 $(PY) -m pytest accessibility_tests -m long -q

furigana: setup ## write 漢字《かんじ》 readings for lines on standard input
	@$(PY) -m webapp.reading.furigana

speech: setup ## make the sounds of the kiosks' fixed texts ahead (DATA_DIR/speech)
	@$(PY) -m webapp speech

messages: setup ## bring the interface catalogues up to date with the code
	@$(PY) -m webapp messages

language: setup ## begin a language (LANG=ko)
	@$(PY) -m webapp language $(LANG)

instructor: setup ## make an instructor or renew a password, printed once (NAME=hanako)
	@$(PY) -m webapp instructor "$(NAME)"

administrator: setup ## make an administrator or help one back in, by a link printed once (NAME=hanako)
	@$(PY) -m webapp administrator "$(NAME)"

audit: setup ## check that the log of who did and looked at what is whole (exit code 1 if not)
	@$(PY) -m webapp audit

rotate: setup ## give the ward a new master key and seal everything with it, while the service runs
	@$(PY) -m webapp rotate

drop-old-keys: setup ## take the old master key out of the key file once nothing needs it
	@$(PY) -m webapp drop-old-keys

rotate-audit-key: setup ## have the log signed with a new key from now on, while the service runs
	@$(PY) -m webapp rotate-audit-key

backup: setup ## write database, files and seals into one archive, without the keys (TO=folder)
	@$(PY) -m webapp backup "$(or $(TO),.)"

backup-keys: setup ## write all keys into one file, to be kept apart from backups (TO=file)
	@$(PY) -m webapp backup-keys "$(TO)"

restore: setup ## put a backup back (FROM=archive, KEYS=file of keys, OVER=1 to set aside what is there)
	@KEYS="$(KEYS)" OVER="$(OVER)" $(PY) -m webapp restore "$(FROM)"

advisories: setup ## is a known weakness in what is used here (exit code 1: yes; 3: could not be asked)
	@$(PY) scripts/advisories.py

lock: setup ## lock the dependencies anew
	@$(PY) -m pip install --quiet uv
	@for set in run dev; do \
	  .venv/bin/uv pip compile pyproject.toml $$( [ $$set = dev ] && echo --group dev -c requirements/run.lock ) --universal \
	    --python-version 3.11 --generate-hashes --no-annotate --no-header --upgrade -q -o requirements/$$set.lock; done

clean: ## throw away what was made here, but not DATA_DIR
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
