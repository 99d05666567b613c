"""The voice of a shared machine: what is said, that it is real sound, and that nobody can find out later what was said."""

import io
import logging
import wave

import numpy
import pytest

from tests.kiosk.helping import add_machine, make_staff, pair, sit_down
from webapp.kiosk import service_speech
from webapp.kiosk.rules_speech import Heard, mend_readings, write_speech
from webapp.kiosk.service_speech import RATE, prepare, read_as_spoken, speak
from webapp.kiosk.service_speech_fixed import list_fixed_texts
from webapp.reading.furigana import Piece, annotate

RECEIPT = "控えの番号: K7Q2M-9XW4C-T8RB"


def listen(sound):
    with wave.open(io.BytesIO(sound)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        samples = numpy.frombuffer(file.readframes(file.getnframes()), "<i2")
        return samples, file.getnframes() / file.getframerate()


@pytest.fixture
def machine(app):
    """Return the browser of a machine at which somebody sits."""
    staff = make_staff(app)
    seated = pair(app, staff, add_machine(staff))
    sit_down(seated)
    return seated


def ask(client, text, voice="ja", **fields):
    return client.post(f"/{voice}/kiosk/speech", data={"text": text, **fields})


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        (RECEIPT, ["控えの番号", "ケー、ナナ、クイーンのキュー、ニー、エム", "キュー、エックス、ダブリュー、ヨン、シー", "ティー、ハチ、アール、ビー"]),
        ("確認番号 1234-5678-9012", ["確認番号", "イチ、ニー、サン、ヨン", "ゴー、ロク、ナナ、ハチ", "キュー、ゼロ、イチ、ニー"]),
        ("電話 0120-123-456", ["電話", "ゼロ、イチ、ニー、ゼロ", "イチ、ニー、サン", "ヨン、ゴー、ロク"]),
        ("09012345678", ["ゼロ、キュー、ゼロ、イチ、ニー、サン、ヨン、ゴー、ロク、ナナ、ハチ"]),
        ("つぎに見る日: 2026-12-01（火）", ["つぎに見る日、2026年12月1日、火曜日"]),
        ("8:30〜17:00", ["8時30分から17時"]),
        ("「はい」を押す（あとで変えられます）", ["はいを押す、あとで変えられます"]),
        ("暗証番号 ●●●●", ["暗証番号、かくした字が4つ"]),
        ("QRコードとA4の紙", ["キューアールコードとエーよんの紙"]),
        ("mail: a-b@example.jp", ["メール", "エー、ハイフン、ビー、アットマーク、イー、エックス、エー、エム、ピー、エル、イー、ドット、ジェー、ピー"]),
        ("12,800円と3人", ["12,800円と3人"]),
        ("は", ["ハ"]), ("へ", ["ヘ"]), ("っ", ["小さいツ"]), ("ー", ["のばす音"]), ("゛", ["てんてん"]), ("A", ["エー"]), ("q", ["クイーンのキュー"]), ("9", ["キュー"]),
        ("🙂", []), ("", []), ("…", []), (" ", ["あき"]),
    ],
)  # fmt: skip
def test_words_are_written_as_they_are_spoken(text, spoken):
    assert list(write_speech(text, "ja")) == spoken


def test_english_numbers_are_said_one_by_one():
    assert write_speech("Receipt number: K7Q2M-9XW4C-T8RB", "en") == (
        "Receipt number:",
        "K, 7, Q, 2, M",
        "9, X, W, 4, C",
        "T, 8, R, B",
    )
    assert write_speech("@", "en") == ("at sign",)


def test_the_wards_reading_wins_where_the_voice_would_say_another_and_the_voice_keeps_its_melody_elsewhere():
    assert read_as_spoken("この方が申し込みます。") == "このカタが申し込みます。"
    assert read_as_spoken("児童手当を区役所で申し込みます。") == "児童手当を区役所で申し込みます。"
    assert read_as_spoken("表《ひょう》の中") == "ヒョウの中"
    assert read_as_spoken("2026年12月1日から") == "2026年12月1日から"


