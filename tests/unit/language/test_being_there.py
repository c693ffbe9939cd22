"""What is said of days away, hours, calls and the digest's draft, and what only sounds like it."""

from datetime import date

import pytest

from bot.features import LANGUAGES
from bot.language.counts import read_count
from bot.language.days import Days, read_days
from bot.language.engine import Engine
from bot.language.hours_said import read_hours
from tests.unit.language.community import names, speaking

TAKEN = 0.85  # so certain, what is said to the bot is done
WEDNESDAY = date(2026, 11, 25)
OURS = frozenset(
    {"away", "back", "our_hours", "closed_days", "open_days", "at_most", "stop_asking_us", "ask_us_again",
     "our_availability", "on_call", "publish_digest", "skip_digest", "introduce_digest", "leave_me_out",
     "leave_us_out", "name_me_again", "name_us_again"}
)  # fmt: skip


@pytest.fixture(scope="module")
def engine() -> Engine:
    return speaking()


@pytest.mark.parametrize(
    ("text", "intent", "first", "last"),
    [
        ("away until Monday", "away", "2026-11-25", "2026-11-29"),
        ("I'm on leave next week", "away", "2026-11-30", "2026-12-06"),
        ("I'm on holiday 3–14 August", "away", "2027-08-03", "2027-08-14"),
        ("out of office tomorrow", "away", "2026-11-26", "2026-11-26"),
        ("I'm back on Monday", "away", "2026-11-25", "2026-11-29"),
        ("on holiday 3-14 August, back on the 17th", "away", "2027-08-03", "2027-08-14"),
        ("we are closed 24–27 Dec", "closed_days", "2026-12-24", "2026-12-27"),
        ("our office is shut next Friday", "closed_days", "2026-12-04", "2026-12-04"),
        ("bank holiday for us on 7 December", "closed_days", "2026-12-07", "2026-12-07"),
        ("we are open after all on 24 Dec", "open_days", "2026-12-24", "2026-12-24"),
        ("dw i ar wyliau wythnos nesaf", "away", "2026-11-30", "2026-12-06"),
        ("rydyn ni ar gau 24-27 Rhagfyr", "closed_days", "2026-12-24", "2026-12-27"),
        ("je suis absente du 24 au 27 décembre", "away", "2026-12-24", "2026-12-27"),
        ("nous sommes fermés du 24 décembre au 2 janvier", "closed_days", "2026-12-24", "2027-01-02"),
        ("ich bin von Dienstag bis Donnerstag nicht da", "away", "2026-12-01", "2026-12-03"),
        ("wir haben vom 24. bis 27. Dezember geschlossen", "closed_days", "2026-12-24", "2026-12-27"),
    ],
)
def test_days_come_whole_out_of_a_sentence(engine: Engine, text: str, intent: str, first: str, last: str) -> None:
    meant = engine.understand(text, names(), LANGUAGES)
    assert meant.intent == intent
    said = read_days(meant.slots["days"], WEDNESDAY, meant.language)
    assert said == Days(date.fromisoformat(first), date.fromisoformat(last))


@pytest.mark.parametrize(
    "text",
    [
        "I'm away in the first week of August",
        "I'm away until Monday, then again from 3 to 5 January",
        "away every other Friday",
        "I'm off on Mondays",
    ],
)
def test_days_that_cannot_be_read_are_never_taken_for_none_at_all(engine: Engine, text: str) -> None:
    meant = engine.understand(text, names(), LANGUAGES)
    if meant.intent != "none":
        with pytest.raises(ValueError, match=r"."):
            read_days(meant.slots["days"], WEDNESDAY, "en")


@pytest.mark.parametrize("text", ["I'm away", "I'm off sick", "dw i'n sâl", "je suis malade", "ich bin krank"])
def test_away_needs_no_days(engine: Engine, text: str) -> None:
    meant = engine.understand(text, names(), LANGUAGES)
    assert (meant.intent, meant.slots.get("days")) == ("away", None)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("our hours are Mon–Fri 9–17", "Mon-Fri 09:00-17:00"),
        ("we work Monday to Thursday 9 to 5", "Mon-Thu 09:00-17:00"),
        ("you can reach us Mon to Thu 9-5 and Fri 9-1", "Mon-Thu 09:00-17:00, Fri 09:00-13:00"),
        ("ein horiau ni yw Llun-Gwener 9-5", "Mon-Fri 09:00-17:00"),
        ("nos horaires sont lun-ven 9h-12h30 13h30-17h", "Mon-Fri 09:00-12:30 13:30-17:00"),
        ("wir arbeiten montags bis donnerstags von 9 bis 17 Uhr", "Mon-Thu 09:00-17:00"),
    ],
)
def test_hours_come_whole_out_of_a_sentence(engine: Engine, text: str, hours: str) -> None:
    meant = engine.understand(text, names(), LANGUAGES)
    assert meant.intent == "our_hours"
    assert str(read_hours(meant.slots["hours"], meant.language)) == hours


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("at most 3 at a time", 3),
        ("no more than two questions at once for us", 2),
        ("dim mwy na 3 ar y tro", 3),
        ("pas plus de deux à la fois", 2),
        ("höchstens drei auf einmal", 3),
        ("no limit any more", None),
        ("dim terfyn bellach", None),
        ("plus de limite", None),
        ("keine Grenze mehr", None),
    ],
)
def test_how_many_at_a_time(engine: Engine, text: str, count: int | None) -> None:
    meant = engine.understand(text, names(), LANGUAGES)
    said = meant.slots.get("count")
    assert (meant.intent, said and read_count(said, meant.language)) == ("at_most", count)


