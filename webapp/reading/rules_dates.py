"""Dates in the reader's voice: both ways of counting years in Japanese, words in English."""

from datetime import date

ERAS = ((date(2019, 5, 1), "令和", "Reiwa"), (date(1989, 1, 8), "平成", "Heisei"), (date(1926, 12, 25), "昭和", "Showa"),
        (date(1912, 7, 30), "大正", "Taisho"), (date(1868, 1, 25), "明治", "Meiji"))  # fmt: skip
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip


def era_year(day: date) -> tuple[str, str, int] | None:
    """Return the era of a day (Japanese and English name) and the year in it; None before Meiji."""
    for start, japanese, english in ERAS:
        if day >= start:
            return japanese, english, day.year - start.year + 1
    return None


def write_day(day: date, voice: str) -> str:
    """Write a day: 2026年11月24日（令和8年）, or 24 November 2026 in English."""
    if voice == "en":
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    era = era_year(day)
    year = "" if era is None else f"（{era[0]}{'元' if era[2] == 1 else era[2]}年）"
    return f"{day.year}年{day.month}月{day.day}日{year}"
