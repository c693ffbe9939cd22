"""Greetings and politenesses: words of a message that ask for nothing themselves."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum

from bot.language.vocabulary import Words

Phrase = tuple[str, ...]


class Filler(IntEnum):
    """What a polite word does: nothing, make less sure, make a question, be nothing else ("thanks for …")."""

    NO = 0
    PLAIN = 1
    HEDGE = 2
    ASKING = 3
    SEALED = 4


class Fillers:
    """The politenesses of one language, the longest first; `cut` gives a text's words as a message has them."""

    def __init__(self, words: Words, cut: Callable[[Iterable[str]], Phrase]) -> None:
        sorts = {
            Filler.PLAIN: words.fillers,
            Filler.HEDGE: words.hedges,
            Filler.ASKING: words.asking,
            Filler.SEALED: words.sealed,
        }
        self._sorts = {cut(text.split()): sort for sort, texts in sorts.items() for text in texts}
        self._beginning: dict[str, list[Phrase]] = defaultdict(list)
        for phrase in sorted(self._sorts, key=len, reverse=True):
            self._beginning[phrase[0]].append(phrase)
        self.words = frozenset(word for phrase in self._sorts for word in phrase)

    def of(self, words: Sequence[str]) -> list[Filler]:
        """For each word whether it is part of one, and of which sort."""
        marked = [Filler.NO] * len(words)
        for at, word in enumerate(words):
            for phrase in self._beginning.get(word, ()):
                if tuple(words[at : at + len(phrase)]) == phrase:
                    for inside in range(at, at + len(phrase)):
                        marked[inside] = max(marked[inside], self._sorts[phrase])
                    break
        return marked
