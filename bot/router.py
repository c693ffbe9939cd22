"""One event to every handler that wants it, each once; what they answer is saved in the same transaction."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any

import structlog

from bot import questions
from bot.actions import Ask, Changed, Effect, Say
from bot.audience import Audience, Installed, Work, overheard
from bot.domain.community import Community
from bot.effects import Keeper
from bot.errors import NotLearnt, StoreError, Unsettled, UserError
from bot.events import Due, Edited, Event, Heard, Reacted, Redacted
from bot.language.engine import Engine
from bot.language.meaning import NOTHING, Meaning
from bot.language.names import Names
from bot.language.quoting import said
from bot.plugin import Context
from bot.questions import MEANT, OURS, WHICH, Answer, Chosen
from bot.recall import language_of, with_subject
from bot.store.memory import Memory
from bot.store.timers import Timer
from bot.words import phrase

log = structlog.get_logger()

LATE_AFTER = timedelta(minutes=1)
RETRY_AFTER = timedelta(minutes=1)
NONE_CHOSEN: Chosen = {}
MAX_FOLLOWING = 8  # rounds of one change following from another in one transaction


@dataclass
class Router:
    """The plugins that are on, and what their handlers are given."""

    installed: Sequence[Installed]
    community: Community
    engine: Engine
    keeper: Keeper
    bot: str
    names: Names = field(default_factory=lambda: Names((), ()))
    require: Callable[[str, Sequence[str]], None] | None = None  # raises NotLearnt: the message is to wait
    _names_version: int = -1

    @cached_property
    def _audience(self) -> Audience:
        return Audience(self.installed)

    async def refresh(self, memory: Memory) -> None:
        """Bring the names up to date with the register, whoever changed it."""
        version = await memory.register.version()
        if version != self._names_version:
            self.names.update(await memory.register.tools(), await memory.register.organisations())
            self._names_version = version

    def understand(self, text: str, language: str, *, waits: bool = False) -> Meaning:
        """What it means, among the intents that a plugin answers to; said in any language, if in doubt in this one."""
        languages = (language, *(other for other in self.engine.languages if other != language))
        if waits and self.require:
            self.require(text, languages)
        meaning = self.engine.understand(text, self.names, languages)
        return meaning if self._audience.owner(meaning.intent) else replace(NOTHING, language=meaning.language)

    async def answer(self, memory: Memory, heard: Heard, now: datetime) -> tuple[Meaning, Say | None]:
        """What a message means and what would be answered, by the handlers that only read; keeps nothing."""
        meaning = self._audience.outside_talk(self.understand(heard.text, self.community.language))
        owner = self._audience.owner(meaning.intent)
        if not heard.addressed and not (owner and overheard(meaning, owner[1])):
            return replace(NOTHING, language=meaning.language), None
        if owner is None or not owner[1].reads:
            return meaning, None
        context = self.context(memory, now, meaning.language, owner[0])
        try:
            effects = await owner[1].handler(context, heard, meaning)
        except Unsettled as error:
            return meaning, questions.asking(heard, error).shown
        except UserError as error:
            return meaning, heard.reply(error.phrase)
        said = (effect.shown if isinstance(effect, Ask) else effect for effect in effects)
        return meaning, next((effect for effect in said if isinstance(effect, Say)), None)

    async def handle(self, memory: Memory, event: Event, now: datetime) -> None:
        """Give the event to those who want it. An event that nobody can make anything of is passed over: met again
        and again it would stop all that comes after it.
        """
        await self.refresh(memory)
        try:
            async with memory.connection.savepoint():
                await self._handle(memory, await with_subject(memory, event, self._audience.readers), now)
        except (StoreError, NotLearnt):
            raise
        except Exception:
            log.exception("event passed over", event_id=event.cause)

    async def _handle(self, memory: Memory, event: Event, now: datetime, chosen: Chosen = NONE_CHOSEN) -> None:
        if isinstance(event, Edited | Redacted):
            await memory.questions.withdraw(event.target, OURS, now)
        language = await language_of(memory, event, self.community.language)
        meaning = NOTHING
        if isinstance(event, Heard | Edited):
            words = said(event.text, addressed=isinstance(event, Edited) or event.addressed or event.direct)
            meaning = await questions.as_settled(
                memory, event.room_id, self.understand(words, language, waits=True), chosen
            )
            language = meaning.language if meaning.intent != NOTHING.intent else language
        answer = await questions.answer_in(memory, self.engine, event, meaning, now)
        if answer and isinstance(event, Heard | Reacted):
            return await self._answered(memory, event, answer, now)
        for installed, name, work in self._audience.of(event, meaning):
            await self._run(memory, event, now, language, installed, name, work)
        return None

    async def _answered(self, memory: Memory, event: Heard | Reacted, answer: Answer, now: datetime) -> None:
        """Give an answer to the plugin that asked; a name that was settled lets the sentence be heard again."""
        question = answer.question
        if question.kind == WHICH:
            await memory.questions.settle(question.key)
            heard, chosen = await questions.heard_again(memory, self.names, event, answer)
            await self._handle(memory, heard, now, chosen)
            return await questions.goes_with(memory, heard, question)
        if answer.unsure or question.kind == MEANT:
            return await self._perhaps(memory, event, answer, now)
        found = self._audience.asker(question.plugin, question.kind)
        if found is None:
            return None  # its plugin was switched off
        installed, handler = found
        answered = answer.event(event)

        async def work(context: Context[Any]) -> Sequence[Effect]:
            effects = await handler(context, answered)
            await memory.questions.settle(question.key)
            return effects

        language = question.language or self.community.language
        return await self._run(memory, answered, now, language, installed, f"{question.kind}_answered", work)

    async def _perhaps(self, memory: Memory, event: Heard | Reacted, answer: Answer, now: datetime) -> None:
        """Ask whether words are an answer, or do as they say who were asked that."""
        question = answer.question
        effect: Say | Ask
        if answer.unsure and isinstance(event, Heard):
            effect = questions.checking(event, answer)
        else:
            await memory.questions.settle(question.key)
            if meant := await questions.as_meant(memory, event, answer, now):
                return await self._answered(memory, *meant, now)
            effect = answer.event(event).reply(phrase("bot.not_passed_on"))
        for installed in self.installed:
            if installed.plugin.name == question.plugin:
                await self._keep(memory, [effect], now, event, installed, MEANT, question.language)
        return None

    async def fire(self, memory: Memory, timer: Timer, now: datetime) -> None:
        """Give a timer that fell due to its plugin; dropping the row is what makes it once."""
        await self.refresh(memory)
        event = Due(timer.kind, timer.key, timer.subject, timer.due_at, now - timer.due_at > LATE_AFTER)
        for installed in self.installed:
            handler = installed.plugin.timers.get(timer.kind)
            if handler is None:
                continue
            try:
                async with memory.connection.savepoint():
                    await memory.timers.drop(timer.key)
                    language = self.community.language
                    context = self.context(memory, now, language, installed)
                    await self._keep(memory, await handler(context, event), now, event, installed, timer.kind, language)
            except StoreError:
                raise
            except Exception:  # the one other place: a failing timer is tried again, its neighbours go on
                log.exception("timer failed", kind=timer.kind, subject=timer.subject)
                await memory.timers.put_off(timer.key, now + RETRY_AFTER * min(60, 2**timer.attempts))
            return
        await memory.timers.drop(timer.key)  # its plugin was switched off

    async def start(self, memory: Memory, now: datetime) -> None:
        """Let every plugin see to its standing timers and rooms."""
        await self.refresh(memory)
        for installed in self.installed:
            for handler in installed.plugin.starting:
                effects = await handler(self.context(memory, now, self.community.language, installed))
                cause = Due("start", "start", "", now, False)
                await self._keep(memory, effects, now, cause, installed, handler.__name__, self.community.language)

    # --- running it --------------------------------------------------------------------------------

    async def _run(
        self, memory: Memory, event: Event, now: datetime, language: str, installed: Installed, name: str, work: Work
    ) -> None:
        handler = f"{installed.plugin.name}.{name}"
        if not await memory.inbox.claim(event.cause, handler):
            return
        context = self.context(memory, now, language, installed)
        try:
            async with memory.connection.savepoint():
                await self._keep(memory, await work(context), now, event, installed, name, language)
        except UserError as error:
            await memory.inbox.outcome(event.cause, handler, "refused")
            await self._answer(memory, event, now, installed, name, error, language)
        except StoreError:  # not the handler's fault: the event is to be handled when the database is well again
            raise
        except Exception:  # the one broad except: a broken handler doesn't undo its neighbours
            log.exception("handler failed", handler=handler, event_id=event.cause)
            await memory.inbox.outcome(event.cause, handler, "failed")
            await self._answer(memory, event, now, installed, name, UserError(phrase("bot.failed")), language)

    async def _answer(
        self, memory: Memory, event: Event, now: datetime, installed: Installed, name: str, error: UserError, lang: str
    ) -> None:
        if say := questions.refusal(event, error):
            await self._keep(memory, [say], now, event, installed, name, lang)

    def context(self, memory: Memory, now: datetime, language: str, installed: Installed) -> Context[Any]:
        """What a handler of this plugin is given."""
        return Context(
            now=now,
            settings=installed.settings,
            community=self.community,
            memory=memory,
            names=self.names,
            language=language,
            bot=self.bot,
            understand=partial(self.understand, language=language),
            written=self.keeper.renderer.written,
            plugins=frozenset(i.plugin.name for i in self.installed),
        )

    async def _keep(
        self,
        memory: Memory,
        effects: Sequence[Effect],
        now: datetime,
        event: Event,
        installed: Installed,
        name: str,
        language: str,
    ) -> None:
        """Save the effects; a change of a request is followed at once, by those who follow it."""
        pending = [(installed, name, effects)]
        for _ in range(MAX_FOLLOWING):
            changes: list[Changed] = []
            for owner, handler, some in pending:
                changes += [e for e in some if isinstance(e, Changed)]
                await self.keeper.keep(memory, some, event, owner.plugin.name, handler, now, language)
            pending = [
                (follower, f"{handler.__name__}.{change.what}", await handler(
                    self.context(memory, now, self.community.language, follower), change))
                for change in changes for follower in self.installed for handler in follower.plugin.following
            ]  # fmt: skip
            if not pending:
                return
        log.error("changes follow from one another without end", handler=name, event_id=event.cause)