def test_words_that_the_two_cut_differently_are_compared_as_a_whole():
    pieces = annotate("申し込みの方法")
    heard = [Heard(0, 4, "モウシコミ"), Heard(4, 5, "ノ"), Heard(5, 7, "ホウホウ")]
    assert mend_readings(pieces, heard) == "申し込みの方法"
    assert mend_readings(
        [Piece("大人", "おとな"), Piece("の人", None)], [Heard(0, 1, "ダイ"), Heard(1, 2, "ニン")]
    ) == ("オトナの人")
    assert mend_readings([Piece("生", "なま"), Piece("もの", None)], [Heard(0, 3, "セイモノ")]) == "ナマもの"
    assert mend_readings([Piece("12", None), Piece("分", "ふん")], []) == "12分"
    assert mend_readings([], []) == ""


def test_a_receipt_is_pronounced_as_expected():
    voice = service_speech._japanese()
    said = [
        voice.g2p(read_as_spoken(part), kana=True, use_sudachi_kanji_yomi=False) for part in write_speech(RECEIPT, "ja")
    ]
    assert said[0] == "ヒカエノバンゴー"
    assert said[1] == "ケー、ナナ、クイーンノキュー、ニー、エム"
    day = "".join(write_speech("つぎに見る日は2026年12月8日です。", "ja"))
    assert (
        voice.g2p(read_as_spoken(day), kana=True, use_sudachi_kanji_yomi=False)
        == "ツギニミルヒワニセンニジューロクネンジューニガツヨーカデス。"
    )


