"""Check a draft at the command line: `python -m webapp.reading.gates easy < file`."""

from __future__ import annotations

import sys

from webapp.reading.gates.commands import run

if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
