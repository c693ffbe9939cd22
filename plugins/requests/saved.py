"""Saved answers: a council keeps what it says again and again under a name, and gives it in a request's thread."""

import re
from dataclasses import replace
from textwrap import wrap

from rapidfuzz import process
from rapidfuzz.distance import OSA

from bot.actions import Changed, Effect, Redact, Say
from bot.domain.directory import Organisation
from bot.domain.request import Cause, Request, number_of
from bot.domain.saved_answer import SavedAnswer
from bot.errors import UserError
from bot.events import Edited, Heard, Redacted
from bot.language.keys import digits, words_of
from bot.language.meaning import Meaning
from bot.plugin import Context
from bot.words import Items, Person, Phrase, Quote, phrase
from plugins.requests import plugin
from plugins.requests.found import request_meant
from plugins.requests.life import confirmation, in_thread, move, spoken_of
from plugins.requests.permits import answers_for
from plugins.requests.settings import RequestsSettings
from plugins.requests.shortly import shortly

Ctx = Context[RequestsSettings]

MOST_SAVED = 200  # of one council
MOST_TEXT = 4000
MOST_NAME = 60
LISTED = 50
FIRST_WORDS = 80  # characters
ALIKE = 0.7  # from which on a name may be a slip for another
PIECE = 700  # characters that a quote surely shows in full, whatever they are (`bot.render`)
MOST_LINES = 60  # kept apart; more run on

_COLON = re.compile(r"[:：](?!//)")


