"""Resolving names as the register grows, and understanding a sentence."""

import random
import string
import tracemalloc
from functools import partial

from bot.app import engine_for, install
from bot.domain.directory import Tool
from bot.language.names import Names
from tests.bench.figures import Figure, median, percentile, timed
from tests.dialogue import ORGANISATIONS, TOOLS

SYLLABLES = ("pla", "no", "fix", "ver", "do", "cum", "la", "gov", "re", "tri", "bo", "sta", "mi", "que", "han", "zu")


def names_of(count: int, seed: int = 7) -> list[str]:
    """Made-up tool names, all different."""
    chance = random.Random(seed)
    made: dict[str, None] = {}
    while len(made) < count:
        lengths = [chance.randint(2, 4) for _ in range(chance.randint(1, 2))]
        made[" ".join("".join(chance.choices(SYLLABLES, k=length)).title() for length in lengths)] = None
    return list(made)


def mistyped(name: str, chance: random.Random) -> str:
    """One letter changed, dropped, doubled or swapped."""
    place = chance.randrange(1, len(name) - 1)
    return chance.choice(
        [
            name[:place] + name[place + 1 :],
            name[:place] + name[place] + name[place:],
            name[:place] + chance.choice(string.ascii_lowercase) + name[place + 1 :],
            name[: place - 1] + name[place] + name[place - 1] + name[place + 1 :],
        ]
    )


def measure() -> list[Figure]:
    """Speed, memory and recall at 1,000 and 10,000 names; the engine's speed."""
    figures = []
    for count in (1_000, 10_000):
        chance = random.Random(count)
        typed = names_of(count)
        tracemalloc.start()
        names = Names([Tool(f"t{n}", name) for n, name in enumerate(typed)], ())
        names.find_tool("warm up")
        memory = tracemalloc.get_traced_memory()[0] / 1e6
        tracemalloc.stop()
        asked = [(mistyped(name, chance), f"t{n}") for n, name in chance.sample(list(enumerate(typed)), 300)]
        taken, right, wrong = [], 0, 0
        for name, wanted in asked:
            taken += timed(partial(names.find_tool, name), 1)
            found = names.find_tool(name).id
            right += found == wanted
            wrong += found not in (None, wanted)
        figures += [
            Figure(f"name with one edit, {count:,} names, p50", median(taken), "ms"),
            Figure(f"name with one edit, {count:,} names, p99", percentile(taken, 0.99), "ms"),
            Figure(f"name with one edit, {count:,} names, found", 100 * right / len(asked), "%"),
            Figure(f"name with one edit, {count:,} names, wrongly guessed", 100 * wrong / len(asked), "%"),
            Figure(f"index of {count:,} names, memory", memory, "MB"),
        ]
    engine, names = engine_for(install(None)), Names(TOOLS, ORGANISATIONS)
    spoken = timed(lambda: engine.understand("hi, could you tell me who is using PlanX in London? thanks", names), 200)
    return [*figures, Figure("understanding a sentence, p50", median(spoken), "ms")]
