"""Speed of the furigana engine: characters a second of CPU, nothing cached, and the time and memory to load it.

Run as ``python -m bench.furigana``; the text is the gold corpus of the tests, without its readings.
"""

import importlib
import resource
import time
from pathlib import Path

GOLD = Path(__file__).resolve().parents[1] / "tests" / "reading" / "furigana" / "gold"
ROUNDS = 7


def _read_memory() -> float:
    """Give the highest memory of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print load time, memory, characters a second of CPU for sentences and for whole pages, and a cached page."""
    memory, began = _read_memory(), time.process_time()
    furigana = importlib.import_module("webapp.reading.furigana")  # here, so that loading it is in the figure
    furigana.warm()
    loaded = time.process_time() - began
    lines = [
        furigana.strip_markers(line)
        for path in sorted(GOLD.glob("*.txt"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    page = "\n".join(lines)[:2000]
    best = {"sentences": 0.0, "page of 2,000 characters": 0.0}
    for _ in range(ROUNDS):
        for name, texts in (("sentences", lines), ("page of 2,000 characters", [page] * 8)):
            began = time.process_time()
            for text in texts:
                furigana.annotate.__wrapped__(text)
            best[name] = max(best[name], sum(map(len, texts)) / (time.process_time() - began))
    print(f"load: {loaded:.2f} s CPU, memory of the process {memory:.0f} -> {_read_memory():.0f} MB")
    for name, speed in best.items():
        print(f"{name}: {speed:,.0f} characters/s CPU, uncached")
    furigana.annotate(page)
    began = time.perf_counter()
    furigana.annotate(page)
    print(f"cached page: {(time.perf_counter() - began) * 1e6:.1f} us")


if __name__ == "__main__":
    main()
