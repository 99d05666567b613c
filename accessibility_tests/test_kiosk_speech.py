"""A whole journey at a shared machine with a headset and a keypad, by what is heard alone, in a real browser.

Nothing here looks at a page to find its way: each key is pressed because of what was said before. What was said is kept in
transcripts/; a page that says something else fails here. Renew it with TRANSCRIPTS=write, and read what has changed as
somebody would hear it. The voice itself is replaced by a short silence in the journey, and is real in the other tests.
"""

import os
import re
import statistics
import time
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from accessibility_tests import browser
from accessibility_tests.headset import AUTOPLAY, Headset, pair_machine
from accessibility_tests.screen_reader import even_out
from accessibility_tests.site import open_site
from webapp.kiosk import door, service_speech
from webapp.kiosk.service_speech import prepare
from webapp.kiosk.service_speech_fixed import list_fixed_texts

KEPT = Path(__file__).parent / "transcripts" / "kiosk-road-damage.ja.txt"
NUMBER = re.compile(r"[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{4}")
CODE = re.compile(r"\d{4}-\d{4}-\d{4}")


@pytest.fixture(scope="module")
def place():
    """Yield the product of this file alone."""
    with open_site() as one:
        yield one


@pytest.fixture
def headset(place, monkeypatch):
    """Yield the headset of a machine at which nobody sits yet."""
    monkeypatch.setattr(browser, "FLAGS", (*browser.FLAGS, AUTOPLAY))
    monkeypatch.setattr(door, "CLEARED", '"cache"')  # what is wiped is looked at elsewhere
    with browser.open_browser() as driver:
        one = Headset(driver)
        pair_machine(place, driver)
        yield one


@pytest.fixture
def silence(monkeypatch):
    """Let the machine say short silences."""
    short = service_speech._write_wav(service_speech._pause(0.2), service_speech.RATE)
    monkeypatch.setattr(service_speech, "_speak_parts", lambda parts, lang, speed: short)


def start(headset, voice="日本語 はじめる", patient=True):
    """Switch the voice on by its key and begin."""
    assert headset.listen() == [], "a machine that nobody uses says nothing"
    said = headset.press_and_go("*", patient)
    assert not patient or "使う言葉のボタンを押してください" in said[0]
    headset.seek(voice, "ボタン", key=Keys.ARROW_RIGHT)
    return headset.press_and_go(patient=patient)


def go_on(headset, *label):
    """Press the button that leads on."""
    headset.seek(*(label or ("次へ進む", "ボタン")))
    return headset.press_and_go()


def choose(headset, *label):
    """Choose an option, and hear that it is chosen."""
    headset.seek(*label)
    assert "ついています" in headset.press(Keys.ENTER)


def test_a_form_is_filled_in_and_its_receipt_heard_by_headset_and_keypad_alone(place, headset, silence):
    said = start(headset)
    assert said[:2] == ["区役所の手続き", "見出し"]
    headset.seek("言葉でさがす", "書く所")
    assert "みち" in headset.write("みち")
    headset.seek("さがす", "ボタン")
    headset.press_and_go()
    headset.seek("道路のこわれた所を知らせる", "リンク")
    headset.press_and_go()
    said = go_on(headset, "書きはじめる", "ボタン")
    assert "あなたの名前を書いてください" in said[0]
    headset.seek("名前", "書く所")
    assert "いと" in headset.write("いと")
    go_on(headset)
    choose(headset, "電話", "印を付ける四角")
    go_on(headset)
    headset.seek("電話番号", "書く所")
    headset.press(Keys.ENTER)
    for digit in "0312345678":
        assert digit in headset.press(digit)
    assert "0312345678" in headset.press(Keys.ESCAPE)
    said = go_on(headset)
    assert "何がこわれていますか" in said[0]
    # A mistake: nothing is chosen. What is to mend is said before anything else.
    said = go_on(headset)
    assert "直すところが1つあります" in said[0]
    headset.seek("ガードレール", "1つだけ選ぶ丸")
    assert "ついています" in headset.press(Keys.ENTER)
    go_on(headset)
    choose(headset, "いいえ", "1つだけ選ぶ丸")
    go_on(headset)
    headset.seek("書く所")
    headset.write("えき")
    go_on(headset)
    go_on(headset)
    for part, digits in (("年", "2026"), ("月", "11"), ("日", "20")):
        headset.seek(part, "書く所")
        headset.press(Keys.ENTER)
        for digit in digits:
            headset.press(digit)
        headset.press(Keys.ESCAPE)
    go_on(headset)
    said = go_on(headset)
    assert any("0312345678" in one or "03-1234-5678" in one for one in said), (
        "what was written is heard before it is sent"
    )
    choose(headset, "印を付ける四角")
    said = go_on(headset, "送る", "ボタン")
    assert "送りました" in said[0]
    shown = [one.text for one in headset.driver.find_elements(By.CSS_SELECTOR, ".slip dd")]
    heard = {found[0] for words in said for found in [NUMBER.search(words) or CODE.search(words)] if found}
    assert len(shown) == 2
    assert heard >= set(shown), "the number and the code of the receipt are heard"
    assert headset.press("*") == said, "what was sent is said again"
    headset.seek("レシートの紙に印刷する", "リンク")
    said = headset.press_and_go()
    assert {NUMBER.search(words)[0] for words in said if NUMBER.search(words)} >= {shown[0]}
    assert any("2111" in words for words in said), "the telephone number is heard"
    assert any("答えが届くめやす" in words for words in said), "the next date is heard"
    assert headset.press("*") == said, "the receipt is said again"
    keep_transcript(headset)


