"""What is said in a request's thread without the bot being spoken to: what is surely meant, and what surely isn't."""

import pytest

from bot.language.engine import Engine
from bot.language.meaning import Meaning
from bot.language.vocabulary import load
from tests.unit.language.community import PLUGINS, SPEAKING, names

EVERY = ("en", "cy", "fr", "de")
SURE = 0.95
LIKELY = 0.8  # so sure, what is said in a thread is taken for talk
OWNERS = (*SPEAKING, "rooms")


@pytest.fixture(scope="module")
def speaking() -> Engine:
    folders = [(PLUGINS / plugin / "language", language) for language in EVERY for plugin in OWNERS]
    return Engine(load(folder, language) for folder, language in folders if (folder / f"{language}.toml").exists())


@pytest.mark.parametrize(
    ("intent", "words"),
    [
        ("wait", ("wait", "on hold", "aros", "attente", "warten")),
        ("watch", ("watch", "gwylio", "suivre", "beobachten")),
        ("unwatch", ("unwatch", "stop watching", "stopio gwylio", "ne plus suivre", "nicht mehr beobachten")),
        ("duplicate", ("duplicate of #12", "dyblygiad o #12", "doublon de #12", "Duplikat von #12")),
        ("status", ("history", "status", "hanes", "historique", "Verlauf")),
        ("thanks", ("thanks!", "ta", "Thank you, that helped", "brilliant, thanks", "thanks for your help")),
        ("thanks", ("diolch", "merci beaucoup", "danke dir", "Danke für die Hilfe")),
        ("me_too", ("me too", "+1", "same problem at our council", "following", "fi hefyd", "moi aussi", "wir auch")),
        ("looking", ("looking into it", "let me check", "let me check and get back to you", "I'm looking into it")),
        ("looking", ("I'll look into it", "I'll have a look this afternoon", "I'll ask my colleague", "I'll find out")),
        ("looking", ("bear with me", "give me a minute", "on the case", "checking now", "will get back to you")),
        ("looking", ("mi edrycha i", "gad i mi wirio", "je vérifie", "je me renseigne", "wir prüfen das")),
        ("take", ("I'll take it", "on it", "I'm on it", "we're on it", "mine", "leave it with me")),
        ("take", ("gadewch o i mi", "je m'en occupe", "ich übernehme das")),
        ("resolve", ("that's it", "that was it", "that solves it", "found it, thanks", "c'était ça", "das war's")),
        ("hand_over", ("hand over to @ana:leeds.example", "could @ana:leeds.example take this over?")),
        ("hand_over", ("passe la main à @ana:lyon.example", "an @ana:berlin.example übergeben")),
        ("pass", ("pass", "pasio", "je passe", "ich passe")),
        ("threads_off", ("no threads here", "dim edafedd yma", "pas de fils ici", "keine Threads hier")),
        ("threads_on", ("use threads here", "defnyddiwch edafedd yma", "utilise les fils ici", "nutze hier Threads")),
        ("small_talk", ("Hi Ana!", "lol", "hm", "ok", "haha", "oh dear", "welcome", "nice one", "yes", "no", "sure")),
        ("small_talk", ("Sorry to hear that.", "I have no idea, sorry", "no idea", "don't know either", "strange")),
        ("small_talk", ("Sorry, wrong thread", "no news yet", "sorry for the delay", "good question!", "good luck")),
        ("small_talk", ("interesting", "right", "that's odd", "we don't use it, sorry", "you're welcome")),
        ("small_talk", ("Helo Ana!", "dim syniad, sori", "mae hynny'n rhyfedd", "sori am yr oedi", "cwestiwn da!")),
        ("small_talk", ("Salut Ana !", "aucune idée, désolé", "désolé, mauvais fil", "de rien", "bon courage")),
        ("small_talk", ("Hallo Ana!", "keine Ahnung, sorry", "weiß ich auch nicht", "gern geschehen", "seltsam")),
    ],
)
def test_a_word_is_enough(speaking: Engine, intent: str, words: tuple[str, ...]) -> None:
    meant = {text: speaking.understand(text, names(), EVERY) for text in words}
    assert {text: meaning.intent for text, meaning in meant.items()} == dict.fromkeys(words, intent)
    assert [text for text, meaning in meant.items() if meaning.certainty < SURE] == []


@pytest.mark.parametrize(
    "text",
    [
        "Please send me the logs",
        "send us a screenshot please",
        "I'm waiting for your logs",
        "tell me which version you have",
        "let me know your browser",
        "I need the error message",
        "could do with a screenshot",
        "please check the version and report back",
        "Hi Ana, please send me the logs",
        "more details please",
        "anfonwch sgrinlun aton ni",
        "dw i angen y neges gwall",
        "gwiriwch y fersiwn a rhowch wybod",
        "Envoyez-moi les logs s'il vous plaît",
        "j'ai besoin d'une capture d'écran",
        "dites-moi quelle version vous avez",
        "Schickt mir bitte die Logs",
        "ich brauche die Fehlermeldung",
        "prüft bitte die Version und meldet euch",
    ],
)
def test_who_needs_to_see_or_know_more_asks_for_it_without_a_question_mark(speaking: Engine, text: str) -> None:
    meant = speaking.understand(text, names(), EVERY)
    assert (meant.intent, meant.certainty >= LIKELY) == ("asks_for", True)


