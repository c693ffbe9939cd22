"""What people call the register's regions, kinds of body and categories, in one language."""

from collections.abc import Iterable, Mapping

from bot.language.keys import key, words_of
from bot.language.names import Names
from bot.language.vocabulary import Words


class Terms:
    """Finds the register's own word for what somebody says."""

    def __init__(self, words: Words) -> None:
        self._said = {"region": _by_key(words.regions), "category": _by_key(words.categories)}
        self._letters = {kind: "\n".join(said) for kind, said in self._said.items()}

    def may_have(self, kind: str, text: str, names: Names) -> bool:
        """Whether a region or category may have this text in it: most words are in none."""
        mine, theirs = self._letters[kind], names.letters(kind)
        return all(word in mine or word in theirs for word in words_of(text))

    def canonical(self, kind: str, text: str, names: Names) -> str:
        """The region or category that this text is, as the register writes it; empty if it is none."""
        words = words_of(text)
        said = self._said[kind].get(key(words))
        if said or not words:
            return said or ""
        if kind == "region":
            return _same(text, _places(names)) if names.knows_region(text) else ""
        return _category(words, names, text) if names.knows_category(text) else ""


def _by_key(table: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {key(words_of(text)): name for name, texts in table.items() for text in texts}


def _places(names: Names) -> Iterable[str]:
    return (value for o in names.organisations.values() for value in (o.region, o.nation, o.kind) if value)


def _same(text: str, known: Iterable[str]) -> str:
    wanted = key(words_of(text))
    return next((value for value in known if key(words_of(value)) == wanted), text)


def _category(words: tuple[str, ...], names: Names, text: str) -> str:
    """The one category that has all these words, else the text as typed."""
    known = {tool.category for tool in names.tools.values() if tool.category}
    having = {category for category in known if set(words) <= set(words_of(category))}
    exact = {category for category in having if words_of(category) == words}
    found = exact or having
    return found.pop() if len(found) == 1 else text
