"""Applications in bulk for the benchmark of the inbox: one that was really sent, sealed again for each row under a key of its own."""

import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.engine import Engine

from webapp.applications.rules import STATES
from webapp.applications.rules_cases import LABELS
from webapp.applications.rules_names import list_tokens
from webapp.applications.service import answers_key
from webapp.applications.service_vault import Vault
from webapp.applications.tables import Application, Correction, NameToken
from webapp.kit.clock import day_of
from webapp.kit.crypto import new_key, seal
from webapp.kit.ids import new_id, new_receipt_number

RARE = ("杉山", "すぎやま")
"""The surname that exactly `RARE_COUNT` of the applicants have."""
RARE_COUNT = 500
_SURNAMES = (
    "佐藤 さとう 鈴木 すずき 高橋 たかはし 田中 たなか 伊藤 いとう 渡辺 わたなべ 山本 やまもと 中村 なかむら 小林 こばやし 加藤 かとう "
    "吉田 よしだ 山田 やまだ 佐々木 ささき 山口 やまぐち 松本 まつもと 井上 いのうえ 木村 きむら 林 はやし 斎藤 さいとう 清水 しみず "
    "山崎 やまざき 森 もり 池田 いけだ 橋本 はしもと 阿部 あべ 石川 いしかわ 山下 やました 中島 なかじま 石井 いしい 小川 おがわ "
    "前田 まえだ 岡田 おかだ 長谷川 はせがわ 藤田 ふじた 後藤 ごとう 近藤 こんどう 村上 むらかみ 遠藤 えんどう 青木 あおき 坂本 さかもと"
)
_GIVEN = (
    "花子 はなこ 太郎 たろう 梅 うめ 一郎 いちろう 陽葵 ひまり 蓮 れん 結衣 ゆい 大和 やまと 美咲 みさき 健 けん 直子 なおこ 翔太 しょうた "
    "恵 めぐみ 誠 まこと 由美子 ゆみこ 真一 しんいち 桜 さくら 海斗 かいと 幸子 さちこ 光 ひかる 智子 ともこ 学 まなぶ 京子 きょうこ 隆 たかし"
)
SURNAMES, GIVEN = _SURNAMES.split(), _GIVEN.split()
BATCH = 1_000
OPEN_OF_TEN = 3
"""How many of ten are still open; the others are finished."""


def fill(
    engine: Engine, vault: Vault, count: int, where: tuple[str, tuple[str, ...]], colleagues: list[str], now: datetime,
    first: bool,
) -> None:  # fmt: skip
    """Add `count` applications to a section (`where`: its key and its procedures); `RARE` are among the first ones only."""
    chance = random.Random(count)
    rare = set(chance.sample(range(count), RARE_COUNT)) if first else set()
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql(
                "PRAGMA cache_size=-600000"
            )  # else it writes each page of the index again and again
        for start in range(0, count, BATCH):
            rows = [
                make_row(chance, vault, number in rare, where, colleagues, now)
                for number in range(start, min(start + BATCH, count))
            ]
            connection.execute(insert(Application), [row for row, _ in rows])
            tokens = [{"application_id": row["id"], "token": token} for row, found in rows for token in found]
            connection.execute(insert(NameToken), tokens)
            connection.execute(insert(Correction), list(make_corrections([row for row, _ in rows], now)))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE" if engine.dialect.name == "sqlite" else "VACUUM ANALYZE")


def make_row(
    chance: random.Random, vault: Vault, is_rare: bool, where: tuple[str, tuple[str, ...]], colleagues: list[str],
    now: datetime,
) -> tuple[dict[str, Any], list[bytes]]:  # fmt: skip
    """Return one row with the hashes that its name is found by."""
    id_, data_key = new_id(), new_key()
    at, other = 2 * chance.randrange(len(SURNAMES) // 2), 2 * chance.randrange(len(GIVEN) // 2)
    sign, kana = RARE if is_rare else (SURNAMES[at], SURNAMES[at + 1])
    label = {"name": f"{sign} {GIVEN[other]}", "kana": f"{kana} {GIVEN[other + 1]}"}
    key = answers_key(data_key, id_)
    sent_at = now - timedelta(days=chance.random() * 60)
    is_open = chance.randrange(10) < OPEN_OF_TEN
    row = {
        "id": id_, "receipt": new_receipt_number(), "draft_id": new_id(), "procedure": chance.choice(where[1]), "definition": "0" * 64,
        "voice": "ja", "state": chance.choice(STATES[:4]) if is_open else "finished", "sent_at": sent_at,
        "answer_by": day_of(sent_at) + timedelta(days=chance.choice((7, 14, 30, 60))), "erase_after": day_of(now) + timedelta(days=365),
        "sealed_answers": seal(key, json.dumps({"applicant.name": label, "rest": "あ" * 200}).encode(), f"application|{id_}|answers"),
        "wrapped_key": vault.wrap(id_, data_key), "section": where[0], "is_open": is_open, "version": 0, "changed_at": sent_at,
        "assigned_to": chance.choice([None, *colleagues]), "labels": chance.choice(LABELS) if chance.random() < 0.02 else "",
        "outcome": "" if is_open else "accepted", "proposed_by": colleagues[0] if is_open and chance.random() < 0.001 else None,
        "decided_at": None, "warned_at": None, "filled_by": "",
        "sealed_label": seal(key, json.dumps(label).encode(), f"application|{id_}|label"),
    }  # fmt: skip
    return row, list_tokens(label, where[0], vault.index_key)


def make_corrections(rows: list[dict[str, Any]], now: datetime) -> Iterator[dict[str, Any]]:
    """Yield what was asked of residents: for each that has to mend something, and for some that are being checked."""
    for number, row in enumerate(row for row in rows if row["state"] in ("mend", "checking")):
        if row["state"] == "mend" or number % 3 == 0:
            yield {
                "id": new_id(), "application_id": row["id"], "state": "open" if row["state"] == "mend" else "answered",
                "asked_by": "0" * 24, "asked_at": now, "answer_by": day_of(now), "answered_at": None, "draft_id": None,
                "sealed_content": b"x" * 200,
            }  # fmt: skip
