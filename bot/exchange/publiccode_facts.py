"""What a publiccode.yml says of what the IT department asks, in the file's own terms, which everybody can look up."""

from collections.abc import Iterator, Sequence

from bot.domain.facts import Topic
from bot.exchange.rows import StatedFact
from bot.exchange.text import cleaned
from bot.exchange.yaml_tree import Node

MOST_NAMES = 8
LONGEST = 300
_YES = frozenset({"true", "yes", "on"})
_CONFORMS = {
    "lineeGuidaDesign": (Topic.ACCESSIBILITY, "lineeGuidaDesign"),
    "accessibile": (Topic.ACCESSIBILITY, "accessibile"),
    "gdpr": (Topic.DATA, "GDPR"),
    "misureMinimeSicurezza": (Topic.DATA, "misureMinimeSicurezza"),
    "modelloInteroperabilita": (Topic.WORKS_WITH, "modelloInteroperabilita"),
}
_PLATFORMS = {"spid": "SPID", "cie": "CIE", "anpr": "ANPR", "pagopa": "pagoPA", "io": "IO", "appIO": "IO"}


def facts_in(tree: Node) -> Iterator[StatedFact]:
    """One for each topic of which something is said."""
    said: dict[Topic, list[str]] = {}
    for topic, text in _statements(tree):
        if text and text not in said.setdefault(topic, []):
            said[topic].append(text)
    for topic, texts in said.items():
        yield StatedFact(topic, "; ".join(texts)[:LONGEST])


def _statements(tree: Node) -> Iterator[tuple[Topic, str]]:
    if licence := cleaned(tree.words("legal", "license")):
        yield Topic.LICENCE, licence
    if support := _support(tree):
        yield Topic.SUPPORT, support
    if needs := _names(tree.each("dependsOn", "open")):
        yield Topic.HOSTING, f"dependsOn: {needs}"
    if origin := ", ".join(cleaned(node.text or "") for node in tree.each("isBasedOn") if node.text):
        yield Topic.ALTERNATIVES, f"isBasedOn: {origin}"
    # A mere "false" is what the editor writes for who ticks nothing: it isn't a statement.
    for key, (topic, word) in _CONFORMS.items():
        if _ticked(tree, "conforme", key):
            yield topic, word
    if platforms := [word for key, word in _PLATFORMS.items() if _ticked(tree, "piattaforme", key)]:
        yield Topic.WORKS_WITH, ", ".join(dict.fromkeys(platforms))


def _ticked(tree: Node, section: str, key: str) -> bool:
    return tree.words("it", section, key).casefold() in _YES


def _support(tree: Node) -> str:
    """Who is accountable: the kind of maintenance and the firms under contract, never a person's contact."""
    kind = cleaned(tree.words("maintenance", "type"))
    firms = []
    for firm in tree.each("maintenance", "contractors"):
        until = cleaned(firm.words("until"))
        name = cleaned(firm.words("name"))
        if name and "@" not in name:
            firms.append(f"{name} (→ {until[:10]})" if until else name)
    return ": ".join(filter(None, (kind, ", ".join(firms[:MOST_NAMES]))))


def _names(nodes: Sequence[Node]) -> str:
    names = [cleaned(node.words("name") or node.text or "") for node in nodes]
    return ", ".join([name for name in names if name][:MOST_NAMES])
