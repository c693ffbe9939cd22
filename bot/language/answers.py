"""Bare answers to a question of the bot: a yes, a no, "ask me later", or one of the choices by its number."""

import re
from collections import defaultdict
from collections.abc import Sequence, Set

from rapidfuzz.distance import OSA

from bot.language.fillers import Filler
from bot.language.keys import fold
from bot.language.tongue import Tongue

LONGEST = 80  # letters; what is longer is no bare answer
SLIP_FROM = 5  # letters in which one may be wrong
MOST_AROUND = 4  # words of a message that picks by number
PLAIN = frozenset({"yes", "no", "that", "later", "stop", "none"})
STRONGER = {("yes", "that"): "that", ("that", "yes"): "that"}  # "yes, that's it" says more than a yes
CHOICES = frozenset({"1", "2", "3", "4", "5"})
_WORD = re.compile(r"[^\W_]+")
_NUMBER = re.compile(r"(?<![\w.,:-])#?(\d{1,2})(?:[^\W\d_]{1,3})?(?![\w:-])(?![.,]\d)")


class Answers:
    """The answers of one language, each by its words."""

    def __init__(self, tongue: Tongue) -> None:
        self._tongue = tongue
        self._texts: dict[tuple[str, ...], str] = {}
        self._signs: dict[str, str] = {}
        self._long: dict[int, list[tuple[str, str]]] = defaultdict(list)  # those that may have a slip, by their length
        for answer, texts in tongue.words.answers.items():
            for text in texts:
                if words := _words(text):
                    self._texts.setdefault(words, answer)
                else:
                    self._signs.setdefault(_bare(text), answer)
        for said, answer in self._texts.items():
            if len(joined := " ".join(said)) >= SLIP_FROM:
                self._long[len(joined)].append((joined, answer))

    def find(self, text: str, among: Set[str]) -> str | None:
        """The answer that the whole message is, politeness and a slip of the keyboard aside."""
        if len(text) > LONGEST:
            return None
        words = _words(text)
        if found := self._told(words) & among:
            return min(found) if len(found) == 1 else None
        if self._polite(words):
            signs = (self._signs.get(_bare(sign)) for sign in [text, *text.split()])
            return next((answer for answer in signs if answer in among), None)
        return self._near(words, among)

    def _told(self, words: tuple[str, ...]) -> Set[str]:
        """The answers that the words are, one after another said in any of its ways, with politeness between."""
        if words in self._texts:
            return {self._texts[words]}
        fillers = self._tongue.fillers(words)
        reached: list[set[str]] = [{""}, *(set() for _ in words)]  # by each word, what was answered until there
        for at, so_far in enumerate(reached[:-1]):
            for end in range(at + 1, len(words) + 1):
                answer = self._texts.get(words[at:end])
                reached[end] |= {both for told in so_far if (both := _together(told, answer))}
            if fillers[at] is not Filler.NO:
                reached[at + 1] |= so_far
        return reached[-1] - {""}

    def _polite(self, words: Sequence[str]) -> bool:
        return Filler.NO not in self._tongue.fillers(words)

    def _near(self, words: tuple[str, ...], among: Set[str]) -> str | None:
        typed = " ".join(words)
        if len(typed) < SLIP_FROM:
            return None
        alike = (one for length in (-1, 0, 1) for one in self._long.get(len(typed) + length, ()))
        near = {answer for text, answer in alike if answer in among and OSA.distance(typed, text, score_cutoff=1) <= 1}
        return near.pop() if len(near) == 1 else None

    def turned(self, text: str) -> bool:
        """Whether it says no to something."""
        return not self._tongue.negations.isdisjoint(_words(text[:LONGEST]))

    def picked(self, text: str) -> int | None:
        """Which of several the message picks: "2", "#2", "the second one", "option 2"."""
        if answer := self.find(text, CHOICES):
            return int(answer)
        numbers = [int(number) for number in _NUMBER.findall(text)] if len(text) <= LONGEST else []
        return numbers[0] if len(numbers) == 1 and len(_words(text)) <= MOST_AROUND else None


def _together(told: str, answer: str | None) -> str | None:
    """The answer that two are, one after the other; none if they contradict each other."""
    if not answer:
        return None
    return answer if told in ("", answer) else STRONGER.get((told, answer))


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(fold(text)))


def _bare(text: str) -> str:
    return fold(text).strip(" \t\r\n.,;!?")
