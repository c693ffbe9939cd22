"""The stewards' word on a draft: publish, skip, and a few words of their own on top."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from bot.actions import Ask, Effect, Option, Say
from bot.domain.digest import WEEK
from bot.domain.issue import Issue, IssueState
from bot.errors import UserError
from bot.events import Answered, Edited, Heard, Reacted, Redacted
from bot.language.meaning import Meaning
from bot.plugin import Context
from bot.words import Moment, Phrase, phrase
from plugins.digest import plugin
from plugins.digest.drafting import is_waiting, issue_for, redraw
from plugins.digest.editions import Name, edition_of, editions, label_of, name_of, timer_of, week_of
from plugins.digest.posting import publish, revise
from plugins.digest.settings import DigestSettings, EditionSettings

Ctx = Context[DigestSettings]
Reply = Callable[..., Say]

PUBLISH, SKIP, INTRODUCE = "publish_digest", "skip_digest", "introduce_digest"
WHICH = "which_digest"
LONGEST = 2_000  # of an introduction
CLEARLY = 0.9  # how certain a word must be that replies to the draft and isn't addressed to us
REACTIONS = {"✅": PUBLISH, "❌": SKIP}


@dataclass(frozen=True)
class Decision:
    """What a steward said; `text` is the introduction, `event` the message it was said in."""

    what: str
    text: str = ""
    event: str = ""


@plugin.hears(PUBLISH, SKIP, INTRODUCE)
async def decide(context: Ctx, heard: Heard, meant: Meaning) -> list[Effect]:
    """Do it with the draft replied to, or the one that waits; of several that wait, ask with which."""
    replied = Name.read(heard.subject)
    await _permit(context, heard, anywhere=replied is not None)
    decision = Decision(meant.intent, _introduction(meant, heard.text), heard.event_id)
    if decision.what == INTRODUCE and not decision.text:
        raise UserError(phrase("digest.which_introduction"))
    if replied:
        return await _carry_out(context, replied, decision, heard.reply)
    open_to_it = await _open_to(context, decision)
    if len(open_to_it) == 1:
        return await _carry_out(context, name_of(open_to_it[0][1]), decision, heard.reply)
    options = tuple(Option(str(name_of(issue)), label_of(edition)) for edition, issue in open_to_it)
    ask = heard.reply(phrase("digest.which"))
    return [Ask(ask, WHICH, json.dumps(vars(decision)), options, heard.sender)]


@plugin.overhears
async def decide_in_reply(context: Ctx, heard: Heard, meant: Meaning) -> Sequence[Effect]:
    """Who replies to the draft need not address us."""
    said = meant.intent in (PUBLISH, SKIP, INTRODUCE) and meant.certainty >= CLEARLY
    asked = meant.intent != INTRODUCE and heard.text.rstrip().endswith("?")  # "should we skip it?"
    if not said or asked or Name.read(heard.subject) is None or not _may(context, heard.sender):
        return []
    return await decide(context, heard, meant)


@plugin.answers(WHICH)
async def which_chosen(context: Ctx, answered: Answered) -> list[Effect]:
    """Do it with the one that was chosen."""
    name = Name.read(answered.value)
    decision = Decision(**json.loads(answered.subject))
    return await _carry_out(context, name, decision, answered.reply) if name else []


@plugin.reacts
async def decide_by_reaction(context: Ctx, reacted: Reacted) -> list[Effect]:
    """The words beside the draft say which reaction does what; the draft shows that it is done."""
    name, what = Name.read(reacted.subject), REACTIONS.get(reacted.key[:1])
    edition = edition_of(context, name.edition) if name else None
    if name is None or what is None or edition is None or not _may(context, reacted.sender):
        return []
    issue = await _issue(context, edition, name)
    if issue.state is IssueState.PUBLISHED:
        return []
    return await _publish(context, edition, issue) if what == PUBLISH else await _skip(context, edition, issue)


@plugin.edited
async def reword(context: Ctx, edited: Edited, meant: Meaning) -> list[Effect]:
    """An introduction whose message was changed."""
    name = Name.read(await context.memory.inbox.subject(edited.target, edited.room_id), "introduction")
    text = _introduction(meant, edited.text)
    if name is None or meant.intent != INTRODUCE or not text:
        return []
    return await _reintroduced(context, name, edited.target, text)


@plugin.redacted
async def take_introduction_back(context: Ctx, redacted: Redacted) -> list[Effect]:
    """An introduction whose message was taken back."""
    name = Name.read(redacted.subject, "introduction")
    return await _reintroduced(context, name, redacted.target, "") if name else []


def _introduction(meant: Meaning, said: str) -> str:
    """The words of an introduction; none if nothing but the word itself was said."""
    text = meant.slots.get("text", "").strip()
    return "" if text == said.strip() else text


# --- who, and which --------------------------------------------------------------------------------


def _may(context: Ctx, sender: str) -> bool:
    community = context.community
    return community.is_steward(sender) if community.stewards else bool(community.stewards_room)


async def _permit(context: Ctx, heard: Heard, *, anywhere: bool) -> None:
    if not _may(context, heard.sender):
        raise UserError(phrase("digest.stewards_only"))
    stewards = context.community.stewards_room
    rooms = context.memory.rooms
    here = await rooms.now(await rooms.joined_as(stewards) or stewards) if stewards else ""
    if stewards and not anywhere and heard.room_id != here:
        raise UserError(phrase("digest.in_stewards_room"))


async def _open_to(context: Ctx, decision: Decision) -> list[tuple[EditionSettings, Issue]]:
    """The issues with which it can be done: those whose draft waits, if any does."""
    found = [(e, issue) for e in editions(context) if (issue := await _open_issue(context, e, decision.what))]
    if not found:
        raise UserError(await _nothing_waits(context))
    return [(e, issue) for e, issue in found if await is_waiting(context, issue)] or found


async def _open_issue(context: Ctx, edition: EditionSettings, what: str) -> Issue | None:
    """The next issue. One that is to be published must have been seen or skipped; else it is the last, if that was
    skipped or refused.
    """
    due = await context.memory.timers.due_at(timer_of(edition))
    if due is None:
        return None
    issue = await issue_for(context, edition, due)
    if what != PUBLISH or issue.state is IssueState.SKIPPED or await is_waiting(context, issue):
        return issue
    last = await context.memory.digests.get(edition.key, week_of(context, edition, due - WEEK))
    return last if last and last.state is not IssueState.PUBLISHED else None


async def _nothing_waits(context: Ctx) -> Phrase:
    timers = [await context.memory.timers.due_at(timer_of(edition)) for edition in editions(context)]
    at = min((due for due in timers if due), default=None)
    if at is None:
        return phrase("digest.no_digest")
    return phrase("digest.no_draft", at=Moment(at, context.community.time_zone.key))


async def _issue(context: Ctx, edition: EditionSettings, name: Name) -> Issue:
    known = await context.memory.digests.get(name.edition, name.week)
    if known:
        return known
    due = await context.memory.timers.due_at(timer_of(edition))
    return replace(await issue_for(context, edition, due or context.now), week=name.week)


# --- what is done ----------------------------------------------------------------------------------


async def _carry_out(context: Ctx, name: Name, decision: Decision, reply: Reply) -> list[Effect]:
    edition = edition_of(context, name.edition)
    if edition is None:
        raise UserError(phrase("digest.edition_gone"))
    issue = await _issue(context, edition, name)
    if decision.what == INTRODUCE:
        return [*await _introduce(context, edition, issue, decision), reply(_introduced(issue, decision))]
    if issue.state is IssueState.PUBLISHED:
        raise UserError(phrase("digest.already_published", room=edition.room))
    if decision.what == SKIP:
        return [*await _skip(context, edition, issue), reply(phrase("digest.skipped", room=edition.room))]
    late = issue.state is IssueState.SKIPPED and issue.due_at < context.now
    told = phrase("digest.published_after_all" if late else "digest.published", room=edition.room)
    return [*await _publish(context, edition, issue), reply(told)]


async def _publish(context: Ctx, edition: EditionSettings, issue: Issue) -> list[Effect]:
    return await publish(context, edition, issue, min(context.now, issue.due_at))


async def _skip(context: Ctx, edition: EditionSettings, issue: Issue) -> list[Effect]:
    issue = replace(issue, state=IssueState.SKIPPED)
    await context.memory.digests.keep(issue)
    return await redraw(context, edition, issue)


def _introduced(issue: Issue, decision: Decision) -> Phrase:
    if len(decision.text) > LONGEST:
        return phrase("digest.introduced_in_part", most=LONGEST)
    if issue.state is IssueState.SKIPPED:
        return phrase("digest.introduced_but_skipped")
    return phrase("digest.introduced")


async def _introduce(context: Ctx, edition: EditionSettings, issue: Issue, decision: Decision) -> list[Effect]:
    issue = replace(issue, introduction=decision.text[:LONGEST], introduced_by=decision.event)
    await context.memory.digests.keep(issue)
    await context.memory.inbox.set_subject(decision.event, name_of(issue).introduction)
    if issue.state is IssueState.PUBLISHED:
        return await revise(context, edition, issue)
    return await redraw(context, edition, issue)


async def _reintroduced(context: Ctx, name: Name, event: str, text: str) -> list[Effect]:
    """The introduction as its message says it now; another one may have taken its place."""
    edition = edition_of(context, name.edition)
    issue = await context.memory.digests.get(name.edition, name.week)
    if edition is None or issue is None or issue.introduced_by != event:
        return []
    return await _introduce(context, edition, issue, Decision(INTRODUCE, text, event))
