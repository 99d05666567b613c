"""Whether a password is in the ward's list of leaked ones: a sorted file of SHA-1 sums, as Have I Been Pwned gives it out."""

import hashlib
from pathlib import Path

_LINE = 4096


def is_leaked(password: str, path: Path | None) -> bool:
    """Tell whether a password is in the list; False where the ward has none. Raises OSError where it cannot be read.

    The list may be far larger than memory: its lines (`SUM:how often`, in order) are halved on the disk until the line is found.
    """
    if path is None:
        return False
    wanted = hashlib.sha1(password.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest().upper().encode()
    with path.open("rb") as file:
        low, high = 0, file.seek(0, 2)
        while low < high:
            middle = (low + high) // 2
            file.seek(max(middle - 1, 0))
            if middle:
                file.readline(_LINE)  # to the end of the line that this place is in
            found = file.readline(_LINE)[:40].upper()
            if not found or found > wanted:
                high = middle
            elif found < wanted:
                low = middle + 1
            else:
                return True
    return False
