"""Words to wire: a message's blocks become `body`, `formatted_body` and `m.mentions`; knows no nio.

The catalogue's sentences are written with three marks only: **strong**, `what to type`, and {names} to fill in.
Fillings are put in after the marks are read, so nothing a person typed can become a mark, a tag or a mention.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any
from urllib.parse import quote, urlsplit

from bot.actions import Say
from bot.catalogues import Catalogues
from bot.words import Block, Items, Line, Link, Person, Phrase, Quote, Written
from bot.writing import as_written

OP_ID = "org.townclerk.op_id"  # in every event we send, so that our own can be told again after a restore
PART_BYTES = 16_000  # of encoded text a part: quotes count double, encryption adds a third (MATRIX.md, Sending)
NAME_LENGTH = 200
QUOTE_LENGTH = 2000
QUOTE_BYTES = 7_000  # two of them fit into a part
WRITTEN_BYTES = 8_000  # of a line that isn't in the catalogue: what is filled in comes on top
LISTED = 25  # names in one line; longer lists are lists
URL_LENGTH = 1000

_MARKS = re.compile(r"(\*\*.+?\*\*|`.+?`|\{\w+\})", re.DOTALL)
_EVERYBODY = re.compile("@(?=room)", re.IGNORECASE)  # older clients and bridges ping a whole room by the mere word
_UNSEEN = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}


def clean(text: str, length: int = NAME_LENGTH) -> str:
    """Text by others, made harmless for a line of ours: no control or direction characters, one line, not endless."""
    seen = text if text.isprintable() else _seen(text)
    line = _EVERYBODY.sub("@\u2060", " ".join(seen.split()))
    return line if len(line) <= length else line[: length - 1] + "…"


def _seen(text: str) -> str:
    kept = (c for c in text if unicodedata.category(c) not in _UNSEEN or c in "\u200d\n\t")
    return "".join(" " if c.isspace() else c for c in kept)


@dataclass(frozen=True, slots=True)
class Text:
    """One line in both forms."""

    plain: str
    html: str

    def __add__(self, other: "Text") -> "Text":
        return Text(self.plain + other.plain, self.html + other.html)


_EMPTY = Text("", "")


class Renderer:
    """Writes messages in a language."""

    def __init__(self, catalogues: Catalogues) -> None:
        self._catalogues = catalogues

    @property
    def languages(self) -> frozenset[str]:
        """The languages it can write in."""
        return self._catalogues.languages

    def learn(self, language: str) -> None:
        """Read a language's sentences before they are said; may be done in a thread."""
        self._catalogues.learn(language)

    def contents(self, say: Say, language: str) -> list[dict[str, Any]]:
        """The `m.room.message` contents of a message: one, or several parts under the event size limit."""
        texts = self._lines(say.blocks, language)
        parts = [self._content(lines, say) for lines in _parts(texts)]
        for part in parts[1:]:
            part["m.mentions"] = {}  # one ping is enough
        return parts

    def written(self, blocks: Sequence[Block], language: str) -> Text:
        """Blocks in both forms, however long."""
        lines = self._lines(blocks, language)
        return Text("\n".join(f"· {text.plain}" if item else text.plain for item, text in lines), _html(lines))

    def text(self, phrase: Phrase, language: str) -> Text:
        """A phrase in both forms."""
        return self._phrase(phrase, language)

    def _lines(self, blocks: Sequence[Block], language: str) -> list[tuple[bool, Text]]:
        lines: list[tuple[bool, Text]] = []
        for block in blocks:
            if isinstance(block, Items):
                lines += [(True, self._line(item, language)) for item in block.items]
            else:
                lines.append((False, self._line(block, language)))
        return lines

    def _content(self, lines: Sequence[tuple[bool, Text]], say: Say) -> dict[str, Any]:
        content: dict[str, Any] = {
            "msgtype": "m.notice" if say.notice else "m.text",
            "body": "\n".join(f"· {text.plain}" if item else text.plain for item, text in lines),
            "format": "org.matrix.custom.html",
            "formatted_body": _html(lines),
            "m.mentions": {"user_ids": list(say.mentions)} if say.mentions else {},
        }
        if say.thread:
            content["m.relates_to"] = {
                "rel_type": "m.thread",
                "event_id": say.thread,
                "is_falling_back": say.reply_to is None or say.reply_to == say.thread,
                "m.in_reply_to": {"event_id": say.reply_to or say.thread},
            }
        elif say.reply_to:
            content["m.relates_to"] = {"m.in_reply_to": {"event_id": say.reply_to}}
        return content

    def _line(self, line: Line, language: str) -> Text:
        if isinstance(line, Written):
            return self._marked(_pieces(line.line), line.values, language, WRITTEN_BYTES)
        return self._phrase(line, language)

    def _phrase(self, phrase: Phrase, language: str) -> Text:
        template = self._catalogues.sentence(phrase.key, language, phrase.count)
        return self._marked(_known_pieces(template), phrase.values, language)

    def _marked(self, pieces: Iterable[str], values: Mapping[str, object], language: str, most: int = 0) -> Text:
        texts: list[Text] = []
        size = 0
        for piece in pieces:
            if most and size > most:
                texts.append(_plain("…"))
                break
            texts.append(text := self._piece(piece, values, language, most))
            size += _size(text) if most else 0
        return Text("".join([text.plain for text in texts]), "".join([text.html for text in texts]))

    def _piece(self, piece: str, values: Mapping[str, object], language: str, most: int) -> Text:
        pieces, literal = (_pieces, _literal) if most else (_known_pieces, _known_literal)
        if piece.startswith("**") and len(piece) > 4:
            inner = self._marked(pieces(piece[2:-2]), values, language, most)
            return Text(inner.plain, f"<b>{inner.html}</b>")
        if piece.startswith("`") and len(piece) > 2:
            inner = self._marked(pieces(piece[1:-1]), values, language, most)
            return Text(f"“{inner.plain}”", f"<code>{inner.html}</code>")
        if piece.startswith("{") and piece[1:-1] in values:
            return self._filling(values[piece[1:-1]], language)
        return literal(piece)

    def _filling(self, value: object, language: str) -> Text:
        match value:
            case Phrase():
                return self._phrase(value, language)
            case Person():
                return _person(value)
            case Link():
                return _link(value)
            case Quote():
                return _quote(value)
            case list() | tuple():
                return self._listed(value, language)
        return _plain(_written(value, language))

    def _listed(self, values: Iterable[object], language: str) -> Text:
        texts = [self._filling(value, language) for value in list(values)[:LISTED]]
        if len(texts) < 2:
            return texts[0] if texts else _EMPTY
        joined = texts[0]
        for text in texts[1:-1]:
            joined = joined + _plain(", ") + text
        return joined + _plain(self._catalogues.sentence("bot.and", language)) + texts[-1]


