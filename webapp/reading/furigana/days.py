"""Day counts that the text around them decides: 1日 is ついたち or いちにち, 2、3日 is にさんにち."""

import re

_FIRST_BEFORE = re.compile(r"(?:月|毎月|翌月|各月|同月|月の|[0-9]日[、・と]|月[～〜から-])\Z")
_FIRST_AFTER = re.compile(
    r"付|現在|施行|生まれ|時点|発行|発効|号|締|適用|改正|以降|以前|まで|[（(][月火水木金土日祝・]+[）)]|から"
    r"|[・、と～〜-](?:[0-9]+|[二三四五六七八九十]+)日|(?:に|より)(?:開|始|施行|実施|発|改|更新)"
)
_ROUGH_BEFORE = re.compile(r"(?<![月0-9・、])[2-8][、・]\Z")
_ROUGH_AFTER = re.compile("で|ほど|前|後|間|以内|中|かか|くらい|ぐらい|た|待|おき|休|続|様子|程度|お")


def is_first_of_month(text: str, start: int, end: int) -> bool:
    """Tell whether a day written 1日 is the first day of a month (ついたち), not one day (いちにち)."""
    before = _FIRST_BEFORE.search(text[max(0, start - 6) : start])
    return before is not None or _FIRST_AFTER.match(text, end) is not None


def is_rough_count(text: str, start: int, end: int) -> bool:
    """Tell whether a day count follows another number as a rough one: 2、3日で is にさんにち."""
    before = _ROUGH_BEFORE.search(text[max(0, start - 4) : start])
    return before is not None and _ROUGH_AFTER.match(text, end) is not None