@pytest.mark.parametrize(
    ("intent", "tool", "words"),
    [
        ("back", None, ("I'm back", "back at work", "dw i'n ôl", "je suis de retour", "ich bin wieder da")),
        ("stop_asking_us", "planx", ("stop asking us about PlanX", "don't call us for PlanX any more")),
        ("stop_asking_us", "planx", ("peidiwch â gofyn i ni am PlanX", "fragt uns nicht mehr zu PlanX")),
        ("stop_asking_us", "planx", ("ne nous sollicitez plus sur PlanX", "take us off call for PlanX")),
        ("ask_us_again", "planx", ("you can ask us about PlanX again", "put us back on call for PlanX")),
        ("ask_us_again", "planx", ("remettez-nous d'astreinte pour PlanX", "fragt uns wieder zu PlanX")),
        ("our_availability", None, ("what are our hours", "when are we closed", "when do we get called")),
        ("our_availability", None, ("pryd rydyn ni ar gau", "quels sont nos horaires", "wann werden wir gerufen")),
        ("on_call", "planx", ("who's on call for PlanX", "who would be asked about PlanX", "who is next for PlanX")),
        ("on_call", "planx", ("pwy sydd ar alwad ar gyfer PlanX", "qui est d'astreinte pour PlanX")),
        ("on_call", "planx", ("wer hat Bereitschaft für PlanX",)),
        ("publish_digest", None, ("publish", "publish the digest", "send it out now", "publie", "veröffentlichen")),
        ("skip_digest", None, ("skip", "skip this week's digest", "hepgor", "saute cette semaine", "überspringen")),
        ("leave_me_out", None, ("leave me out of the digest", "don't mention my questions in the digest")),
        ("leave_us_out", None, ("leave us out of the digest", "leave Camden out of the digest")),
        ("name_me_again", None, ("name me in the digest again",)),
        ("name_us_again", None, ("you can name us in the digest again",)),
    ],
)
def test_what_is_meant(engine: Engine, intent: str, tool: str | None, words: tuple[str, ...]) -> None:
    meant = {text: engine.understand(text, names(), LANGUAGES) for text in words}
    assert {text: (m.intent, m.known_tool) for text, m in meant.items()} == dict.fromkeys(words, (intent, tool))


@pytest.mark.parametrize(
    ("intent", "words"),
    [
        ("our_hours", ("Camden's hours are Mon-Fri 9-5", "the hours of Camden are Mon-Fri 9-5")),
        ("our_hours", ("oriau Camden yw Llun-Gwener 9-5", "les horaires de Camden sont lun-ven 9h-17h")),
        ("our_hours", ("die Zeiten von Camden sind Mo-Fr 9-17",)),
        ("closed_days", ("Camden is closed 24-27 December", "mae Camden ar gau 24-27 Rhagfyr")),
        ("closed_days", ("Camden est fermé du 24 au 27 décembre", "Camden hat vom 24. bis 27. Dezember geschlossen")),
        ("open_days", ("Camden is open after all on 24 December", "Camden hat am 24. Dezember doch geöffnet")),
        ("at_most", ("at most 3 at a time for Camden", "dim mwy na 3 ar y tro i Camden")),
        ("at_most", ("pas plus de 3 à la fois pour Camden", "höchstens 3 auf einmal für Camden")),
        ("our_availability", ("when can Camden be asked", "what are Camden's hours", "beth yw oriau Camden")),
        ("our_availability", ("quels sont les horaires de Camden", "welche Zeiten hat Camden")),
        ("stop_asking_us", ("stop asking Camden about PlanX", "peidiwch â gofyn i Camden am PlanX")),
        ("stop_asking_us", ("ne sollicitez plus Camden sur PlanX", "fragt Camden nicht mehr zu PlanX")),
        ("ask_us_again", ("ask Camden about PlanX again",)),
        ("leave_us_out", ("leave Camden out of the digest",)),
    ],
)
def test_a_council_that_is_named_is_the_one_that_is_meant(engine: Engine, intent: str, words: tuple[str, ...]) -> None:
    meant = {text: engine.understand(text, names(), LANGUAGES) for text in words}
    told = {text: (m.intent, m.organisation and m.organisation.id, m.certainty >= TAKEN) for text, m in meant.items()}
    assert told == dict.fromkeys(words, (intent, "local-authority:CMD", True))


