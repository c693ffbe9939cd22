"""One entry of a `usedBy` list: a public body with whatever identifies it, or what is wrong with it."""

import re
from dataclasses import dataclass

from bot.exchange.persons import impersonal, without_contacts
from bot.exchange.repository import domain_of
from bot.exchange.text import LONGEST_NAME, cleaned, web_address
from bot.exchange.yaml_tree import Node

_IPA = re.compile(r"codice\s*ipa\s*:?\s*(\w{2,12})\s*(?:[,;:–-]\s*)?(.*)", re.IGNORECASE)
_URN = re.compile(r"urn:[a-z0-9][a-z0-9-]{1,31}:\S{1,100}", re.IGNORECASE)
_POINTER = re.compile(r"\b(?:see|vedi|voir|siehe|zie|more|weitere)\b.*https?://|https?://.*\bmore\b", re.IGNORECASE)
_MANY = r"circa|oltre|over|about|more than|plus de|über|ca\.?|many|various|several|diversi|vari|molti|altri|\d{1,4}\+?"
_PLURALS = (
    r"ambiti|enti|enti locali|comuni|comuni italiani|collectivit[ée]s|collectivit[ée]s territoriales|communes|"
    r"municipalities|councils|local authorities|public administrations|gemeenten|gemeinden|kommunen|kommuner|"
    r"pa|pubbliche amministrazioni|administrations|others|altri|autres|andere"
)
_NOBODY = r"and more|and others|etc\.?|tbd|n/?a|none|unknown|nobody|nessuno|various|diversi"
_GROUP = re.compile(rf"(?:(?:{_MANY})\s+)*(?:{_PLURALS}|{_NOBODY})|\d{{1,4}}\+?\s+(?:{_PLURALS})\b.*", re.IGNORECASE)


@dataclass(frozen=True)
class Body:
    """A body as an entry names it."""

    name: str
    id: str = ""
    website: str = ""


def entries(listed: Node) -> list[Node]:
    """The entries under `usedBy`: a list's items, or the lines of a single text."""
    if listed.text is None:
        return list(listed.items) if not listed.pairs else [listed]
    lines = [part.strip(" -*\t") for part in re.split(r"[\n;]", listed.text)]
    return [Node(listed.line, line) for line in lines if line]


def body_in(entry: Node) -> Body | str:
    """The body an entry names, or why it names none."""
    if entry.pairs:
        return _described(entry)
    if entry.text is None:
        return "a list where a name should be"
    return body_named(entry.text)


def body_named(text: str) -> Body | str:
    """The body this text names, or why it names none."""
    whole = cleaned(text)
    if len(whole) > LONGEST_NAME and any(c.isalpha() for c in whole):
        return f"the organisation's name is longer than {LONGEST_NAME} characters"
    name = without_contacts(whole[:LONGEST_NAME])  # nobody's contact comes in by this way
    if not any(c.isalpha() for c in name):
        return f"“{whole[:40]}” names no organisation"
    if _POINTER.search(name):
        return f"“{name[:60]}” points elsewhere and names no organisation"
    if _GROUP.fullmatch(name):
        return f"“{name[:60]}” is a group, not one organisation"
    return _identified(name)


def _identified(name: str) -> Body:
    if match := _IPA.fullmatch(name):
        return Body(match[2].strip() or match[1], italian_id(match[1]))
    if _URN.fullmatch(name):
        return Body(name.rsplit(":", 1)[-1], name.casefold())
    if re.fullmatch(r"https?://\S+", name, re.IGNORECASE) and (domain := domain_of(name)):
        return Body(domain, f"domain:{domain}", name)
    return Body(name)


def _described(entry: Node) -> Body | str:
    """From a mapping with a name and an address, or one that a colon in the name made."""
    address = next(filter(None, (entry.words(key) for key in ("uri", "id", "identifier", "url", "website"))), "")
    name = entry.words("name") or entry.words("organisation") or address
    if not name and len(entry.pairs) == 1:
        key, value = entry.pairs[0]
        name = f"{key}: {value.text or ''}"
    found = body_named(name)
    if isinstance(found, str):
        return found
    return Body(found.name, found.id or id_of(address), web_address(address))


def id_of(address: str) -> str:
    """A body's id from the address that identifies it: a URN as it is, a web address by its domain."""
    address = cleaned(address)
    if _URN.fullmatch(address):
        return impersonal(address.casefold())
    domain = domain_of(web_address(address))
    return f"domain:{domain}" if domain else ""


def italian_id(code: str) -> str:
    """The id of an Italian body from its code in the index of public administrations (IPA)."""
    return f"urn:x-italian-pa:{cleaned(code).casefold()}" if re.fullmatch(r"\w{2,12}", cleaned(code)) else ""