def test_sound_is_real_speech_of_a_plausible_length_and_no_two_texts_sound_the_same():
    texts = ["次へ進む", "戻る", "送りました", "あなたの名前を書いてください。"]
    sounds = {text: listen(speak(text, "ja", "normal")) for text in texts}
    for text, (samples, seconds) in sounds.items():
        assert 0.06 * len(text) < seconds < 0.5 * len(text) + 0.4, (text, seconds)
        assert 1500 < numpy.sqrt(numpy.mean(samples.astype(float) ** 2)) < 12000, text
        assert numpy.mean(numpy.abs(samples) >= 32767) < 0.001, f"{text} is clipped"
    assert len({samples.tobytes() for samples, _ in sounds.values()}) == len(texts)
    # A vowel of this voice hums between 80 and 400 times a second, as people do.
    vowel = listen(speak("あああああ", "ja", "normal"))[0].astype(float)
    middle = vowel[len(vowel) // 3 :][:4800]
    echo = numpy.correlate(middle, middle, "full")[len(middle) - 1 :]
    assert 80 < RATE / (60 + numpy.argmax(echo[60:300])) < 400


def test_slow_and_fast_change_the_length_and_numbers_have_pauses():
    usual = listen(speak("送りました。控えを取ってください。", "ja", "normal"))[1]
    assert listen(speak("送りました。控えを取ってください。", "ja", "fast"))[1] < usual * 0.8
    assert listen(speak("送りました。控えを取ってください。", "ja", "slow"))[1] > usual * 1.15
    assert listen(speak("1234-5678-9012", "ja", "normal"))[1] > 4


@pytest.mark.skipif(not service_speech.list_voices()["en"], reason="espeak-ng is not installed here")
def test_english_is_spoken_by_an_english_voice():
    samples, seconds = listen(speak("Please write your name.", "en", "normal"))
    assert 0.8 < seconds < 4
    assert numpy.abs(samples).max() > 3000
    assert samples.tobytes() != listen(speak("Your number is K7Q2M.", "en", "normal"))[0].tobytes()


def test_a_machine_at_which_somebody_sits_is_answered_with_sound_that_nobody_keeps(machine):
    answer = ask(machine, "送りました。")
    assert (answer.status_code, answer.mimetype) == (200, "audio/wav")
    assert answer.headers["Cache-Control"] == "no-store"
    assert listen(answer.data)[1] > 0.4


def test_nobody_else_is_answered(client, machine):
    assert ask(client, "送りました。").status_code == 404
    machine.post("/ja/kiosk/end", data={"sure": "yes"})
    assert ask(machine, "送りました。").status_code == 404


def test_other_sites_are_refused(machine):
    refused = machine.post("/ja/kiosk/speech", data={"text": "あ"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403


@pytest.mark.parametrize(
    "fields",
    [{"text": ""}, {}, {"text": "あ" * 401}, {"text": "あ", "lang": "xx"}, {"text": "あ", "speed": "9"}],
)
def test_what_cannot_be_spoken_is_no_failure(machine, fields):
    assert machine.post("/ja/kiosk/speech", data=fields).status_code == 422


@pytest.mark.parametrize(
    "text",
    ["\x00", "🙂", "\u202e", "《》", "《あ", "漢字《", "ー" * 400, "1" * 400, "》《", "<b>", "%s%(x)s", "\ud800"],
)
def test_hostile_texts_are_spoken_or_silent(machine, text):
    body = {"text": text.encode("utf-8", "surrogatepass")}
    assert machine.post("/ja/kiosk/speech", data=body).status_code in (200, 422)


def test_whoever_comes_while_others_are_spoken_is_asked_to_wait(machine, monkeypatch):
    taken = 0
    while service_speech._slots.acquire(blocking=False):
        taken += 1
    try:
        answer = ask(machine, "これは、今は話せません。")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    finally:
        for _ in range(taken):
            service_speech._slots.release()
    assert taken == service_speech.MOST_AT_ONCE
    assert ask(machine, "これは、今は話せません。").status_code == 200


def test_without_a_voice_the_page_is_told_so(machine, monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert ask(machine, "Hello", "en", lang="en").status_code == 501


def test_neither_disk_nor_log_has_what_was_spoken(app, machine, settings, caplog):
    app.logger.setLevel(logging.DEBUG)
    with caplog.at_level(logging.DEBUG):
        assert ask(machine, "名前は、阿佐谷ねこ太郎です。").status_code == 200
    assert "ねこ太郎" not in caplog.text
    assert not (settings.data_dir / "speech").exists()
    for path in settings.data_dir.rglob("*"):
        assert not path.is_file() or "ねこ太郎".encode() not in path.read_bytes()


def test_fixed_texts_are_prepared_and_only_they_are_kept(machine, settings, monkeypatch):
    folder = settings.data_dir / "speech"
    count, size = prepare([("ja", "次へ進む"), ("ja", "ボタン"), ("ja", "次へ進む"), ("ja", "…")], "normal", folder)
    assert count == len(list(folder.iterdir())) == 2
    assert size == sum(path.stat().st_size for path in folder.iterdir())
    monkeypatch.setattr(service_speech, "_speak_parts", lambda *_: pytest.fail("it was prepared"))
    assert ask(machine, "次《つぎ》へ進《すす》む").data == ask(machine, "次へ進む").data
    monkeypatch.undo()
    ask(machine, "名前は、ねこ太郎です。")
    assert len(list(folder.iterdir())) == 2
    prepare([("ja", "ボタン")], "normal", folder)
    assert len(list(folder.iterdir())) == 1


def test_every_key_and_button_of_the_machine_is_among_the_fixed_texts(app):
    texts = set(list_fixed_texts(app.extensions["reading"]))
    assert {
        ("ja", "あ"),
        ("ja", "ん"),
        ("ja", "7"),
        ("ja", "Z"),
        ("ja", "ボタン"),
        ("ja", "はじめる"),
        ("en", "7"),
    } <= texts
    assert ("ja", "使う言葉のボタンを押してください") in texts
    assert all(0 < len(words) <= 40 for _, words in texts)
