"""The oracle: reads every room back through somebody else's eyes, and compares with what was asked and what is kept."""

from collections import Counter
from dataclasses import dataclass, field

from bot.render import OP_ID
from tests.faults.scene import Question, Scene
from tests.homeserver import Seen


@dataclass
class Verdict:
    """What was found; well if `faults` is empty."""

    questions: int = 0
    once: int = 0
    lost: int = 0
    doubled: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Said:
    """Something of the bot's in a room."""

    room_id: str
    place: int
    op: str
    seen: Seen


async def judge(scene: Scene) -> Verdict:
    """For each cause exactly one op id, each op id a cause, answers in the order of the questions, cards as kept."""
    timelines = {room: await scene.rhea.messages(room) for room in {*scene.rooms, scene.stewards}}
    if scene.person:
        timelines[scene.secret] = await scene.person.messages(scene.secret)
    said = [one for room, timeline in timelines.items() for one in _said(scene, room, timeline)]
    verdict = Verdict(len(scene.asked))
    _answers(scene, said, timelines, verdict)
    _twice(said, verdict)
    await _as_kept(scene, said, verdict)
    return verdict


def _said(scene: Scene, room: str, timeline: list[Seen]) -> list[Said]:
    ours = [(place, seen) for place, seen in enumerate(timeline) if seen.sender == scene.clerk.user_id]
    said = [Said(room, place, str(seen.content.get(OP_ID, "")), seen) for place, seen in ours]
    return [one for one in said if one.seen.type in ("m.room.message", "m.room.encrypted") and one.seen.content]


def _is_answer(one: Said, question: Question) -> bool:
    if one.room_id != question.room_id or one.seen.replaces:
        return False
    if question.helping:
        return one.seen.reply_to == question.event_id and "Help request" in one.seen.body
    return question.event_id in one.op


def _answers(scene: Scene, said: list[Said], timelines: dict[str, list[Seen]], verdict: Verdict) -> None:
    order: dict[tuple[str, bool], list[tuple[int, int]]] = {}
    for question in scene.asked:
        found = [one for one in said if _is_answer(one, question)]
        verdict.once += len(found) == 1
        verdict.lost += not found
        verdict.doubled += len(found) > 1
        asked = [n for n, seen in enumerate(timelines[question.room_id]) if seen.event_id == question.event_id]
        if found and asked:
            queue = (question.room_id, scene.by_priority and question.helping)
            order.setdefault(queue, []).append((asked[0], found[0].place))
    if verdict.lost or verdict.doubled:
        verdict.faults.append(f"{verdict.lost} lost, {verdict.doubled} answered more than once")
    for places in order.values():
        answers = [answer for _, answer in sorted(places)]
        if answers != sorted(answers):
            verdict.faults.append("answers out of order")
    for cause in scene.unanswerable:
        if any(cause in one.op or one.seen.reply_to == cause for one in said):
            verdict.faults.append("something was answered that must not be")


def _twice(said: list[Said], verdict: Verdict) -> None:
    repeated = [op for op, times in Counter(one.op for one in said).items() if op and times > 1]
    if repeated:
        verdict.faults.append(f"said twice: {', '.join(sorted(repeated))}")
    if any(not one.op for one in said):
        verdict.faults.append("something of the bot's can't be read, or bears no op id")


async def _as_kept(scene: Scene, said: list[Said], verdict: Verdict) -> None:
    """Each message has its row and each row its message; the newest words of a card are the newest that are kept."""
    async with scene.reading() as memory:
        rows = await memory.connection.fetch(
            "SELECT op_id, room_id, kind, target, state, event_id FROM outbox ORDER BY seq"
        )
    kept = {row["op_id"]: row for row in rows}
    heard = {one.seen.event_id for one in said}
    rooms = {*scene.rooms, scene.stewards, scene.secret}
    for one in said:
        row = kept.get(one.op)
        if scene.put_back and one.seen.replaces:
            continue  # an edit by the memory that was lost: below, what the card shows is what is kept now
        if one.op and (row is None or row["event_id"] != one.seen.event_id):
            verdict.faults.append(f"in the room, but not as it is kept: {one.op}")
    unseen = [row["op_id"] for row in rows
              if row["state"] == "sent" and row["kind"] in ("message", "edit") and row["room_id"] in rooms
              and row["event_id"] not in heard]  # fmt: skip
    if unseen and not scene.forgotten:
        verdict.faults.append(f"kept as sent, but in no room: {', '.join(unseen)}")
    dead = [row["op_id"] for row in rows if row["state"] == "dead"]
    if len(dead) > scene.dead_rows:
        verdict.faults.append(f"refused for good: {', '.join(dead)}")
    newest = {row["target"]: row["event_id"] for row in rows if row["kind"] == "edit" and row["state"] == "sent"}
    for card, event_id in newest.items():
        shown = [one.seen.event_id for one in said if one.seen.replaces == kept[card]["event_id"]]
        if shown[-1:] != [event_id]:
            verdict.faults.append(f"the card {card} shows other words than are kept")
