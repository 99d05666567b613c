"""The few words that the ward says itself when it shows an answer."""

from webapp.reading.rules_texts import Text

YES = Text({"ja": "はい", "ja-easy": "はい", "en": "Yes"})
NO = Text({"ja": "いいえ", "ja-easy": "いいえ", "en": "No"})
UNKNOWN = Text(
    {
        "ja": "わからない（いっしょに確認します）",
        "ja-easy": "わからない（いっしょに確かめます）",
        "en": "I don't know (we will confirm it together)",
    }
)
PLAIN_ANSWERS = {"yes": YES, "no": NO, "unknown": UNKNOWN}
