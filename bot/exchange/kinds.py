"""What kind of file it is, told from what is in it rather than from its name, and who reads it."""

import re

from bot.errors import OperatorError
from bot.exchange.catalogue import is_catalogue, read_catalogue
from bot.exchange.declared import read_opencatalogi, read_usage
from bot.exchange.document import Document
from bot.exchange.json_tree import read_json, tree_of
from bot.exchange.publiccode import read_publiccode
from bot.exchange.rows import Contents, Kind
from bot.exchange.uses_csv import looks_like_uses, read_uses
from bot.exchange.yaml_tree import Node, NotYaml, read_yaml

_PUBLICCODE = re.compile(r"^[\"']?(?:publiccode-?ya?ml-?version|usedBy)[\"']?\s*:", re.IGNORECASE | re.MULTILINE)
_OPENCATALOGI = re.compile(
    r"^(?:openCatalogiYm?a?ml?Version|publicorgani[sz]ationYa?mlVersion|softwareUsed|softwareSupported|softwareOwned)\s*:",
    re.IGNORECASE | re.MULTILINE,
)
_SOFTWARE_KEYS = re.compile(
    r"^(?:developmentStatus|softwareType|legal|platforms|landingURL|intendedAudience)\s*:", re.MULTILINE
)
_NAME_AND_URL = (re.compile(r"^name\s*:", re.MULTILINE), re.compile(r"^url\s*:", re.MULTILINE))
_READABLE = "CSV with the columns organisation and tool, publiccode.yml, openCatalogi.yaml, publiccode-usage.json, \
or a page of a catalogue's API"


def read(document: Document) -> Contents:
    """What the file says; OperatorError in one line if it is none of the kinds that are read, or can't be read."""
    start = document.text.lstrip("\ufeff \t\r\n")[:1]
    if start == "<":
        raise OperatorError(f"{document.name}: is a web page (HTML or XML), not {_READABLE}")
    if start in ("{", "["):
        return _read_json(document)
    kind = kind_of(document.text)
    if kind is Kind.PUBLICCODE:
        return read_publiccode(document)
    if kind is Kind.OPENCATALOGI:
        return read_opencatalogi(document, _first_tree(document))
    if kind is Kind.USES or _is_table(document):
        return Contents(Kind.USES, tuple(read_uses(document)))
    raise OperatorError(f"{document.name}: is no kind of file that is read ({_READABLE})")


def kind_of(text: str) -> Kind | None:
    """The kind of a text that isn't JSON; None if it is none of ours."""
    if _PUBLICCODE.search(text):
        return Kind.PUBLICCODE
    if _OPENCATALOGI.search(text):
        return Kind.OPENCATALOGI
    if all(key.search(text) for key in _NAME_AND_URL) and _SOFTWARE_KEYS.search(text):
        return Kind.PUBLICCODE
    return Kind.USES if looks_like_uses(text) else None


def is_read(document: Document) -> bool:
    """Whether a file that nobody named, found in a folder, is one of ours."""
    start = document.text.lstrip("\ufeff \t\r\n")[:1]
    if start not in ("{", "["):
        return start != "<" and kind_of(document.text) is not None
    try:
        return _json_kind(read_json(document)) is not None
    except OperatorError:
        return False


def _is_table(document: Document) -> bool:
    return document.name.casefold().endswith((".csv", ".tsv"))


def _read_json(document: Document) -> Contents:
    value = read_json(document)
    match _json_kind(value):
        case Kind.CATALOGUE:
            return read_catalogue(document, value)
        case Kind.USAGE:
            return read_usage(document, tree_of(value, 1))
        case Kind.OPENCATALOGI:
            return read_opencatalogi(document, tree_of(value, 1))
        case Kind.PUBLICCODE:
            return read_publiccode(document)
    raise OperatorError(f"{document.name}: is JSON, but no kind that is read ({_READABLE})")


def _json_kind(value: object) -> Kind | None:
    if is_catalogue(value):
        return Kind.CATALOGUE
    if not isinstance(value, dict):
        return None
    keys = {str(key).casefold() for key in value}
    if keys & {"organization", "organisation"} and keys & {"software", "uses", "usage", "tools"}:
        return Kind.USAGE
    if keys & {"softwareused", "softwaresupported"} and "publiccodeymlversion" not in keys:
        return Kind.OPENCATALOGI
    if keys & {"publiccodeymlversion", "usedby"}:
        return Kind.PUBLICCODE
    if isinstance(value.get("data"), list) and "links" in keys:
        return Kind.CATALOGUE
    return None


def _first_tree(document: Document) -> Node:
    try:
        trees = [tree for tree in read_yaml(document) if tree.pairs]
    except NotYaml as error:
        raise OperatorError(f"{document.name}: can't be read as YAML ({error})") from error
    if not trees:
        raise OperatorError(f"{document.name}: there are no keys in it")
    return trees[0]
