"""Write readings into lines of Japanese: standard input to standard output, as 漢字《かんじ》."""

import io
import sys

from webapp.reading.furigana import Piece, annotate
from webapp.reading.furigana.markers import needs_marker


def write_readings(pieces: tuple[Piece, ...]) -> str:
    """Write pieces with their readings in 《》, and ｜ before a base whose start would not be plain."""
    written, before = [], ""
    for piece in pieces:
        if piece.reading:
            written.append(f"{'｜' if needs_marker(before, piece.text) else ''}{piece.text}《{piece.reading}》")
            before = ""
        else:
            written.append(piece.text)
            before = piece.text
    return "".join(written)


def main() -> None:
    """Annotate each line as it comes."""
    lines = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="surrogateescape", newline="\n")
    output = io.TextIOWrapper(
        sys.stdout.buffer, encoding="utf-8", errors="surrogateescape", newline="\n", line_buffering=True
    )
    for line in lines:
        output.write(write_readings(annotate(line.removesuffix("\n"))) + "\n")


if __name__ == "__main__":
    main()
