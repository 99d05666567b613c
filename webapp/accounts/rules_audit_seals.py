"""Whether the seals of the days fit each other: none missing, forged, or put in another's place. Pure decisions."""

from collections.abc import Mapping, Sequence

from webapp.accounts.rules_audit import Finding, Seal, digest, read_seal

Files = Mapping[str, bytes]
"""The seals of a folder: what each file holds, by its day (YYYY-MM-DD)."""


def check_seals(files: Files, copies: Files | None, keys: Sequence[bytes]) -> tuple[list[Seal], list[Finding]]:
    """Return what the seals say, with what is wrong about them. `copies` are those in another place, where there is one."""
    read = {day: (content, read_seal(day, content, keys)) for day, content in {**(copies or {}), **files}.items()}
    findings = [Finding("seal-forged", day=day) for day, (_, seal) in sorted(read.items()) if seal is None]
    good = sorted(
        ((seal, content) for content, seal in read.values() if seal is not None), key=lambda pair: pair[0].order
    )
    findings += _check_order(good)
    seals = [seal for seal, _ in good]
    for day, content in sorted((copies or {}).items()):
        if day not in files:
            findings.append(Finding("seal-missing", day=day))
        elif content != files[day]:
            findings.append(Finding("seal-differs", day=day))
            other = read_seal(day, content, keys)
            seals += [other] if other else []
    if copies is not None:
        findings += [Finding("copy-missing", day=day) for day in sorted(set(files) - set(copies))]
    return seals, findings


def _check_order(good: list[tuple[Seal, bytes]]) -> list[Finding]:
    """Return where seals do not stand one behind the other."""
    findings, order, number, before = [], 0, 0, ""
    for seal, content in good:
        if seal.order > order + 1:
            findings.append(Finding("seal-missing", day=seal.day))
        elif seal.order <= order or seal.before != before or seal.number < number:
            findings.append(Finding("seal-forged", day=seal.day))
        order, number, before = seal.order, seal.number, digest(content)
    return findings