def keep_transcript(headset):
    """Compare what was said with what was said last."""
    heard = "\n".join(even_out(line) for line in headset.transcript).strip() + "\n"
    if os.environ.get("TRANSCRIPTS") == "write":
        KEPT.write_text(heard, encoding="utf-8")
    assert heard.splitlines() == KEPT.read_text(encoding="utf-8").splitlines(), "TRANSCRIPTS=write writes it anew"


def measure(headset, key, times):
    """Press a key again and again; return the milliseconds until the first sound began, in order of size."""
    headset.driver.execute_script("window.kioskVoice.delays.length = 0")
    for _ in range(times):
        headset.press(key)
    return sorted(headset.driver.execute_script("return window.kioskVoice.delays"))


@pytest.mark.long
def test_the_real_voice_answers_keys_soon_and_says_something(place, headset, capsys):
    folder = place.ward.settings.data_dir / service_speech.FOLDER
    keys = [one for one in list_fixed_texts(place.app.extensions["reading"]) if len(one[1]) == 1 and one[0] == "ja"]
    words = ["ボタン", "リンク", "見出し", "書く所", "ついていません", "ついています"]
    prepare([*keys, *(("ja", word) for word in words)], "normal", folder)
    start(headset, patient=False)
    headset.seek("言葉でさがす", "書く所")
    headset.press(Keys.ENTER)
    known = measure(headset, Keys.ARROW_RIGHT, 12)
    headset.press(Keys.ESCAPE)
    fresh = measure(headset, Keys.ARROW_DOWN, 25)
    with capsys.disabled():
        for name, delays in (("prepared", known), ("spoken on request", fresh)):
            middle, late = statistics.median(delays), delays[int(len(delays) * 0.95)]
            print(f"\n{name}: {len(delays)} keys, sound after {middle:.0f} ms (median), {late:.0f} ms (95 of 100)")
    assert statistics.median(known) < 500
    assert statistics.median(fresh) < 2000
    assert "(no voice)" not in "".join(headset.transcript)


def test_volume_speed_and_repeat_are_keys_and_are_gone_with_whoever_set_them(place, headset, silence):
    start(headset)
    assert headset.press("+") == ["音の大きさ6"]
    assert headset.press("-") == ["音の大きさ5"]
    assert headset.press("-") == ["音の大きさ4"]
    again = headset.seek("さがす", "ボタン")
    assert headset.press("*") == again
    headset.seek("声を変える", "ボタン", key=Keys.ARROW_UP)
    assert "開いています" in headset.press(Keys.ENTER)
    headset.seek("速く", "ボタン")
    assert headset.press(Keys.ENTER) == ["速く話します"]
    driver = headset.driver
    time.sleep(0.5)
    driver.refresh()
    assert driver.execute_script("return document.documentElement.dataset.kioskVolume") == "4"
    assert driver.execute_script("return document.documentElement.dataset.kioskSpeed") == "fast"
    assert driver.execute_script("return localStorage.length + sessionStorage.length") == 0
    driver.execute_script("document.querySelector('[data-kiosk-end]').requestSubmit()")
    for _ in range(100):
        if "/kiosk/bye" in driver.current_url:
            break
        time.sleep(0.1)
    driver.get(f"{place.base}/ja/kiosk/")
    marks = driver.execute_script("return {...document.documentElement.dataset}")
    assert (marks["kioskVolume"], marks["kioskSpeed"], marks["kioskAloud"]) == ("5", "normal", "off")


@pytest.mark.long
def test_whoever_goes_on_is_not_made_to_listen(headset, silence):
    start(headset)
    driver = headset.driver
    driver.execute_script(
        "kioskVoice.say([{lang: 'ja', words: '一。二。三。四。五。六。七。八。九。十。'}]); window.heard = []"
    )
    headset.press(Keys.ARROW_DOWN)
    assert not any("十" in words for words in headset.transcript)
    driver.execute_script("kioskVoice.say([{lang: 'ja', words: 'これは、止められます。'}])")
    driver.execute_script("kioskVoice.pause()")
    assert driver.execute_script("return kioskVoice.isPaused()")
    driver.execute_script("kioskVoice.pause()")
    assert not driver.execute_script("return kioskVoice.isPaused()")
    headset.listen()


@pytest.mark.long
def test_nobody_there_is_asked_by_voice(place, headset, silence, monkeypatch):
    monkeypatch.setitem(place.app.config, "KIOSK_IDLE", 4)
    start(headset)
    headset.listen()
    headset.driver.execute_script("window.heard = []")
    said = []
    ends = time.monotonic() + 12
    while time.monotonic() < ends and not any("そのままにすると" in words for words in said):
        said += headset.listen()
        time.sleep(0.2)
    assert "まだ使いますか" in said
    assert any("どれかのキーを押すと、続けられます" in words for words in said)
    assert headset.press(Keys.ARROW_DOWN)[0] == "続けます"


@pytest.mark.long
def test_english_is_spoken_in_english(headset, silence):
    said = start(headset, voice="English")
    assert any(re.fullmatch(r"[A-Za-z ,.'’-]+", words) for words in said[:2]), said[:5]
    langs = headset.driver.execute_script("return document.documentElement.lang")
    assert langs == "en"
