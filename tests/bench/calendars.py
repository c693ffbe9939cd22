"""Working time, and the fairness of turns."""

from collections import Counter
from datetime import timedelta
from zoneinfo import ZoneInfo

from bot.domain.escalation import Candidate, choose
from bot.domain.hours import WorkingHours
from bot.domain.working_time import Calendar
from tests.bench.figures import Figure, median, timed
from tests.dialogue import MONDAY

ROUNDS = 10_000


def measure() -> list[Figure]:
    """One deadline, and how evenly 10,000 calls fall on councils of equal load."""
    calendar = Calendar(WorkingHours.parse("Mon-Fri 09:00-17:00"), ZoneInfo("Europe/London"), "England")
    starts = [MONDAY + timedelta(minutes=37 * n) for n in range(1_000)]
    budget = timedelta(hours=4)
    taken = timed(lambda: [calendar.deadline(start, budget) for start in starts], 20)
    return [Figure("a deadline of 4 working hours", median(taken), "µs"), _fairness(calendar)]


def _fairness(calendar: Calendar) -> Figure:
    asked: dict[str, int] = {f"council-{n}": 0 for n in range(7)}
    last = dict.fromkeys(asked, MONDAY)
    for round_ in range(ROUNDS):
        candidates = [Candidate(name, 0, last[name], calendar) for name in asked]
        chosen = choose(candidates, (), None)
        assert chosen is not None
        asked[chosen.organisation_id] += 1
        last[chosen.organisation_id] = MONDAY + timedelta(minutes=round_ + 1)
    counts = Counter(asked).values()
    return Figure(f"turns of 7 equal councils in {ROUNDS:,} calls, most to least", max(counts) / min(counts), "ratio")
