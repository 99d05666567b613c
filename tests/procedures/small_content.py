"""A very small ward for tests: one procedure with a form, one without, written as content files."""

import copy
import shutil
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from webapp.facts.rules import Dictionary, Fact, FactDefinition
from webapp.reading.rules_texts import Text

CONTENT = Path(__file__).parents[2] / "content"
VOICES = ("ja", "ja-easy", "en")
CLAIM: dict[str, Any] = {"source": "国民健康保険法施行規則第2条", "confirmed": None}
CLAIMS = {key: CLAIM for key in ("who", "when", "cost", "bring", "where", "result", "takes")}

JOIN = {
    "office": "health-insurance", "events": ["moving-in"], "audiences": ["everyone"],
    "channels": ["own_form", "post", "counter"], "deadline": {"since": "moving", "days": 14}, "cost": {"yen": 0},
    "claims": {**CLAIMS, "who": {"source": "国民健康保険法施行規則第2条", "confirmed": "2026-11-23"}},
    "law": [{"name": "国民健康保険法", "article": "第9条", "confirmed": None}],
    "survey_event": "医療・健康",
    "form": {
        "asks": [
            {"fact": "applicant.name"},
            {"fact": "insurance.reason"},
            {"fact": "insurance.left_on", "when": {"fact": "insurance.reason", "is": "left-company"}},
            {"fact": "papers.proof", "required": False},
        ],
        "declarations": ["truth"], "answer_days": 14,
        "items": [
            {"name": "氏名", "facts": ["applicant.name"]}, {"name": "資格取得の理由", "facts": ["insurance.reason"]},
            {"name": "資格喪失年月日", "facts": ["insurance.left_on"]}, {"name": "添付書類", "facts": ["papers.proof"]},
        ],
    },
}  # fmt: skip
WASTE = {
    "office": "waste", "events": [], "audiences": ["everyone"], "channels": ["external", "phone"],
    "links": {"external": "https://example.org/gomi"}, "cost": {"varies": True},
    "claims": {key: CLAIM for key in CLAIMS if key != "when"}, "law": [], "survey_event": "その他",
}  # fmt: skip

JOIN_WORDS = {
    "ja": {
        "title": "国民健康保険に入る", "official": "国民健康保険 資格取得届",
        "summary": "会社の健康保険がない人が入る保険です。",
        "who": "杉並区に住んでいて、ほかの健康保険に入っていない人", "when": "入る理由ができた日から14日以内",
        "late": "あとから保険料をまとめて払うことになります。",
        "cost": "無料", "bring": ["本人確認の書類", "在留カード"], "where": "国保年金課",
        "result": "資格確認書が届きます。", "takes": "2週間ほど", "keywords": ["こくほ", "保険証", "健康保険"],
        "declarations": {"truth": "書いたことは、本当のことです。"},
    },
    "ja-easy": {
        "title": "国の健康保険に入る", "summary": "病気のときのための保険です。", "keywords": ["びょういんのカード"],
    },
    "en": {
        "title": "Join National Health Insurance", "summary": "Insurance for people without a company plan.",
        "who": "People who live here", "when": "Within 14 days", "late": "You pay premiums later.", "cost": "Free",
        "bring": ["Identification", "Residence card"], "where": "Health insurance section", "result": "A certificate",
        "takes": "About two weeks", "keywords": ["kokuho", "health insurance"],
        "declarations": {"truth": "What I wrote is true."},
    },
}  # fmt: skip
WASTE_WORDS = {
    "ja": {
        "title": "粗大ごみを出す", "summary": "30センチより大きいごみを集めます。", "who": "区民", "cost": "品物による",
        "bring": [], "where": "粗大ごみ受付センター", "result": "集めに行きます。", "takes": "1週間ほど",
        "keywords": ["ゴミ", "家具", "捨てる"],
    },
    "en": {
        "title": "Throw away large items", "summary": "We collect large items.", "who": "Residents",
        "cost": "Depends on the item", "bring": [], "where": "Large waste centre", "result": "We collect it.",
        "takes": "About a week", "keywords": ["garbage", "furniture"],
    },
}  # fmt: skip


