"""Resolving names as the register grows: how many are found, how fast, in how much memory; understanding a sentence."""

import random
import time
import tracemalloc
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from bot.features import engine_for, install
from bot.language.meaning import Match, Named
from bot.language.names import Names
from tests.bench import made_names
from tests.bench.figures import Figure, median, percentile, timed
from tests.dialogue import ORGANISATIONS, TOOLS

SIZES = (1_000, 10_000, 100_000)  # names; half of them tools, half bodies with two names each
SAMPLE = 500  # names asked for in each way
SEED = 2026  # the weights in bot/language/slips.py were found with others

Asked = tuple[Callable[[str], Named], str, str]  # where, what is typed, the id that is meant


def measure() -> list[Figure]:
    """Speed, memory and recall at every size; the engine's speed."""
    figures = [figure for size in SIZES for figure in _at(size)]
    engine, names = engine_for(install(None)), Names(TOOLS, ORGANISATIONS)
    spoken = timed(lambda: engine.understand("hi, could you tell me who is using PlanX in London? thanks", names), 200)
    return [*figures, Figure("understanding a sentence, p50", median(spoken), "ms")]


def _at(size: int) -> list[Figure]:
    made = made_names.Names(SEED)
    tools, bodies = made.tools(size // 2), made.bodies(size // 4)
    begun = time.perf_counter()
    names = Names(tools, bodies)
    built = time.perf_counter() - begun
    chance = random.Random(SEED + size)
    known = [(names.find_tool, t.name, t.id) for t in chance.sample(tools, SAMPLE // 2)]
    chosen = chance.sample(bodies, min(len(bodies), SAMPLE // 4))
    known += [(names.find_organisation, name, b.id) for b in chosen for name in (b.name, b.short_name)]
    written = [(find, chance.choice([*made_names.variants(name, chance)]), id_) for find, name, id_ in known]
    written += [(names.find_organisation, made_names.with_other_noise(b, chance), b.id) for b in chosen]
    label = f"{size:,} names"
    taken: list[float] = []
    figures = _recall(f"{label}, written otherwise", written, taken)
    for slips in (1, 2):
        typed = [(find, made_names.mistyped(name, slips, chance), id_) for find, name, id_ in known]
        figures += _recall(f"{label}, {slips} edit{'s' * (slips > 1)}", typed, taken)
    strangers = [(names.find_tool, tool.name, "") for tool in made.tools(SAMPLE)]
    strangers += [(names.find_organisation, body.name, "") for body in made.bodies(SAMPLE)]
    guessed = sum(found.id is not None for found in _found(strangers, taken))
    return [
        *figures,
        Figure(f"{label}, unknown ones wrongly guessed", 100 * guessed / len(strangers), "%"),
        Figure(f"{label}, lookup, p50", median(taken), "ms"),
        Figure(f"{label}, lookup, p99", percentile(taken, 0.99), "ms"),
        *_changing(label, names),
        Figure(f"{label}, indexed in", built, "s"),
        Figure(f"{label}, memory", _memory(lambda: Names(tools, bodies)), "MB"),
    ]


def _recall(label: str, asked: Iterable[Asked], taken: list[float]) -> list[Figure]:
    """How many were resolved, how many came first among the suggestions or shared their name, how many went wrong."""
    asked = list(asked)
    resolved = first = wrong = 0
    for (_, _, wanted), found in zip(asked, _found(asked, taken), strict=True):
        resolved += found.id == wanted
        first += wanted in (found.ids if found.match is Match.AMBIGUOUS else found.ids[:1])
        wrong += found.id not in (None, wanted)
    return [
        Figure(f"{label}, found first", 100 * first / len(asked), "%"),
        Figure(f"{label}, found without a question", 100 * resolved / len(asked), "%"),
        Figure(f"{label}, another guessed", 100 * wrong / len(asked), "%"),
    ]


def _found(asked: Iterable[Asked], taken: list[float]) -> list[Named]:
    answers = []
    for find, typed, _ in asked:
        begun = time.thread_time()  # a lookup takes less time than a busy machine's interruptions
        answers.append(find(typed))
        taken.append((time.thread_time() - begun) * 1000)
    return answers


def _changing(label: str, names: Names) -> list[Figure]:
    """A tool gets another name, and is found by it: alone, and when the whole register is read again."""
    tool = next(iter(names.tools.values()))
    renamed = [replace(tool, name=f"{tool.name} {number}") for number in range(50)]
    changes = [ms for one in renamed for ms in timed(partial(names.put_tool, one), 1)]
    after = timed(partial(names.find_tool, "Nothing of the kind"), 1)
    everything = [replace(tool, name="Renamed") if t.id == tool.id else t for t in names.tools.values()]
    again = timed(partial(names.update, everything, [*names.organisations.values()]), 1)
    return [
        Figure(f"{label}, one changed, p50", median(changes), "ms"),
        Figure(f"{label}, lookup after a change", median(after), "ms"),
        Figure(f"{label}, one changed among all read again", median(again), "ms"),
    ]


def _memory(made: Callable[[], object]) -> float:
    tracemalloc.start()
    kept = made()
    size = tracemalloc.get_traced_memory()[0] / 1e6
    tracemalloc.stop()
    del kept
    return size