@pytest.mark.parametrize(
    ("words", "intent"),
    [
        (("stop asking us", "do not ask us any more", "peidiwch â gofyn i ni mwyach"), "stop_asking_us"),
        (("ne nous sollicitez plus", "fragt uns nicht mehr"), "stop_asking_us"),
        (("stop asking me", "peidiwch â gofyn i mi mwyach", "fragt mich nicht mehr"), "stop_asking"),
        (("ask us again", "you can ask us again", "fragt uns wieder"), "ask_us_again"),
        (("ask me again", "you can ask me again"), "may_ask"),
    ],
)
def test_us_is_the_council_and_me_is_who_speaks(engine: Engine, words: tuple[str, ...], intent: str) -> None:
    assert {t: engine.understand(t, names(), LANGUAGES).intent for t in words} == dict.fromkeys(words, intent)


@pytest.mark.parametrize(
    "text", ["the road is closed until Monday", "who's on the call?", "is the office open on Monday?"]
)
def test_talk_of_roads_and_calls_is_never_sure(engine: Engine, text: str) -> None:
    meant = engine.understand(text, names(), LANGUAGES)
    assert meant.intent not in OURS or meant.certainty < TAKEN


@pytest.mark.parametrize("opening", ["introduction", "intro", "start the digest with", "put this at the top"])
def test_an_introduction_is_kept_to_its_end_whatever_it_says(engine: Engine, opening: str) -> None:
    text = "Who uses PlanX?\nWe are closed 24-27 Dec. Take #12!"
    meant = engine.understand(f"{opening}: {text}", names(), LANGUAGES)
    assert (meant.intent, meant.slots["text"]) == ("introduce_digest", text)


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("stop asking me", "stop_asking"),
        ("don't ask me any more", "stop_asking"),
        ("leave me out of it", "stop_asking"),
        ("who maintains PlanX", "who_maintains"),
        ("who answers questions about PlanX", "who_maintains"),
        ("I work for Camden", "works_for"),
        ("the digest", "digest"),
        ("I've been away, catch me up", "digest"),
        ("close #12", "resolve"),
        ("pass", "pass"),
    ],
)
def test_neighbours_keep_what_is_theirs(engine: Engine, text: str, intent: str) -> None:
    assert engine.understand(text, names(), LANGUAGES).intent == intent


@pytest.mark.parametrize(
    "text",
    [
        "see you next week",
        "back in a minute",
        "I'm off to lunch",
        "my back hurts",
        "we published the minutes",
        "let's skip lunch",
        "the deadline is Friday",
        "restart the worker on Monday",
        "the library is closed on Sundays",
        "wela i chi wythnos nesaf",
        "à la semaine prochaine",
        "die Frist ist am Freitag",
    ],
)
def test_ordinary_talk_means_nothing_of_the_sort(engine: Engine, text: str) -> None:
    assert engine.understand(text, names(), LANGUAGES).intent not in OURS


@pytest.mark.parametrize(
    ("topic", "texts"),
    [
        ("away", ("help away", "help i ffwrdd", "aide absent", "hilfe abwesend")),
        ("hours", ("help hours", "help oriau", "aide horaires", "hilfe zeiten")),
        ("closed", ("help closed", "help ar gau", "aide fermeture", "hilfe geschlossen")),
        ("at_most", ("help at most", "help dim mwy na", "aide au maximum", "hilfe höchstens")),
        ("stop_asking", ("help stop asking us", "help peidiwch â gofyn i ni", "aide ne nous sollicitez plus",
                         "hilfe fragt uns nicht mehr")),
        ("on_call", ("help on call", "help ar alwad", "aide d'astreinte", "hilfe bereitschaft")),
        ("draft", ("help publish", "help cyhoeddi", "aide publier", "hilfe veröffentlichen")),
        ("leave_out", ("help leave us out", "help gadewch ni allan", "aide laissez-nous en dehors",
                       "hilfe lasst uns raus")),
    ],
)  # fmt: skip
def test_there_is_help_about_each_in_every_language(engine: Engine, topic: str, texts: tuple[str, ...]) -> None:
    for text, language in zip(texts, ("en", "cy", "fr", "de"), strict=True):
        meant = engine.understand(text, names(), LANGUAGES)
        assert (meant.intent, meant.language, meant.slots["topic"]) == ("usage", language, topic)