def write_small_content(folder: Path, **changes: Any) -> Path:
    """Write the small ward into `folder`. `changes` replace keys of the joining procedure's `procedure.yaml`."""
    join = {key: value for key, value in {**copy.deepcopy(JOIN), **changes}.items() if value is not None}
    write_procedure(folder, "join-insurance", join, JOIN_WORDS)
    write_procedure(folder, "large-waste", WASTE, WASTE_WORDS)
    offices = {"health-insurance": {"phone": "03-0000-0001", "floor": "2"}, "waste": {"phone": "03-0000-0002"}}
    names = {"health-insurance": "国保年金課", "waste": "粗大ごみ受付センター"}
    write_yaml(folder / "offices/offices.yaml", offices)
    words = {key: {"name": name, "place": "区役所", "hours": "平日 午前8時30分から"} for key, name in names.items()}
    write_yaml(folder / "offices/ja.yaml", words)
    write_yaml(folder / "lifeevents/moving-in/event.yaml", {"order": 1})
    event = {"title": "引っ越してきた", "summary": "杉並区に引っ越してきたとき", "keywords": ["ひっこし", "転入"]}
    write_yaml(folder / "lifeevents/moving-in/ja.yaml", event)
    write_yaml(folder / "lifeevents/moving-in/en.yaml", {"title": "Moving in", "keywords": ["moving"]})
    write_yaml(folder / "audiences/audiences.yaml", ["everyone"])
    write_yaml(folder / "audiences/ja.yaml", {"everyone": {"title": "すべての人", "summary": "だれでも使えます。"}})
    shutil.copytree(CONTENT / "router", folder / "router", dirs_exist_ok=True)
    shutil.copy(CONTENT / "voices.yaml", folder / "voices.yaml")
    return folder


def write_small_facts(folder: Path) -> None:
    """Write the facts that the small ward asks as content files, and copy what every app needs."""
    facts: dict[str, Any] = {
        "applicant.name": {"kind": "name", "of": "applicant", "is": "name"},
        "insurance.reason": {"kind": "choice", "options": ["moved", "left-company"]},
        "insurance.left_on": {"kind": "date"}, "papers.proof": {"kind": "file", "accept": ["jpeg"]},
    }  # fmt: skip
    topics = list(dict.fromkeys(key.split(".", 1)[0] for key in facts))
    write_yaml(folder / "facts/topics.yaml", topics)
    write_yaml(folder / "facts/ja.yaml", dict.fromkeys(topics, "あなたのこと"))
    for topic in topics:
        own = {key: {**fact, "meaning": key} for key, fact in facts.items() if key.startswith(topic)}
        words: dict[str, Any] = {key: {"label": "名前", "question": "何ですか", "why": "必要だからです"} for key in own}
        for key, fact in own.items():
            if "options" in fact:
                words[key]["options"] = dict.fromkeys(fact["options"], "引っ越し")
        write_yaml(folder / f"facts/{topic}/facts.yaml", own)
        write_yaml(folder / f"facts/{topic}/ja.yaml", {"facts": words})
    for name in ("pages", "words", "readings"):
        shutil.copytree(CONTENT / name, folder / name, dirs_exist_ok=True)


def write_procedure(folder: Path, slug: str, define: dict[str, Any], words: dict[str, dict[str, Any]]) -> None:
    """Write one procedure's folder."""
    write_yaml(folder / "procedures" / slug / "procedure.yaml", define)
    for voice, texts in words.items():
        write_yaml(folder / "procedures" / slug / f"{voice}.yaml", texts)


def write_yaml(path: Path, data: Any) -> None:
    """Write one content file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        YAML(typ="safe", pure=True).dump(data, file)


def make_small_dictionary() -> Dictionary:
    """Return the facts that the small ward asks."""
    facts = (
        _make_fact("applicant.name", kind="name", of="applicant", is_="name"),
        _make_fact("insurance.reason", kind="choice", options=["moved", "left-company"]),
        _make_fact("insurance.left_on", kind="date"),
        _make_fact("papers.proof", kind="file"),
    )
    return Dictionary({fact.key: fact for fact in facts}, {}, {})


def _make_fact(key: str, **fields: Any) -> Fact:
    """Return one fact with a label."""
    words = {"label": Text({"ja": key, "en": key})}
    return Fact(key, key.split(".", 1)[0], FactDefinition(meaning=key, **fields), words, {})
