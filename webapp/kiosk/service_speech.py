"""The voice of shared machines: Japanese from a voice that is installed with the project, English from espeak-ng where it is.

What is spoken is never logged and never kept, but for the fixed texts that were prepared ahead (see `prepare`), of which
everybody knows that they are on every machine. The words of English go to their program by a pipe: nobody sees them in a
list of processes.
"""

import hashlib
import io
import shutil
import subprocess
import wave
from collections.abc import Iterable
from contextlib import redirect_stdout
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from threading import BoundedSemaphore, Lock, Thread
from typing import Any

from webapp.kiosk.rules_speech import PACES, SPELLED, Heard, mend_readings, write_speech
from webapp.reading.furigana import annotate, strip_markers

FOLDER = "speech"
"""Where the sounds of fixed texts are kept, in DATA_DIR."""
RATE = 24000
ENGLISH_RATE = 22050
ENGLISH_PROGRAM = "espeak-ng"
ENGLISH_WORDS_A_MINUTE = 165
MOST_AT_ONCE = 3
"""So many are spoken or waited for at once in a process; whoever comes then is asked to come again in a moment."""
LONGEST_WAIT = 20.0
BETWEEN_PARTS, BETWEEN_SIGNS = 0.35, 0.1
BEFORE, AFTER = 0.02, 0.12
"""Seconds that are left of the silence around what is spoken: the rest would only delay it."""
QUIET = 0.01
LOUDNESS = 0.8
MAKE = "2"
"""Part of the name of whatever is kept: another one where the voice or its rules change."""
_PLAIN: dict[str, Any] = {"use_sudachi_kanji_yomi": False, "predict_nani": False}
"""The voice's own guesses at readings by context are left out: the ward's readings are put in instead."""

_slots = BoundedSemaphore(MOST_AT_ONCE)
_loading = Lock()


class VoiceMissing(RuntimeError):
    """There is no voice for this language on this machine."""


class VoiceBusy(RuntimeError):
    """So much is being spoken that this cannot be begun now."""


def list_voices() -> dict[str, bool]:
    """Tell for each language whether this server can speak it."""
    return {"ja": find_spec("pyopenjtalk") is not None, "en": shutil.which(ENGLISH_PROGRAM) is not None}


def speak(text: str, lang: str, speed: str, folder: Path | None = None) -> bytes:
    """Return the sound of a text (WAV, mono, 16 bit); nothing of it is kept. Raises VoiceMissing, VoiceBusy.

    A fixed text that was prepared in `folder` is taken from there. A text without anything to speak is a moment of silence.
    """
    parts = write_speech(text, lang)
    kept = folder / name_sound(parts, lang, speed) if folder else None
    if kept and kept.exists():
        warm_voice(lang)
        return kept.read_bytes()
    if not parts:
        return _write_wav(_pause(BEFORE), RATE)
    if not list_voices()[lang]:
        raise VoiceMissing(lang)
    if not _slots.acquire(blocking=False):
        raise VoiceBusy(lang)
    try:
        return _speak_parts(parts, lang, speed)
    finally:
        _slots.release()


def name_sound(parts: Iterable[str], lang: str, speed: str) -> str:
    """Return the name of the file for a text's sound; a page that shows readings asks for the same one."""
    plain = (strip_markers(part) for part in parts)
    return hashlib.sha256("\0".join((MAKE, lang, speed, *plain)).encode()).hexdigest() + ".wav"


