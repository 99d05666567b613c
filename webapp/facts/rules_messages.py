"""What to say about each gap: names the field, says what to do, blames nobody.

The words are interface texts: Japanese here, other voices in the catalogues.
"""

from webapp.facts.rules import Fact
from webapp.facts.rules_answers import Gap


def mark(message: str) -> str:
    """Mark a text for extraction; it is said later, in the reader's voice."""
    return message


MESSAGES = {
    "missing": mark("「%(field)s」を書いてください。"),
    "choose-one": mark("「%(field)s」を1つ選んでください。"),
    "choose-some": mark("「%(field)s」を選んでください。"),
    "unknown-or-choice": mark("「わからない」を選ぶときは、ほかの印を外してください。"),
    "unknown-or-value": mark("「わからない」の印を外すか、書いたものを消してください。"),
    "too-long": mark("「%(field)s」は、%(limit)s文字までで書いてください。今は%(count)s文字です。"),
    "letters": mark("「%(field)s」に、画面に出ない記号が入っています。もう一度書いてください。"),
    "individual-number": mark("マイナンバー（個人番号）のような数字があります。ここには書かないでください。"),
    "kana-missing": mark("「%(field)s」のふりがなを書いてください。"),
    "kana-letters": mark("ふりがなは、ひらがな、カタカナ、ローマ字で書いてください。"),
    "amount-form": mark("「%(field)s」は、円の数字で書いてください。例：12000"),
    "amount-large": mark("「%(field)s」は、%(limit)s円までで書いてください。"),
    "number-form": mark("「%(field)s」は、数字だけで書いてください。"),
    "number-digits": mark("「%(field)s」は、%(digits)sけたの数字です。今は%(count)sけたです。"),
    "number-check": mark("「%(field)s」の数字を、もう一度見てください。どこかが1つ違うようです。"),
    "phone-form": mark("「%(field)s」は、市外局番から書いてください。例：03-1234-5678"),
    "phone-abroad": mark("「%(field)s」は、日本の電話番号を書いてください。例：03-1234-5678"),
    "mail-letters": mark("「%(field)s」に、空白などが入っています。消してください。"),
    "mail-at": mark("「%(field)s」は、@を1つ入れて書いてください。例：hanako@example.jp"),
    "mail-domain": mark("「%(field)s」の@のうしろを、もう一度見てください。例：hanako@example.jp"),
    "date-missing": mark("「%(field)s」を書いてください。例：2026年4月1日"),
    "date-year-missing": mark("「%(field)s」は、年も書いてください。"),
    "date-month-missing": mark("「%(field)s」は、月も書いてください。"),
    "date-day-missing": mark("「%(field)s」は、日も書いてください。"),
    "date-year-number": mark("「%(field)s」の年は、数字で書いてください。例：2026"),
    "date-month-number": mark("「%(field)s」の月は、1から12までの数字で書いてください。"),
    "date-day-number": mark("「%(field)s」の日は、1から31までの数字で書いてください。"),
    "date-western-year": mark(
        "「%(field)s」の年は、西暦なら4けたで書いてください。令和などの年なら、令和などを選んでください。"
    ),
    "date-era": mark("「%(field)s」は、西暦か、令和などを選んでください。"),
    "date-not-in-calendar": mark("「%(field)s」を見てください。その年の%(month)s月に、この日はありません。"),
    "date-other-era": mark(
        "「%(field)s」を見てください。この日は、%(day)sです。西暦か令和などを選びなおしてください。"
    ),
    "date-early": mark("「%(field)s」は、%(day)sか、それより後の日を書いてください。"),
    "date-late": mark("「%(field)s」は、%(day)sか、それより前の日を書いてください。"),
    "date-future": mark("「%(field)s」は、今日か、今日より前の日を書いてください。"),
    "address-missing": mark("「%(field)s」を書いてください。"),
    "postal-form": mark("郵便番号は、7けたの数字です。分からないときは、書かなくてもかまいません。"),
    "area-missing": mark("「%(field)s」の、都道府県から町の名前までを書いてください。"),
    "block-missing": mark("「%(field)s」の、番地を書いてください。番地がないときは「なし」と書いてください。"),
    "bank-missing": mark("「%(field)s」を書いてください。"),
    "bank-institution": mark("銀行などの名前を書いてください。"),
    "bank-branch": mark("支店の名前を書いてください。"),
    "bank-type": mark("口座の種類を1つ選んでください。"),
    "bank-number": mark("口座番号は、7けたまでの数字で書いてください。"),
    "bank-holder": mark("口座の名義は、カタカナで書いてください。通帳と同じです。"),
    "file-type": mark("「%(name)s」は、使えない種類のファイルです。写真（JPEG、PNG）かPDFを選んでください。"),
    "file-too-big": mark("「%(name)s」は、大きすぎます。5MBまでのファイルを選んでください。"),
    "file-empty": mark("「%(name)s」は、中身がありません。ほかのファイルを選んでください。"),
    "file-broken": mark("「%(name)s」を開けませんでした。写真をとりなおすか、ほかのファイルを選んでください。"),
    "file-pdf-active": mark("安全のため、「%(name)s」は使えません。印刷して、写真をとったものを選んでください。"),
    "file-pixels": mark("「%(name)s」は、大きすぎます。4000万画素までの写真を選んでください。"),
    "file-pages": mark("「%(name)s」は、ページが多すぎます。200ページまでのPDFを選んでください。"),
    "file-locked": mark("「%(name)s」には、鍵（パスワード）がかかっています。鍵を外してから選んでください。"),
    "file-virus": mark("安全のため、「%(name)s」は使えません。機械を悪くするものが入っているようです。ほかのファイルを選んでください。"),
    "file-not-scanned": mark("今、「%(name)s」が安全かを調べられません。少し待って、もう一度選んでください。"),
    "file-wait": mark("近くから多くのファイルが届いています。%(minutes)s分くらい待って、「%(name)s」をもう一度選んでください。"),
    "file-too-many": mark("「%(field)s」は、%(most)s個までです。ほかのものを消してから選んでください。"),
    "file-no-room": mark("ファイルは、全部で20MBまでです。大きいものを消してから選んでください。"),
    "file-missing": mark("「%(field)s」のファイルを選んで、「選んだファイルを入れる」を押してください。"),
    "people-too-many": mark("「%(field)s」は、%(most)s人までです。"),
    "people-missing": mark("「%(field)s」を1人以上書いてください。"),
}  # fmt: skip


def message_of(gap: Gap, fact: Fact) -> tuple[str, dict[str, object]]:
    """Return a gap's message and its values; `field` is the fact's name. Raises KeyError for unknown codes."""
    return MESSAGES[gap.code], {"field": fact.words.get("label", fact.key), **gap.values}
