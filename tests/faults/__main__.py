"""`make faults`: every fault with its verdict, as a table and as a page of docs."""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.every import FAULTS
from tests.faults.fault import Fault
from tests.faults.report import page, say, table
from tests.faults.run import Result, run_all
from tests.faults.world import World


async def try_all(faults: list[Fault], folder: Path, written: Path | None) -> list[Result]:
    """Run them, saying each result as it comes, and writing it down."""
    results = []
    async with World(folder) as world:
        async for result in run_all(faults, world):
            results.append(result)
            word = "not tried" if result.not_tried else "well" if result.well else "FAILED"
            why = "; ".join(result.verdict.faults) or result.not_tried
            say(f"{len(results):3} {word:9} {result.seconds:5.1f} s  {result.fault.name}  {why}")
            if written:
                before = written.read_text(encoding="utf-8") if written.exists() else ""
                written.write_text(page(results, before, list(FAULTS)), encoding="utf-8")
    return results


def main() -> None:
    """Print, write, and fail if a fault was not survived."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="faults, by name or by a part of it; all of them without")
    parser.add_argument("--page", type=Path, help="write the verdicts to this page; the others stay as they are there")
    parser.add_argument("--list", action="store_true", help="only list the names")
    arguments = parser.parse_args()
    wanted = [f for f in FAULTS.values() if not arguments.names or any(name in f.name for name in arguments.names)]
    if arguments.list or not wanted:
        say("\n".join(fault.name for fault in wanted) or "there is no such fault")
        sys.exit(not wanted)
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="townclerk-faults-"))
    results = asyncio.run(try_all(wanted, folder, arguments.page))
    results.sort(key=lambda result: list(FAULTS).index(result.fault.name))
    table(results, time.monotonic() - began)
    if not all(result.well for result in results):
        say(f"what each bot said is in {folder}")
        sys.exit(1)


if __name__ == "__main__":
    main()