@pytest.mark.parametrize(
    "text",
    [
        "Clear the cache.",
        "Restart the worker.",
        "Turn it off and on again",
        "Check the logs under /var/log",
        "look in the settings",
        "Send the form to planning@leeds.example",
        "send the logs to support@vendor.example",
        "Send us an email at help@leeds.example",
        "Tell your users to clear the cache",
        "attach the policy to the role",
        "upload the file again",
        "You need the admin role",
        "you need version 4",
        "version 4.2",
        "Firefox",
        "the error message is harmless",
        "the logs are under /var/log",
        "It is kept in London.",
        "Not quite.",
        "No, it is GPL.",
        "Yes, under Team settings.",
        "yes, since version 3",
        "Not yet, it comes with 4.3",
        "ok, go to Settings",
        "sure, click on Export",
        "right click on the map",
        "Hi Ana, restart the worker",
        "Sorry to hear that. Clear the cache and log in again",
        "Sorry for the delay. You need to renew the certificate",
        "no idea why, but a restart helps",
        "good question: it is in the admin menu",
        "it's odd, but you have to log in twice",
        "We don't use it for that, we use BOPS",
        "you're welcome to use our template, it is on GitHub",
        "Oes, o dan y gosodiadau",
        "cliriwch y storfa",
        "anfonwch y ffurflen at y cyngor",
        "Oui, dans les paramètres",
        "videz le cache",
        "envoyez le formulaire à la mairie",
        "Ja, unter Einstellungen",
        "leert den Cache",
        "schickt das Formular an die Verwaltung",
    ],
)
def test_an_answer_however_short_is_no_small_talk_and_asks_for_nothing(speaking: Engine, text: str) -> None:
    assert speaking.understand(text, names(), EVERY).intent not in ("small_talk", "asks_for")


@pytest.mark.parametrize(
    "text", ["hello", "hi", "hi there", "good morning", "help", "helo", "bore da", "bonjour", "salut", "hallo", "moin"]
)
def test_a_greeting_alone_asks_what_can_be_done_here(speaking: Engine, text: str) -> None:
    assert speaking.understand(text, names(), EVERY).intent == "usage"


@pytest.mark.parametrize(
    "text",
    [
        "Thanks for asking, you need to clear the cache",
        "thanks, but it still shows the same error on every page",
        "Diolch am ofyn, mae angen clirio'r storfa",
        "Merci de demander, il faut vider le cache",
        "Danke der Nachfrage, du musst den Cache leeren",
        "the same export worked for us last year with a different driver",
        "we have that as well, and what helped us was a restart of the queue",
    ],
)
def test_an_answer_that_only_begins_so_is_neither_thanks_nor_me_too(speaking: Engine, text: str) -> None:
    assert speaking.understand(text, names(), EVERY).intent not in ("thanks", "me_too")


@pytest.mark.parametrize(
    "text",
    [
        "Check the logs under /var/log",
        "Let me know your browser",
        "look in the settings",
        "ask your IT team",
        "wait a minute and try again",
        "I looked into it and the certificate has expired",
        "I asked my colleague and she says to clear the cache",
        "I'll have a look at the settings: under Users, tick Admin",
        "let me check I understand: the export fails?",
        "who is looking into it?",
        "could you look into it?",
        "shall I look into it?",
        "I can't look into it today",
        "edrychwch yn y gosodiadau",
        "pwy sy'n edrych arno?",
        "vérifiez les journaux",
        "tu peux vérifier ?",
        "schau in die Einstellungen",
        "kannst du das prüfen?",
        "melde dich ab und wieder an",
    ],
)
def test_advice_and_questions_are_not_somebody_looking_into_it(speaking: Engine, text: str) -> None:
    assert speaking.understand(text, names(), EVERY).intent != "looking"


@pytest.mark.parametrize(
    "text",
    [
        "wait until the cache has expired, then log in again",
        "watch the log file while you restart it",
        "hand over the certificate to your proxy and restart it",
        "pass the option --force to the import",
    ],
)
def test_advice_is_no_command(speaking: Engine, text: str) -> None:
    meant: Meaning = speaking.understand(text, names(), EVERY)
    assert meant.intent == "none" or meant.certainty < SURE


@pytest.mark.parametrize(
    ("text", "number", "original"),
    [
        ("duplicate of #12", None, 12),
        ("same as #12", None, 12),
        ("#14 is a duplicate of #12", 14, 12),
        ("duplicate of #999999", None, 999_999),
        ("duplicate", None, None),
    ],
)
def test_a_duplicate_says_which_was_first(
    speaking: Engine, text: str, number: int | None, original: int | None
) -> None:
    meant = speaking.understand(text, names())
    assert (meant.intent, meant.number, meant.original) == ("duplicate", number, original)


@pytest.mark.parametrize(
    ("text", "intent", "slots"),
    [
        ("save this answer as Password reset", "save_answer", {"name": "Password reset"}),
        (
            "save answer resets: Go to Settings: click.",
            "save_answer",
            {"name": "resets", "text": "Go to Settings: click."},
        ),
        ("save answer opening hours: nine to five", "save_answer", {"name": "opening hours", "text": "nine to five"}),
        ('use our answer "password reset".', "use_answer", {"name": "password reset"}),
        ("answer #12 with opening hours", "use_answer", {"number": "#12", "name": "opening hours"}),
        ("forget the saved answer blank map, please", "forget_answer", {"name": "blank map"}),
        ("pass #7 to Ana Jones", "hand_over", {"number": "#7", "whom": "Ana Jones"}),
    ],
)
def test_names_are_kept_as_typed(speaking: Engine, text: str, intent: str, slots: dict[str, str]) -> None:
    meant = speaking.understand(text, names())
    assert (meant.intent, dict(meant.slots)) == (intent, slots)


def test_a_thank_you_is_for_the_helper_and_a_word_to_somebody_else_is_a_pass(speaking: Engine) -> None:
    assert speaking.understand("hand over to someone else", names()).intent == "pass"
