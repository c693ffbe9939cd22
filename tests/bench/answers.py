"""Past answers searched and kept, as more and more of them are there, on both engines."""

import itertools
import json
import random
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from bot.store.answers import Answers, Found, marks_of
from bot.store.database import Connection, Database, open_database
from tests.bench.figures import Figure, median, percentile, timed_async
from tests.cluster import Cluster, NotInstalled, empty_database

SIZES = (10_000, 100_000, 1_000_000)
DIFFERENT = 50_000  # questions; above that, the same ones are asked again
WORDS, TOOLS = 8_000, 40
TIMES = 200
SEED = 2026
ROOM = "!bench:example.org"


async def measure() -> list[Figure]:
    """Both engines, the second where its programs are."""
    figures = []
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            figures += await _at(size, f"sqlite:///{Path(folder) / f'{size}.db'}", "SQLite")
    try:
        with Cluster() as cluster:
            for size in SIZES:
                async with empty_database(cluster.url) as url:
                    figures += await _at(size, url, "PostgreSQL")
    except NotInstalled:
        pass
    return figures


async def _at(size: int, url: str, engine: str) -> list[Figure]:
    database = await open_database(url)
    try:
        questions = _questions(min(size, DIFFERENT))
        async with database.transaction() as connection:
            await _fill(connection, questions, size)
        chance = random.Random(SEED + size)
        asked = [(*chance.choice(questions), chance.choice(questions)[1]) for _ in range(TIMES)]
        usual = [(tool, words[: len(words) // 2 + 1] + others[:3]) for tool, words, others in asked]
        common = [(f"tool-{number % 3}", _vocabulary()[number % 5 : 8 + number % 5]) for number in range(TIMES)]
        kept = await _kept(database, usual, size)
        label = f"{size:,} past answers, {engine}"
        return [
            *_times(f"search, {label}", await _searched(database, usual)),
            *_times(f"search for the most common words, {label}", await _searched(database, common)),
            *_times(f"search without a tool, {label}", await _searched(database, [("", words) for _, words in usual])),
            *_times(f"keep, {label}", kept),
        ]
    finally:
        await database.close()


Question = tuple[str, list[str]]


def _times(what: str, taken: list[float]) -> list[Figure]:
    return [Figure(f"{what}, p50", median(taken), "ms"), Figure(f"{what}, p99", percentile(taken, 0.99), "ms")]


async def _searched(database: Database, questions: Sequence[Question]) -> list[float]:
    asked = itertools.cycle(questions)
    async with database.reading() as connection:
        answers = Answers(connection)

        async def search() -> None:
            tool, words = next(asked)
            assert await answers.search(words, tool, ROOM)

        return await timed_async(search, TIMES)


async def _kept(database: Database, questions: Sequence[Question], size: int) -> list[float]:
    """With the words that it takes to write it down for good."""
    numbers = itertools.count(size + 1)
    asked = itertools.cycle(questions)

    async def keep() -> None:
        tool, words = next(asked)
        async with database.transaction() as connection:
            await Answers(connection).keep(next(numbers), tool, ROOM, words)

    return await timed_async(keep, TIMES)


def _vocabulary() -> list[str]:
    return [f"word{number}" for number in range(WORDS)]


def _questions(count: int) -> list[Question]:
    """Words and tools as they come in nature: a few everywhere, most of them rarely (Zipf)."""
    chance = random.Random(SEED)
    words, tools = _vocabulary(), [f"tool-{number}" for number in range(TOOLS - 1)] + [""]
    spoken = iter(chance.choices(words, [1 / (place + 5) for place in range(WORDS)], k=count * 12))
    about = chance.choices(tools, [1 / (place + 2) for place in range(TOOLS)], k=count)
    return [(tool, list(dict.fromkeys(itertools.islice(spoken, chance.randint(4, 12))))) for tool in about]


async def _fill(connection: Connection, questions: Sequence[Question], size: int) -> None:
    """In a few statements: each question in the first numbers, and again in the next ones."""
    await connection.execute("CREATE TEMPORARY TABLE asked (number BIGINT, tool_id TEXT, words TEXT, marks TEXT)")
    rows, counted = [], Counter[str]()
    for number, (tool, words) in enumerate(questions, 1):
        marks = marks_of(Found(number, tool, ROOM, tuple(words)))
        counted.update(marks)
        rows.append((number, tool, json.dumps(words), " ".join(marks)))
    await connection.execute_many("INSERT INTO asked (number, tool_id, words, marks) VALUES ($1, $2, $3, $4)", rows)
    again = size // len(questions)
    await connection.execute_many(
        "INSERT INTO past_answer_mark (mark, answers) VALUES ($1, $2)",
        [(mark, count * again) for mark, count in counted.items()],
    )
    times = f"WITH RECURSIVE times (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM times WHERE n + 1 < {again}) "
    numbered = f"number + n * {len(questions)}"
    if connection.dialect == "postgres":
        index = await connection.fetch_one("SELECT indexdef FROM pg_indexes WHERE indexname = 'past_answer_index'")
        assert index
        await connection.execute("DROP INDEX past_answer_index")  # made anew at the end, it takes a third of the time
        await connection.execute(
            "INSERT INTO past_answer (number, tool_id, room_id, words, marks) "
            f"{times} SELECT {numbered}, tool_id, $1, words, array_to_tsvector(string_to_array(marks, ' ')) "
            "FROM times CROSS JOIN asked ORDER BY 1",
            ROOM,
        )
        await connection.execute(index["indexdef"])
    else:
        await connection.execute(
            "INSERT INTO past_answer (number, tool_id, room_id, words) "
            f"{times} SELECT {numbered}, tool_id, $1, words FROM times CROSS JOIN asked ORDER BY 1",
            ROOM,
        )
        await connection.execute(
            f"INSERT INTO past_answer_index (rowid, marks) {times} SELECT {numbered}, marks "
            "FROM times CROSS JOIN asked ORDER BY 1"
        )
    await connection.execute("DROP TABLE asked")