@plugin.hears("save_answer", in_thread=True)
async def save_answer(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Save the words said with it, or the kept answer of the request that the talk is about."""
    council = await _council_of(context, heard.sender)
    title, text = _title_and_text(heard.text, meant)
    said_in = heard.event_id
    if not text:
        text, said_in = await _kept_answer(context, heard, meant, title)
    saved = _answer(context, council, title, text, heard.sender)
    line = await _keep(context, council, saved, said_in, heard.event_id)
    return [heard.reply(line)]


async def _kept_answer(context: Ctx, heard: Heard, meant: Meaning, title: str) -> tuple[str, str]:
    number = _number(heard, meant)
    if number is None and number_of(heard.subject) is None:
        raise UserError(phrase("requests.save_what", title=title or "vpn"))
    request = await request_meant(context, heard.subject, number)
    if not request.answer:
        raise UserError(phrase("requests.no_answer_to_save", number=request.number, title=title or "vpn"))
    return request.answer, request.answer_event


@plugin.hears("use_answer", in_thread=True)
async def use_answer(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Give a saved answer in the request's thread; it counts as this person's own."""
    council = await _council_of(context, heard.sender)
    request = await request_meant(context, heard.subject, _number(heard, meant))
    saved = await _found(context, council, _title(meant))
    # Who asked and says what answers it has said it all.
    cause = Cause.RESOLVE if heard.sender == request.asker else Cause.ANSWER
    claims = cause is Cause.ANSWER and await answers_for(context, request, heard.sender)
    await move(context, request, cause, heard.sender, answer=(saved.text, heard.event_id), softly=claims)
    await context.memory.inbox.set_subject(heard.event_id, request.answer_id)
    said: list[Effect] = [Changed(request.id, cause), await _given(context, request, heard, council, saved, cause)]
    if heard.room_id != request.room_id:
        said.append(heard.reply(phrase("requests.answered_there", link=await context.link_to(request))))
    return said


async def _given(
    context: Ctx, request: Request, heard: Heard, council: Organisation, saved: SavedAnswer, cause: Cause
) -> Say:
    who = phrase("requests.person_of", person=Person(heard.sender), organisation=council.label)
    first, *others = pieces(saved.text)
    lines = (
        phrase("requests.from_saved", who=who, organisation=council.label, text=first),
        *(phrase("requests.saved_words", text=piece) for piece in others),
        confirmation(cause, request, heard.sender),
    )
    mentions = (request.asker,) if cause is Cause.ANSWER else ()
    return await in_thread(context, request, *lines, mentions=mentions, key=_key(heard.event_id))


def pieces(text: str) -> list[Quote]:
    """The whole text, line by line, in pieces none of which is cut when it is said."""
    lines = text.splitlines()
    if len(lines) > MOST_LINES:
        lines = [" ".join(lines)]
    return [Quote(piece) for line in lines for piece in wrap(line, PIECE, break_on_hyphens=False)]


def _key(event_id: str) -> str:
    return f"saved:{event_id}"


@plugin.hears("saved_answers", reads=True)
async def saved_answers(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """The names that the asker's council has, with the first words of each."""
    council = await _council_of(context, heard.sender)
    found = await context.memory.saved_answers.of(council.id)
    if not found:
        return [heard.reply(phrase("requests.none_saved", organisation=council.label))]
    lines = [
        phrase("requests.saved_line", title=one.title, text=shortly(one.text, FIRST_WORDS)) for one in found[:LISTED]
    ]
    more = [phrase("requests.saved_more", count=len(found) - LISTED)] if len(found) > LISTED else []
    heading = phrase("requests.saved_list", organisation=council.label)
    return [heard.reply(heading, Items(tuple(lines)), *more)]


@plugin.hears("forget_answer")
async def forget_answer(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Anybody of the council may."""
    council = await _council_of(context, heard.sender)
    saved = await _found(context, council, _title(meant))
    await context.memory.saved_answers.drop(council.id, saved.name)
    return [heard.reply(_gone(council, saved))]


@plugin.edited
async def saved_as_edited(context: Ctx, edited: Edited, meant: Meaning) -> list[Effect]:
    """What a message had saved stays what its author says, or goes."""
    subject = await context.memory.inbox.subject(edited.target, edited.room_id)
    before = await context.memory.saved_answers.of_message(edited.target)
    if before is None:
        return []
    if not (subject or "").startswith("saved:"):  # the answer it was copied from
        await context.memory.saved_answers.keep(replace(before, text=edited.text[:MOST_TEXT]))
        return []
    await context.memory.saved_answers.drop_from(edited.target)
    council = context.names.organisations[before.organisation_id]
    line = _gone(council, before)
    title, text = _title_and_text(edited.text, meant)
    if meant.intent == "save_answer" and text and await _belongs(context, edited.sender, council):
        try:
            saved = _answer(context, council, title, text, edited.sender)
            line = await _keep(context, council, saved, edited.target, edited.target)
        except UserError as error:
            line = error.phrase
    return [Say(edited.room_id, (line,), reply_to=edited.target, thread=edited.thread)]


@plugin.redacted
async def saved_taken_back(context: Ctx, redacted: Redacted) -> list[Effect]:
    """What a message said or had saved goes with it, and so does an answer that it had us give."""
    if redacted.subject is None:
        return []
    await context.memory.saved_answers.drop_from(redacted.target)
    request = await spoken_of(context, redacted.subject)
    key = _key(redacted.target)
    if request is None or await context.memory.outbox.state(f"{plugin.name}:{key}") is None:
        return []
    return [Redact(request.room_id, key)]


async def _council_of(context: Ctx, who: str) -> Organisation:
    """The council this person surely belongs to; raises UserError, with what to do, if there is none."""
    belonging = await context.belonging(who)
    if belonging is None:
        raise UserError(phrase("requests.saved_for_whom"))
    council = context.names.organisations[belonging.organisation_id]
    if not belonging.verified:
        raise UserError(phrase("requests.saved_unverified", organisation=council.label))
    return council


async def _belongs(context: Ctx, who: str, council: Organisation) -> bool:
    return await context.surely_of(who) == council.id


def _title(meant: Meaning) -> str:
    return meant.slots.get("name", "").strip()


def _title_and_text(said: str, meant: Meaning) -> tuple[str, str]:
    """What stands before the colon is the name, however many words it has; all behind it is the text."""
    title = _title(meant)
    colons = [colon.span() for colon in _COLON.finditer(said)]
    for start, end in colons:
        named = list(re.finditer(rf"(?<!\w){re.escape(title)}(?!\w)", said[:start])) if title else []
        if named:
            return said[named[-1].start() : start].strip(), said[end:].strip()
    return ("", said[colons[0][1] :].strip()) if colons else (title, "")


def _number(heard: Heard, meant: Meaning) -> int | None:
    """The request's number; not one in the name, as in "answer with form 12"."""
    typed = meant.slots.get("number", "")
    return meant.number if heard.text.count(typed) > _title(meant).count(typed) else None


def _name(title: str) -> str:
    """By what it is found: whatever its case, accents and spaces."""
    return "".join(words_of(title))


def _answer(context: Ctx, council: Organisation, title: str, text: str, who: str) -> SavedAnswer:
    if len(title) > MOST_NAME:
        raise UserError(phrase("requests.save_name_long", most=MOST_NAME))
    if not _name(title):
        raise UserError(phrase("requests.save_as_what"))
    if len(text) > MOST_TEXT:
        raise UserError(phrase("requests.save_text_long", length=len(text), most=MOST_TEXT))
    return SavedAnswer(council.id, _name(title), title, text, who, context.now)


async def _keep(context: Ctx, council: Organisation, saved: SavedAnswer, said_in: str, saved_in: str) -> Phrase:
    """Keep it, and say so; raises UserError if the council has enough."""
    answers = context.memory.saved_answers
    before = await answers.get(council.id, saved.name)
    if before is None and await answers.count_of(council.id) >= MOST_SAVED:
        raise UserError(phrase("requests.saved_enough", organisation=council.label, most=MOST_SAVED))
    await answers.keep(replace(saved, said_in=said_in, saved_in=saved_in))
    await context.memory.inbox.set_subject(saved_in, f"saved:{council.id}:{saved.name}")
    key = "requests.saved_anew" if before else "requests.saved"
    return phrase(key, organisation=council.label, title=saved.title)


async def _found(context: Ctx, council: Organisation, title: str) -> SavedAnswer:
    """What the council keeps under this name; raises UserError with the nearest name if there is none."""
    name = _name(title)
    if not name:
        raise UserError(phrase("requests.which_saved"))
    if saved := await context.memory.saved_answers.get(council.id, name):
        return saved
    titles = {one.name: one.title for one in await context.memory.saved_answers.of(council.id)}
    alike = [one for one in titles if digits(one) == digits(name)]
    near = process.extractOne(name, alike, scorer=OSA.normalized_similarity, score_cutoff=ALIKE)
    if near:
        raise UserError(phrase("requests.no_saved_near", organisation=council.label, title=title, near=titles[near[0]]))
    raise UserError(phrase("requests.no_saved", organisation=council.label, title=title))


def _gone(council: Organisation, saved: SavedAnswer) -> Phrase:
    return phrase("requests.saved_forgotten", organisation=council.label, title=saved.title)
