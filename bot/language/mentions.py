"""The names in a message, spotted before it is understood: tools, organisations, regions, numbers, dates."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf

from bot.language.features import Term
from bot.language.fillers import Filler
from bot.language.meaning import Match, Named
from bot.language.names import Names
from bot.language.sentence import Sentence
from bot.language.tokens import NONE, PAUSE

NAMES = ("tool", "organisation")
REGION, CATEGORY = 4, 3  # words
LIKENESSES = 6  # looked up in a message: what is typed at random has no end of them
UNKNOWN = "{?}"
_YEAR = re.compile(r"(?:19|20)\d\d(?:[-/.]\d{1,2}){0,2}")


@dataclass(frozen=True)
class Mention:
    """A stretch of tokens that names something; `weak` if its words may as well be no name at all."""

    kind: str
    start: int
    end: int
    named: Named | None = None
    weak: bool = False


class Mentions:
    """Everything that a sentence names, each token in one mention at most."""

    def __init__(self, sentence: Sentence) -> None:
        self.sentence = sentence
        self._names: Names = sentence.names
        self._taken = [False] * len(sentence.tokens)
        self._left = LIKENESSES
        found = [*self._exact(), *self._dated(), *self._places()]
        self.unknown: list[tuple[int, int]] = []
        found += self._misspelt()
        self.all = sorted(found, key=lambda mention: mention.start)

    def of(self, kind: str, *, weak: bool = False) -> list[Mention]:
        """Those of one kind, in the order they stand."""
        return [mention for mention in self.all if mention.kind == kind and mention.weak <= weak]

    def terms(self, *, weak: bool = False) -> list[Term]:
        """The sentence as the classifier sees it, names taken out; the weak ones too if asked to."""
        starts = {mention.start: mention for mention in self.all if weak or not mention.weak}
        strange = dict(self.unknown)
        terms: list[Term] = []
        at = 0
        while at < len(self.sentence.tokens):
            if mention := starts.get(at):
                terms.append(Term(f"{{{mention.kind}}}"))
                if mention.kind == "category":
                    terms += [self._term(inside) for inside in range(mention.start, mention.end)]
                elif mention.kind == "region" and "~council" in self.sentence.meanings[mention.end - 1]:
                    terms.append(self._term(mention.end - 1))
                at = mention.end
            elif at in strange:
                terms.append(Term(UNKNOWN, spelt=self.sentence.tokens[at].word))
                at = strange[at]
            else:
                terms.append(self._term(at))
                at += 1
        return terms

    def _term(self, at: int) -> Term:
        word = self.sentence.tokens[at].word
        meant = min(self.sentence.meanings[at].items(), key=lambda m: (m[1], m[0]), default=(word, 0.0))[0]
        filler = self.sentence.filler[at]
        return Term(word if word in self.sentence.tongue.lexicon else meant, filler is not Filler.NO)

    # --- spotting ----------------------------------------------------------------------------------

    def _exact(self) -> Iterator[Mention]:
        """Known names, the longest first; of a tool and a body of one name the tool."""
        kinds = {span: kind for kind in reversed(NAMES) for span in self.sentence.named(kind)}
        for start, end in sorted(kinds, key=lambda span: (span[0] - span[1], span[0])):
            kind = kinds[start, end]
            if any(self._taken[start:end]) or self._broken(start, end):
                continue
            if kind == "organisation" and self._regional(start, end):
                continue
            first, last = self._trimmed(kind, start, end)
            named = self._find(kind, first, last)
            yield self._take(Mention(kind, first, last, named, weak=self._weak(first, last)))

    def _trimmed(self, kind: str, start: int, end: int) -> tuple[int, int]:
        """The name without small words beside it that make no difference: "QGIS a"."""
        ids = self.sentence.known(kind, start, end)
        while end - start > 1 and self._small(end - 1, end) and self.sentence.known(kind, start, end - 1) == ids:
            end -= 1
        while end - start > 1 and self._small(start, start + 1) and self.sentence.known(kind, start + 1, end) == ids:
            start += 1
        return start, end

    def _places(self) -> Iterator[Mention]:
        for kind, longest in (("region", REGION), ("category", CATEGORY)):
            for start, end in self.sentence.terms(kind):
                free = end - start <= longest and not any(self._taken[start:end]) and not self._small(start, end)
                if free and not self._broken(start, end):
                    yield self._take(Mention(kind, start, end))

    def _dated(self) -> Iterator[Mention]:
        """A year with the month before it, and the numbers of requests."""
        sentence = self.sentence
        for at, token in enumerate(sentence.tokens):
            if self._taken[at]:
                continue
            if _YEAR.fullmatch(token.word):
                start = at
                while start and not self._taken[start - 1] and sentence.slot("since", start - 1, start) < inf:
                    start -= 1
                while self._small(start, start + 1) and start < at:
                    start += 1
                yield self._take(Mention("since", start, at + 1))
            elif sentence.slot("number", at, at + 1) < inf:
                yield self._take(Mention("number", at, at + 1))

    def _misspelt(self) -> Iterator[Mention]:
        """Names that are likely meant by words nobody knows, else where those words stand."""
        at = 0
        while at < len(self.sentence.tokens):
            end = at
            while end < len(self.sentence.tokens) and self._strange(end, first=end == at):
                end += 1
            if end == at:
                at += 1
                continue
            mention = self._like(at, end)
            if mention:
                yield self._take(mention)
                if mention.start > at:
                    self.unknown.append((at, mention.start))
                at = mention.end
            else:
                if not all(self.sentence.meanings[inside] for inside in range(at, end)):
                    self.unknown.append((at, end))
                at = end

    def _like(self, start: int, end: int) -> Mention | None:
        for length in range(min(3, end - start), 0, -1):
            for first in range(start, end - length + 1):
                for kind in NAMES:
                    if self._left <= 0:
                        return None
                    self._left -= 1
                    named = self._find(kind, first, first + length)
                    if named.match is Match.TYPO:
                        return Mention(kind, first, first + length, named)
        return None

    def _strange(self, at: int, *, first: bool) -> bool:
        """Whether nothing is known of this word, or it looks more like a name than a slip of the keyboard."""
        sentence, token = self.sentence, self.sentence.tokens[at]
        if self._taken[at] or sentence.filler[at] is not Filler.NO or token.word in sentence.tongue.lexicon:
            return False
        if not (first or token.before == NONE):
            return False
        return not sentence.meanings[at] or sentence.capital(at)

    # --- judging ------------------------------------------------------------------------------------

    def _find(self, kind: str, start: int, end: int) -> Named:
        typed = self.sentence.typed(start, end)
        return self._names.find_tool(typed) if kind == "tool" else self._names.find_organisation(typed)

    def _take(self, mention: Mention) -> Mention:
        if not mention.weak:
            self._taken[mention.start : mention.end] = [True] * (mention.end - mention.start)
        return mention

    def _broken(self, start: int, end: int) -> bool:
        """Whether a pause stands inside: "Leeds, Bristol" is no one name."""
        return any(token.before >= PAUSE for token in self.sentence.tokens[start + 1 : end])

    def _regional(self, start: int, end: int) -> bool:
        """Whether a region's name goes on around it: "London boroughs" isn't about the City of London."""
        for first, last in sorted(self.sentence.terms("region")):
            if first <= start and end <= last and end - start < last - first <= REGION:
                return not self._broken(first, last)
        return False

    def _small(self, start: int, end: int) -> bool:
        return all(self.sentence.skip[at] < 1.0 for at in range(start, end))

    def _weak(self, start: int, end: int) -> bool:
        """Whether it is made of everyday words, in no way marked as a name."""
        sentence = self.sentence
        everyday = all(token.word in sentence.tongue.lexicon for token in sentence.tokens[start:end])
        return everyday and not any(sentence.capital(at) for at in range(start, end))


def first(mentions: Sequence[Mention]) -> Mention | None:
    """The first of them, if there is one."""
    return mentions[0] if mentions else None
