"""Numbers, amounts, telephone numbers and accounts, however they are typed."""

import pytest

from tests.facts.making import answer, codes, shown
from tests.facts.samples import make_fact
from webapp.facts.rules_numbers import is_individual_number, is_insurer_number

INSURER = make_fact("number", digits=8, check="mod10-insurer")
CARE = make_fact("number", digits=10, unknown=True)
MONEY = make_fact("amount", unknown=True)
PHONE = make_fact("phone")
MAIL = make_fact("mail")
BANK = make_fact("bank")
ACCOUNT = {
    "institution": "みずほ銀行",
    "branch": "阿佐ヶ谷支店",
    "type": "ordinary",
    "number": "12345",
    "holder": "やまだ　はなこ",
}


@pytest.mark.parametrize("digits", ["06139463", "01130012"])
def test_real_insurers_pass_their_check_digit(digits):
    assert is_insurer_number(digits)
    assert answer(INSURER, it=digits).value == digits


def test_one_wrong_digit_of_an_insurer_is_noticed():
    good = "06139463"
    for place in range(8):
        wrong = good[:place] + str((int(good[place]) + 1) % 10) + good[place + 1 :]
        assert codes(answer(INSURER, it=wrong)) == [("", "number-check")]


def test_leading_zeros_stay_and_width_does_not_matter():
    assert answer(CARE, it="００００-１２３ ４５６").value == "0000123456"


def test_the_count_of_digits_is_told():
    outcome = answer(CARE, it="12345")
    assert codes(outcome) == [("", "number-digits")]
    assert outcome.gaps[0].values == {"digits": 10, "count": 5}


def test_an_individual_number_in_a_number_is_told_apart():
    assert is_individual_number("123456789018")
    assert codes(answer(CARE, it="1234 5678 9018")) == [("", "individual-number")]
    assert codes(answer(make_fact("number"), it="123456789018")) == [("", "individual-number")]


def test_not_knowing_a_number_is_an_answer():
    assert answer(CARE, unknown="yes").value == "unknown"
    assert codes(answer(CARE, it="1", unknown="yes")) == [("unknown", "unknown-or-value")]
    assert shown(CARE, "unknown", "en") == ["I don't know (we will confirm it together)"]


@pytest.mark.parametrize("words", ["12a4567890", "一二三", "-", "9" * 20_000, "²" * 300])
def test_numbers_that_are_none_say_so(words):
    assert answer(CARE, it=words).gaps


@pytest.mark.parametrize(
    ("words", "yen"),
    [
        ("0", 0), ("15000", 15_000), ("15,000円", 15_000), ("￥１５，０００", 15_000), ("3万", 30_000), ("1万5千", 15_000),
        ("１万５千円", 15_000), ("2.5万", 25_000), ("三万", 30_000), ("3,000万円", 30_000_000), ("千円", 1_000),
        ("999,999,999", 999_999_999), ("9億9999万9999", 999_999_999), ("1 500 yen", 1_500),
    ],
)  # fmt: skip
def test_amounts_are_understood(words, yen):
    assert answer(MONEY, it=words).value == yen


@pytest.mark.parametrize(
    "words", ["1,5", "1,23,4", "1.5", "-5", "約3万", "", "円", "1e9", "0x10", "9" * 20_000, "1..5万"]
)
def test_amounts_that_are_unclear_are_asked_again(words):
    assert answer(MONEY, it=words).value is None


def test_too_much_money_is_told_the_limit():
    assert codes(answer(MONEY, it="10億")) == [("", "amount-large")]


def test_amounts_are_shown_with_their_unit():
    assert shown(MONEY, 15_000) == ["15,000円"]
    assert shown(MONEY, 15_000, "en") == ["15,000 yen"]


@pytest.mark.parametrize(
    ("words", "digits"),
    [
        ("03-1234-5678", "0312345678"), ("０３（１２３４）５６７８", "0312345678"), ("090 1234 5678", "09012345678"),
        ("+81 90-1234-5678", "09012345678"), ("+81 (0)3 1234 5678", "0312345678"), ("０９０ー１２３４ー５６７８", "09012345678"),
        ("0422−12−3456", "0422123456"), ("0120-123-456", "0120123456"), ("０８００-123-4567", "08001234567"),
    ],
)  # fmt: skip
def test_telephone_numbers_are_understood(words, digits):
    assert answer(PHONE, it=words).value == digits


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("1234-5678", "phone-form"), ("03-1234-567", "phone-form"), ("+1 212 555 0100", "phone-abroad"),
        ("00000000000", "phone-abroad"), ("でんわ", "phone-form"), ("0" * 20_000, "too-long"),
    ],
)  # fmt: skip
def test_telephone_numbers_that_cannot_be_called_are_asked_again(words, code):
    assert codes(answer(PHONE, it=words)) == [("", code)]


def test_telephone_numbers_are_grouped_only_where_the_groups_are_certain():
    assert shown(PHONE, "0312345678") == ["03-1234-5678"]
    assert shown(PHONE, "09012345678") == ["090-1234-5678"]
    assert shown(PHONE, "0422123456") == ["0422123456"]


@pytest.mark.parametrize(
    "words", ["hana@example.jp", "a..b.@docomo.ne.jp", "花@例え.日本", "ｈａｎａ＠ｅｘａｍｐｌｅ．ｊｐ"]
)
def test_mail_addresses_of_every_sort_pass(words):
    assert answer(MAIL, it=words).gaps == ()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("hana", "mail-at"), ("a@b@c.jp", "mail-at"), ("@c.jp", "mail-at"), ("a@jp", "mail-domain"), ("a@b..jp", "mail-domain"),
        ("a b@c.jp", "mail-letters"), ("<a@c.jp>", "mail-letters"), ("a@c.jp\r\nBcc: x@y.jp", "letters"),
        ("a" * 250 + "@b.jp", "too-long"),
    ],
)  # fmt: skip
def test_mail_addresses_say_what_to_mend(words, code):
    assert codes(answer(MAIL, it=words)) == [("", code)]


def test_an_account_is_written_as_banks_write_it():
    value = answer(BANK, **ACCOUNT).value
    assert value["number"] == "0012345"
    assert value["holder"].split() == ["ヤマダ", "ハナコ"]
    assert "普通" in shown(BANK, value)


@pytest.mark.parametrize(
    ("part", "words", "code"),
    [
        ("institution", "", "bank-institution"), ("branch", "", "bank-branch"), ("type", "", "bank-type"),
        ("type", "gold", "bank-type"), ("number", "", "bank-number"), ("number", "12345678", "bank-number"),
        ("number", "12x", "bank-number"), ("holder", "", "bank-holder"), ("holder", "山田花子", "bank-holder"),
        ("institution", "あ" * 201, "too-long"), ("branch", "a\x00", "letters"),
    ],
)  # fmt: skip
def test_each_part_of_an_account_is_mended_alone(part, words, code):
    assert codes(answer(BANK, **ACCOUNT | {part: words})) == [(part, code)]


@pytest.mark.parametrize("holder", ["ﾔﾏﾀﾞ ﾊﾅｺ", "ヤマダ　ハナコ", "やまだ　はなこ"])
def test_a_holder_is_the_same_in_every_kana(holder):
    assert answer(BANK, **ACCOUNT | {"holder": holder}).value["holder"].split() == ["ヤマダ", "ハナコ"]


def test_a_long_number_is_not_cut_to_fit():
    assert answer(BANK, **ACCOUNT | {"number": "1" + " " * 250 + "2345678"}).gaps
