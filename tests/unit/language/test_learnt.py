"""What was learnt is read again, and learnt anew wherever that can't be."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from bot.language.classifier import Classifier, Example
from bot.language.learnt import MARKS, MOST_KEPT, NAMES, WEIGHTS, learnt_once
from bot.language.vocabulary import Words

FEATURES = {"who": 1.0, "uses": 1.0}


class Lessons:
    """Counts how often it is learnt."""

    def __init__(self) -> None:
        self.given = 0

    def learn(self) -> Classifier:
        """Two intents."""
        self.given += 1
        return Classifier.learn([Example(FEATURES, "who_uses"), Example({"thanks": 1.0}, "none")] * 4)


def once(folder: Path, lessons: Lessons, sources: object = ("a",)) -> Classifier:
    """Learnt, or read."""
    return learnt_once(list(sources) if isinstance(sources, tuple) else sources, lessons.learn, folder)


def test_it_is_learnt_once(tmp_path: Path) -> None:
    lessons = Lessons()
    first, second = once(tmp_path / "new", lessons), once(tmp_path / "new", lessons)
    assert lessons.given == 1
    assert first.likelihoods(FEATURES) == second.likelihoods(FEATURES)
    assert np.array_equal(first.weights, second.weights)


def test_other_words_are_learnt_anew(tmp_path: Path) -> None:
    lessons = Lessons()
    for words in (Words(), Words(light=frozenset({"the"})), Words(light=frozenset({"a"}))):
        once(tmp_path, lessons, [words])
    once(tmp_path, lessons, [Words(light=frozenset({"the"}))])
    assert lessons.given == 3


@pytest.mark.parametrize("name", [NAMES, MARKS, WEIGHTS])
@pytest.mark.parametrize("broken", [b"", b"nonsense", b'{"intents": [], "features": []}', b"[1]", b"\x93NUMPY\x01\x00"])
def test_what_is_broken_is_learnt_anew_and_replaced(tmp_path: Path, name: str, broken: bytes) -> None:
    lessons = Lessons()
    expected = once(tmp_path, lessons).likelihoods(FEATURES)
    (place,) = tmp_path.iterdir()
    (place / name).write_bytes(broken)
    for _ in range(2):
        assert once(tmp_path, lessons).likelihoods(FEATURES) == expected
    assert lessons.given == 2
    assert list(tmp_path.iterdir()) == [place]


def test_a_file_where_a_model_should_be_is_replaced(tmp_path: Path) -> None:
    lessons = Lessons()
    once(tmp_path, lessons)
    (place,) = tmp_path.iterdir()
    shutil.rmtree(place)
    place.write_text("no folder")
    for _ in range(2):
        once(tmp_path, lessons)
    assert lessons.given == 2


def test_where_nothing_can_be_kept_it_is_learnt_all_the_same(tmp_path: Path) -> None:
    lessons = Lessons()
    (tmp_path / "file").write_text("no folder")
    for _ in range(2):
        assert once(tmp_path / "file" / "below", lessons).intents == ("none", "who_uses")
    assert lessons.given == 2


def test_no_more_is_kept_than_the_newest(tmp_path: Path) -> None:
    lessons = Lessons()
    for number in range(MOST_KEPT + 3):
        once(tmp_path, lessons, (number,))
    assert len(list(tmp_path.iterdir())) == MOST_KEPT
    once(tmp_path, lessons, (MOST_KEPT + 2,))
    assert lessons.given == MOST_KEPT + 3
