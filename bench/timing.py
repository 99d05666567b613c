"""CPU time of one call, in microseconds: the least of several rounds, so that a busy machine disturbs little."""

import time
from collections.abc import Callable, Mapping

ROUNDS = 9


def measure(call: Callable[[], object], seconds: float = 0.25) -> float:
    """Return microseconds of CPU for one call."""
    call()
    began = time.process_time()
    count = 0
    while time.process_time() - began < seconds / 5 or count < 3:
        call()
        count += 1
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(count):
            call()
        times.append((time.process_time() - began) / count)
    return min(times) * 1e6


def print_table(title: str, rows: Mapping[str, float], base: str, unit: str = "us CPU") -> None:
    """Print figures with their ratio to one of them."""
    print(f"{title}\n")
    print(f"| | {unit} | ratio |")
    print("|---|---|---|")
    for name, value in rows.items():
        print(f"| {name} | {value:,.0f} | {value / rows[base]:.2f} |")
    print()
