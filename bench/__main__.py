"""Run all benchmarks, or those named: `python -m bench pages search`."""

import importlib
import sys

NAMES = (
    "pages",
    "weights",
    "furigana",
    "search",
    "plans",
    "once_only",
    "submits",
    "servers",
    "classes",
    "inbox",
    "keeping",
)


def main(names: list[str]) -> int:
    """Run benchmarks one after the other."""
    for name in names or NAMES:
        print(f"\n## {name}\n", flush=True)
        importlib.import_module(f"bench.{name}").main()
    return 0


sys.exit(main(sys.argv[1:]))
