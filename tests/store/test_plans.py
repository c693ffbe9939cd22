"""What a message costs must not grow with what was ever said: no statement reads a table that only ever grows."""

import re
from pathlib import Path
from typing import Any

import pytest

from bot.store.memory import Memory
from bot.store.sqlite import SqliteConnection
from tests.dialogue import ANA, BEA, CAI, CAMDEN, PLANX, ROOM, Dialogue, dialogue, maintains

GROWING = frozenset({
    "request", "request_step", "call", "inbox", "handled", "subject", "outbox", "watcher", "fact", "question",
    "past_answer", "timer", "saved_answer",
})  # fmt: skip
OF_WHAT_WAITS = frozenset(
    {"request_open", "outbox_waiting", "outbox_fetching", "outbox_dead"}
)  # indexes that hold nothing else
PLUGINS: dict[str, dict[str, object]] = {
    name: {} for name in ("directory", "people", "escalation", "requests", "digest", "help", "rooms")
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[object, ...]]:
    """All statements that were run, with the values they were last run with."""
    statements: dict[str, tuple[object, ...]] = {}

    def listening(name: str) -> Any:
        run = getattr(SqliteConnection, name)

        async def listen(self: SqliteConnection, sql: str, *values: object) -> Any:
            statements[sql] = values
            return await run(self, sql, *values)

        return listen

    for name in ("fetch", "execute"):
        monkeypatch.setattr(SqliteConnection, name, listening(name))
    return statements


async def _whole_life(talk: Dialogue) -> None:
    """Something of everything that is done for a message, a timer and the operator."""
    await talk.rooms_say(may_pin=True)
    question = await talk.say("help with PlanX: it is down")
    for text in ("take", "release"):
        await talk.say(text, BEA, thread=question)
    await talk.react(question, "👀", CAI)
    await talk.edit(question, "help with PlanX: it is down and out")
    answer = await talk.say("You have to set the flag in the settings", BEA, addressed=False, thread=question)
    await talk.react(answer, "✅", ANA)
    await talk.redact(answer, BEA)
    for text in ("reopen #1", "status #1", "board", "digest", "what is PlanX?", "who uses PlanX?", "watch #1"):
        await talk.say(text)
    claim = await talk.say("check whether PlanX runs on a toaster")
    await talk.say("It does, we did that last year", BEA, addressed=False, thread=claim)
    await talk.redact(claim)
    await talk.redact(question)
    await talk.say("help with PlanX: it is slow")
    await talk.wait(days=8)
    await talk.depart(ANA)
    async with talk.database.reading() as connection:
        await Memory(connection).outbox.counts()


async def test_no_statement_reads_a_whole_table_that_only_grows(
    tmp_path: Path, asked: dict[str, tuple[object, ...]]
) -> None:
    async with dialogue(tmp_path, PLUGINS, assertions=[maintains(CAMDEN, PLANX)], replies_per_minute=20) as talk:
        asked.clear()  # the migrations'
        await _whole_life(talk)
        assert len(talk.in_room(ROOM)) > 10
        statements = {sql: values for sql, values in asked.items() if re.match("SELECT|UPDATE|DELETE|INSERT", sql)}
        assert len(statements) > 60
        async with talk.database.transaction() as connection:
            plans = {
                sql: [row["detail"] for row in await connection.fetch(f"EXPLAIN QUERY PLAN {sql}", *values)]
                for sql, values in statements.items()
            }
    assert {sql: plan for sql, plan in plans.items() if any(_reads_all(sql, step) for step in plan)} == {}


def _reads_all(sql: str, step: str) -> bool:
    found = re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", step)
    called = {alias: table for table, alias in re.findall(r"(\w+) AS (\w+)", sql)}
    return bool(found and called.get(found[1], found[1]) in GROWING and found[2] not in OF_WHAT_WAITS)
