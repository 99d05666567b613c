"""Passwords that are too easily guessed: common ones in any shape, words of the ward and the person, leaked ones."""

import hashlib
import time
from dataclasses import replace

import pytest
from zxcvbn.frequency_lists import FREQUENCY_LISTS

from tests.accounts.helping import sign_in
from tests.accounts.test_account import change
from webapp.accounts.rules import new_password
from webapp.accounts.rules_passwords import find_password_faults
from webapp.accounts.service_leaked import is_leaked

WARD = ("suginami", "杉並", "山田花子")


def faults(word: str) -> tuple[str, ...]:
    """Return what is to mend about a password of somebody called yamada.hanako."""
    return find_password_faults(word, word, "yamada.hanako", WARD)


@pytest.mark.parametrize("word", [
    "password1234", "passwordpassword", "qwertyuiop123", "1q2w3e4r5t6y", "123456789012", "P@ssw0rd!2026", "iloveyou12345",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "abcdefghijkl", "zaq12wsxcde3", "SunshineSunshine", "dragonmaster12", "あいうえおかきくけこさし",
    "baseball2024!!", "tanakatanaka", "monkey monkey monkey",
])  # fmt: skip
def test_what_many_take_is_refused(word):
    assert faults(word) in (("common",), ("ward",))


def test_every_leaked_password_of_the_list_that_is_long_enough_is_refused_and_most_of_the_rest_when_made_longer():
    leaked = FREQUENCY_LISTS["passwords"]
    long_enough = [word for word in leaked if len(word) >= 12]
    assert [word for word in long_enough if not faults(word)] == []
    longer = [f"{word}{word}{word}"[: max(12, 2 * len(word))] for word in leaked[:3000:30]]
    assert [word for word in longer if not faults(word)] == []


@pytest.mark.parametrize("word", [
    "suginami-2026", "Madoguchi-2026!", "suginami kuyakusho", "すぎなみ杉並区役所2026", "hanako-yamada", "administrator-1",
    "sakura-2026-nihon",
])  # fmt: skip
def test_words_of_the_ward_and_the_person_do_not_make_a_password(word):
    assert find_password_faults(word, word, "yamada.hanako", (*WARD, "すぎなみ")) in (("ward",), ("name",), ("common",))


@pytest.mark.parametrize("word", [
    "gorogoro-kaminari-7", "midori-no-densha-9", "correct horse battery", "suginami-neko-densha-ame", "ねことでんしゃとあまやどり",
    "x" * 3 + "🌂長靴と雨傘とかたつむり", "kZ8#q1!vTr0p",
])  # fmt: skip
def test_words_that_have_nothing_to_do_with_each_other_are_taken(word):
    assert faults(word) == ()


def test_passwords_of_our_own_making_are_good_ones():
    made = [new_password() for _ in range(20)]
    assert [word for word in made if faults(word)] == []


def test_longest_password_is_judged_quickly():
    begun = time.perf_counter()
    assert faults("ab1!" * 50) == ("common",)
    assert faults("".join(chr(0x4E00 + number * 3701 % 20000) for number in range(200))) == ()
    assert time.perf_counter() - begun < 3


def test_page_says_what_to_do_and_keeps_the_old_password(client, app):
    sign_in(client, app)
    for word, said in (("password1234", "多くの人が使う言葉"), ("madoguchi2026", "区やサービスの名前")):
        answer = change(client, new=word, again=word)
        assert answer.status_code == 422
        assert said in answer.text
        assert word not in answer.text


def test_leaked_passwords_are_found_in_a_sorted_list(tmp_path, client, app):
    known = [f"leaked-{number}" for number in range(200)]
    sums = sorted(hashlib.sha1(word.encode()).hexdigest().upper() for word in known)
    path = tmp_path / "sums.txt"
    path.write_text("".join(f"{one}:{place}\r\n" for place, one in enumerate(sums)))
    assert all(is_leaked(word, path) for word in known)
    assert not any(is_leaked(f"mine-{number}", path) for number in range(200))
    assert not is_leaked(known[0], None)
    sign_in(client, app)
    ward = app.extensions["madoguchi"]
    path.write_text(f"{hashlib.sha1(b'gorogoro-kaminari-8').hexdigest().upper()}:3")
    app.extensions["madoguchi"] = replace(ward, settings=replace(ward.settings, leaked_passwords=path))
    answer = change(client, new="gorogoro-kaminari-8", again="gorogoro-kaminari-8")
    assert answer.status_code == 422
    assert "よそで盗まれたもの" in answer.text
