"""What a question is found by again: the words that carry its meaning, and no others."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language.keywords import LONGEST, MOST, keywords

LANGUAGES = ("en", "fr", "de", "cy")

SAYS = [
    ("en", "Hi all, please can anyone help us with this problem?", ""),
    ("en", "The uploads are failing", "upload fail"),
    ("en", "Is the site search failing again?", "site search fail"),
    ("en", "we get a 502 since Monday's upgrade", "502 monday upgrade"),
    ("en", "it says e_login (AADSTS50105)", "e_login aadsts50105"),
    ("en", "3 of our 40 officers", "40 offic"),
    ("en", "CAMDEN'S Café", "camden cafe"),
    ("fr", "Bonjour, comment exporter l'historique des données ?", "export histor donne"),
    ("fr", "L’export des donnees", "export donne"),
    ("de", "Wie können wir die Anträge als CSV exportieren?", "antrag csv export"),
    ("cy", "Mae'r map yn wag ar ffôn symudol", "map wag ffon symudol"),
    ("", "export der données", "export der donnees"),
    ("xx", "export der données", "export der donnees"),
    ("en", "", ""),
    ("en", "👍 ?!", ""),
]

# Each line says one thing.
ALIKE = [
    (("en", "we can't log in"), ("en", "sign in doesn't work"), ("fr", "la connexion ne marche pas"),
     ("de", "Anmeldung geht nicht"), ("cy", "methu mewngofnodi")),
    (("en", "password"), ("fr", "mot de passe"), ("de", "das Passwort"), ("cy", "y cyfrinair")),
    (("en", "two-factor"), ("en", "2FA"), ("en", "MFA")),
    (("en", "single sign-on"), ("de", "Single Sign-on"), ("en", "SSO")),
    (("de", "Antrag"), ("de", "Anträge"), ("de", "ANTRÄGEN")),
    (("fr", "téléchargement"), ("fr", "telecharger")),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text", "expected"), SAYS)
def test_what_carries_the_meaning(language: str, text: str, expected: str) -> None:
    assert " ".join(keywords(text, language)) == expected


@pytest.mark.parametrize("ways", ALIKE, ids=lambda ways: str(ways[0][1]))
def test_one_thing_said_in_several_ways_is_found_by_the_same_word(ways: tuple[tuple[str, str], ...]) -> None:
    assert len({keywords(text, language) for language, text in ways}) == 1


@given(text=st.text(max_size=400), language=st.sampled_from(LANGUAGES))
def test_whatever_is_typed_gives_few_short_words_each_once(text: str, language: str) -> None:
    found = keywords(text, language)
    assert len(found) == len(set(found)) <= MOST
    assert all(1 <= len(word) <= LONGEST and word == word.casefold() and not word.isspace() for word in found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_without_end_is_read_as_far_as_it_counts(language: str) -> None:
    many = " ".join(f"zq{number}" for number in range(100_000))
    assert keywords(many, language) == tuple(f"zq{number}" for number in range(MOST))
    assert keywords("x" * 1_000_000, language) == ("x" * LONGEST,)
    assert len(keywords("a_" * 500_000, language)) <= 1
