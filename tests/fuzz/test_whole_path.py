"""Hostile responses through the whole path; `python -m tests.fuzz` does the same for as long as wanted."""

import asyncio
import logging
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.run import begin, one_round
from tests.fuzz.whole import Whole, whole


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[asyncio.Runner, Whole, list[str]]]:
    """One bot for all examples, as a hostile server finds it: with what came before."""
    logging.getLogger("nio").setLevel(logging.CRITICAL)
    folder: Path = tmp_path_factory.mktemp("whole")
    opened = whole(folder)
    with asyncio.Runner() as runner:
        made = runner.run(opened.__aenter__())
        yield runner, made, runner.run(begin(made))
        runner.run(opened.__aexit__(None, None, None))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32))
def test_whatever_comes_its_neighbours_are_answered_and_nothing_forbidden_is_said(
    path: tuple[asyncio.Runner, Whole, list[str]], seed: int
) -> None:
    runner, made, targets = path
    runner.run(one_round(made, Random(seed), targets))