def prepare(texts: Iterable[tuple[str, str]], speed: str, folder: Path) -> tuple[int, int]:
    """Keep the sounds of fixed texts (language, words), and nothing else; return how many there are and how many bytes."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    have = list_voices()
    wanted = {}
    for lang, words in texts:
        parts = write_speech(words, lang)
        if parts and have[lang]:
            wanted[name_sound(parts, lang, speed)] = (parts, lang)
    for old in folder.glob("*.wav"):
        if old.name not in wanted:
            old.unlink()
    for name, (parts, lang) in wanted.items():
        if not (folder / name).exists():
            fresh = folder / f"{name}.new"
            fresh.write_bytes(_speak_parts(parts, lang, speed))
            fresh.replace(folder / name)
    return len(wanted), sum((folder / name).stat().st_size for name in wanted)


def warm_voice(lang: str) -> None:
    """Load the Japanese voice in the background, so that the first text that was not prepared does not wait for it."""
    if lang == "ja" and not _load_japanese.cache_info().currsize and list_voices()["ja"] and not _loading.locked():
        Thread(target=_japanese, daemon=True).start()


def _speak_parts(parts: Iterable[str], lang: str, speed: str) -> bytes:
    """Return the sound of the parts of a text, with pauses between them."""
    pace = PACES[speed]
    if lang == "en":
        return _speak_english("\n\n".join(parts), pace)
    voice = _japanese()
    return _write_wav(_pause(BETWEEN_PARTS).join(_speak_part(voice, part, pace) for part in parts), RATE)


def _pause(seconds: float) -> bytes:
    """Return silence."""
    return b"\0\0" * int(RATE * seconds)


def _speak_part(voice: Any, part: str, pace: float) -> bytes:
    """Return the samples of one part; spelled numbers are put together from their signs, each evenly clear."""
    signs = part.split("、")
    if not SPELLED.issuperset(signs):
        return _speak_japanese(voice, _mend(voice, part), pace)
    return _pause(BETWEEN_SIGNS).join(_speak_sign(sign, pace) for sign in signs)


@lru_cache(maxsize=3 * len(SPELLED))
def _speak_sign(sign: str, pace: float) -> bytes:
    """Return the samples of a digit, letter or mark, made once for the process."""
    return _speak_japanese(_japanese(), sign, pace)


def _japanese() -> Any:
    """Return the Japanese voice, loaded once for the process by whoever comes first."""
    with _loading:
        return _load_japanese()


@lru_cache(maxsize=1)
def _load_japanese() -> Any:
    """Load the Japanese voice; what it prints about parts that it can do without is not for our logs."""
    with redirect_stdout(io.StringIO()):
        import pyopenjtalk  # noqa: PLC0415  # heavy, and only where there is a kiosk

        pyopenjtalk.tts("あ", **_PLAIN)
    return pyopenjtalk


def read_as_spoken(text: str) -> str:
    """Return a Japanese text as it goes to the voice: with the ward's readings where the voice would say something else."""
    return _mend(_japanese(), text)


def _mend(voice: Any, text: str) -> str:
    """Put the ward's readings in where the voice would say something else."""
    pieces = annotate(text)
    plain = "".join(piece.text for piece in pieces)
    words = (
        (word["char_span"], word["read"])
        for word in voice.g2p_mapping(plain, **_PLAIN)
        if word["char_span"][1] and word["pos"] != "記号"
    )
    return mend_readings(pieces, [Heard(start, end, reading) for (start, end), reading in words])


def _speak_japanese(voice: Any, text: str, pace: float) -> bytes:
    """Return the samples of one part."""
    import numpy  # noqa: PLC0415  # comes with the voice

    try:
        samples, rate = voice.tts(text, speed=pace, **_PLAIN)
    except ValueError:  # nothing in it has a sound
        return b""
    step = rate // RATE
    whole = samples[: len(samples) // step * step] if step > 1 else samples
    smooth = numpy.convolve(whole, _low_pass(step), mode="same")[::step] * LOUDNESS
    loud = numpy.flatnonzero(numpy.abs(smooth) > QUIET * 32768)
    if not len(loud):
        return b""
    first, last = max(0, loud[0] - int(RATE * BEFORE)), loud[-1] + int(RATE * AFTER)
    return bytes(numpy.clip(smooth[first:last], -32768, 32767).astype("<i2").tobytes())


@lru_cache(maxsize=2)
def _low_pass(step: int) -> Any:
    """Return a filter that takes away what a lower rate cannot carry (a windowed sinc of 63 taps)."""
    import numpy  # noqa: PLC0415  # comes with the voice

    places = numpy.arange(-31, 32)
    taps = numpy.sinc(places / step * 0.92) * numpy.hamming(63)
    return taps / taps.sum()


def _speak_english(text: str, pace: float) -> bytes:
    """Return the sound of English words."""
    words_a_minute = str(int(ENGLISH_WORDS_A_MINUTE * pace))
    command = [ENGLISH_PROGRAM, "--stdin", "--stdout", "-b", "1", "-v", "en-gb", "-s", words_a_minute]
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=LONGEST_WAIT, check=True)  # noqa: S603  # a fixed command; the words come by a pipe
    except (OSError, subprocess.SubprocessError) as error:
        raise VoiceMissing("en") from error
    return _write_wav(done.stdout[done.stdout.find(b"data") + 8 :], ENGLISH_RATE)


def _write_wav(samples: bytes, rate: int) -> bytes:
    """Return samples as a WAV file with a true length, which a program that writes to a pipe cannot know."""
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(samples)
    return file.getvalue()
