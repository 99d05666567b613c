"""Numbers that people hold survive how people write them, and slips of the hand are noticed."""

import secrets

import pytest

from webapp.kit.ids import (
    CROCKFORD,
    find_confirmation_code,
    find_receipt_number,
    find_spoken_code,
    new_confirmation_code,
    new_receipt_number,
    new_spoken_code,
    show_confirmation_code,
    show_receipt_number,
    show_spoken_code,
)


def test_receipt_number_is_found_however_it_is_written():
    number = new_receipt_number()
    shown = show_receipt_number(number)
    wide = "".join(chr(ord(c) + 0xFEE0) if c.isalnum() else "－" for c in shown)
    for typed in (
        number,
        shown,
        shown.lower(),
        f"  {shown.replace('-', ' ')} ",
        wide,
        shown.replace("0", "O").replace("1", "l"),
    ):
        assert find_receipt_number(typed) == number


def test_any_one_wrong_character_of_a_receipt_number_is_noticed():
    number = new_receipt_number()
    for place in range(len(number) - 1):
        other = secrets.choice([c for c in CROCKFORD if (CROCKFORD.index(c) - CROCKFORD.index(number[place])) % 31])
        assert find_receipt_number(number[:place] + other + number[place + 1 :]) is None


def test_confirmation_number_is_found_however_it_is_written():
    code = new_confirmation_code()
    wide = code.translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    for typed in (code, show_confirmation_code(code), wide, " ".join(code)):
        assert find_confirmation_code(typed) == code


def test_any_one_wrong_digit_of_a_confirmation_number_is_noticed():
    code = new_confirmation_code()
    for place in range(len(code)):
        wrong = code[:place] + str((int(code[place]) + 1) % 10) + code[place + 1 :]
        assert find_confirmation_code(wrong) is None


def test_spoken_code_is_found_however_it_is_written():
    code = new_spoken_code()
    shown = show_spoken_code(code)
    wide = shown.translate(str.maketrans("0123456789-", "０１２３４５６７８９－"))
    assert [len(group) for group in shown.split("-")] == [3, 4, 4]
    for typed in (code, shown, wide, " ".join(code), f"　{shown.replace('-', 'ー')}\n", shown.replace("-", "‐")):
        assert find_spoken_code(typed) == code


def test_any_one_wrong_digit_of_a_spoken_code_is_noticed():
    code = new_spoken_code()
    for place in range(len(code)):
        for step in range(1, 10):
            wrong = code[:place] + str((int(code[place]) + step) % 10) + code[place + 1 :]
            assert find_spoken_code(wrong) is None


def test_spoken_code_is_never_taken_for_another_number_nor_another_number_for_it():
    for _ in range(300):
        spoken = new_spoken_code()
        assert find_confirmation_code(spoken) is None
        assert find_receipt_number(spoken) is None
        assert find_spoken_code(new_confirmation_code()) is None
        assert find_spoken_code(new_receipt_number()) is None
        assert find_spoken_code(f"{spoken[:4]}A{spoken[4:]}BC") is None


@pytest.mark.parametrize("typed", ["", "\x00", "1" * 5000, "あいう", "\ud800", "AAAAA-AAAAA-AAA", "٠" * 11])
def test_nonsense_is_no_number(typed):
    assert find_receipt_number(typed) is None
    assert find_confirmation_code(typed) is None
    assert find_spoken_code(typed) is None


def test_numbers_follow_no_order():
    numbers = [new_receipt_number() for _ in range(200)]
    assert len(set(numbers)) == 200
    assert numbers != sorted(numbers)