def _pieces(line: str) -> tuple[str, ...]:
    """What stands between the marks, and the marks with what is in them."""
    return tuple(piece for piece in _MARKS.split(line) if piece)


def _literal(piece: str) -> Text:
    return Text(piece, escape(piece).replace("\n", "<br>"))


_known_pieces = lru_cache(maxsize=2_000)(_pieces)  # of the catalogues' sentences
_known_literal = lru_cache(maxsize=4_000)(_literal)


def _written(value: object, language: str) -> str:
    """Times and numbers as the language writes them; anything else is somebody's text."""
    return as_written(value, language) or clean(str(value))  # an int too: "take 1,234" would be no request's number


def _plain(text: str) -> Text:
    return Text(text, escape(text))


def _person(person: Person) -> Text:
    # The id is shown, never the display name: names can be forged, ids can't (RELIABILITY.md, section 1).
    name = clean(person.name or person.user_id.partition(":")[0].lstrip("@"))
    address = f"https://matrix.to/#/{quote(person.user_id, safe='@:')}"
    return Text(name, f'<a href="{escape(address)}">{escape(name)}</a>')


def _link(link: Link) -> Text:
    text = clean(link.text)
    url = clean(link.url, URL_LENGTH)
    if url != link.url or not _is_harmless(url):
        return _plain(text)
    plain = url if link.text == url else f"{text} ({url})"
    return Text(plain, f'<a href="{escape(url)}">{escape(text)}</a>')


def _quote(quote: Quote) -> Text:
    text = _plain(clean(quote.text, QUOTE_LENGTH))
    while _size(text) > QUOTE_BYTES:  # few are: text in other scripts, or of nothing but quotation marks
        text = _plain(clean(text.plain, len(text.plain) * 3 // 4))
    return text


def _is_harmless(url: str) -> bool:
    try:
        return urlsplit(url).scheme in ("https", "http", "mailto")
    except ValueError:  # "https://[" is no address
        return False


def _html(lines: Sequence[tuple[bool, Text]]) -> str:
    html, listing = "", False
    for number, (item, text) in enumerate(lines):
        if item:
            html += ("" if listing else "<ul>") + f"<li>{text.html}</li>"
        else:
            html += ("</ul>" if listing else "<br>" if number else "") + text.html
        listing = item
    return html + ("</ul>" if listing else "")


def _size(text: Text) -> int:
    # Quotes, backslashes and newlines are escaped once more when the event is wrapped.
    return sum(
        len(form.encode()) + 2 * (form.count('"') + form.count("\\") + form.count("\n"))
        for form in (text.plain, text.html)
    )


def _parts(lines: Sequence[tuple[bool, Text]]) -> list[list[tuple[bool, Text]]]:
    """Lines put together until a part is full; a line is never cut, since every filling is short."""
    parts: list[list[tuple[bool, Text]]] = [[]]
    room = PART_BYTES
    for item, text in lines:
        size = _size(text)
        if size > room and parts[-1]:
            parts.append([])
            room = PART_BYTES
        parts[-1].append((item, text))
        room -= size + 20
    return parts
