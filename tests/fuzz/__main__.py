"""`python -m tests.fuzz --minutes N`: hostile responses at random; the first that breaks something is shown."""

import argparse
import asyncio
import json
import logging
import sys
import time
from pathlib import Path
from random import Random, randrange
from tempfile import TemporaryDirectory

from tests.fuzz.run import begin, one_round
from tests.fuzz.whole import whole

write = sys.stdout.write
ROUNDS = 300  # with one database: then everything begins anew


def shown(response: object) -> str:
    """As much of it as one can read."""
    return json.dumps(response)[:20_000]


async def fuzz(seed: int, until: float) -> int:
    """Rounds until the time is up, or something breaks; how many there were."""
    done = 0
    while time.monotonic() < until:
        rng = Random(seed + done)
        with TemporaryDirectory() as folder:
            async with whole(Path(folder)) as path:
                targets = await begin(path)
                try:
                    for _ in range(ROUNDS):
                        await one_round(path, rng, targets)
                        done += 1
                except BaseException:
                    write(f"seed {seed + done - done % ROUNDS}, round {done % ROUNDS}: {shown(path.last)}\n")
                    raise
    return done


def main() -> None:
    """Say how many rounds held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=randrange(2**32))
    arguments = parser.parse_args()
    logging.disable(logging.CRITICAL)  # nio says at length what it can't read
    done = asyncio.run(fuzz(arguments.seed, time.monotonic() + arguments.minutes * 60))
    write(f"{done} rounds held, from seed {arguments.seed}\n")


if __name__ == "__main__":
    main()
