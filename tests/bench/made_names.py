"""Names for a register of any size: towns and tools that read like those of the starter register, and their slips."""

import random
import string
from collections import defaultdict
from collections.abc import Callable, Iterator

from bot.domain.directory import Organisation, Tool
from bot.exchange.register import read_register
from bot.language.keys import key, words_of
from bot.language.noise import ORGANISATIONS, TOOLS, Noise

KINDS = (
    "{} Borough Council", "{} District Council", "{} City Council", "{} County Council", "{} Council",
    "London Borough of {}", "City of {}", "Cyngor {}", "Ville de {}", "Mairie de {}", "Stadt {}", "Gemeinde {}",
    "Comune di {}", "Gemeente {}",
)  # fmt: skip
PARTS = ("North {}", "East {}", "South {}", "West {}", "{} and {}", "{}-on-{}", "St {}", "Mid {}", "{} Valley")
OTHER_NOISE = ("{}", "{} Council", "the {} Council", "Council of {}", "{} Concil", "{} Borugh Council", "LB {}")
ORDER = 3  # letters that decide which comes next


class Names:
    """An endless stream of names, all different; what one caller took no other gets."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        register = read_register()
        towns = [word for o in register.organisations for word in words_of(o.short_name)]
        self._town = _chain(towns)
        self._stem = _chain([word for t in register.tools for word in words_of(t.name)] * 3 + towns)
        spoken = {word for t in register.tools for word in words_of(f"{t.name} {t.description}")}
        self._spoken = sorted(word for word in spoken if 4 <= len(word) <= 9)
        self._taken: set[str] = set()

    def bodies(self, count: int) -> list[Organisation]:
        """Bodies with a full and a short name."""
        places = [self._fresh(self._place, ORGANISATIONS) for _ in range(count)]
        return [Organisation(f"body:{n}", self.chance.choice(KINDS).format(p), p) for n, p in enumerate(places)]

    def tools(self, count: int) -> list[Tool]:
        """Tools."""
        return [Tool(f"{n}-{n}", self._fresh(self._product, TOOLS)) for n in range(count)]

    def _fresh(self, made: Callable[[], str], noise: Noise) -> str:
        """A name that has other letters than any before: neither its words' order nor its noise make it new."""
        while True:
            name = made()
            letters = "".join(sorted(key(noise.strip(words_of(name)))))
            if len(letters) > 4 and letters not in self._taken:
                self._taken.add(letters)
                return name

    def _place(self) -> str:
        if self.chance.random() < 0.7:
            return _invented(self._town, self.chance).title()
        pattern = self.chance.choice(PARTS)
        return pattern.format(*(_invented(self._town, self.chance).title() for _ in range(2)))

    def _product(self) -> str:
        one, two = self.chance.choices(self._spoken, k=2)
        stem = _invented(self._stem, self.chance)
        one, two, made = one.title(), two.title(), stem.title()
        return self.chance.choice([made, made, f"{one} {made}", f"{made}{one}", f"{one} {two}", f"Open{made}"])


def _chain(words: list[str]) -> dict[str, list[str]]:
    following: dict[str, list[str]] = defaultdict(list)
    for word in words:
        edged = "^" * ORDER + word + "$"
        for at in range(ORDER, len(edged)):
            following[edged[at - ORDER : at]].append(edged[at])
    return following


def _invented(following: dict[str, list[str]], chance: random.Random) -> str:
    while True:
        made = "^" * ORDER
        while not made.endswith("$"):
            made += chance.choice(following[made[-ORDER:]])
        if 4 <= len(made) - ORDER - 1 <= 14:
            return made[ORDER:-1]


def mistyped(name: str, slips: int, chance: random.Random) -> str:
    """So many letters put in, left out, changed or swapped with the next, anywhere; never the same name."""
    while True:
        typed = name
        for _ in range(slips):
            typed = _slipped(typed, chance)
        if words_of(typed) and key(words_of(typed)) != key(words_of(name)):
            return typed


def _slipped(name: str, chance: random.Random) -> str:
    place, letter = chance.randrange(len(name)), chance.choice(string.ascii_lowercase)
    before, here, after = name[:place], name[place], name[place + 1 :]
    swapped = before + after[:1] + here + after[1:]
    return chance.choice([before + letter + here + after, before + after, before + letter + after, swapped])


def variants(name: str, chance: random.Random) -> Iterator[str]:
    """The same name written in other ways."""
    words = name.split()
    yield from (name.lower(), name.upper(), name.replace(" ", ""), name.replace(" ", "-"), ".".join(words))
    yield " ".join(words[1:] + words[:1])
    place = chance.randrange(1, len(name))
    yield f"{name[:place]} {name[place:]}"


def with_other_noise(body: Organisation, chance: random.Random) -> str:
    """The body as somebody may call it who doesn't know what kind it is, or types the kind wrongly."""
    return chance.choice(OTHER_NOISE).format(body.short_name)
