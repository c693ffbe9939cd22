"""The words files use for a use ("live", "cobrand (removed)", "funded …"), and how far each is believed."""

from dataclasses import dataclass
from datetime import date

from bot.domain.directory import Grade, Relation, Status, trust
from bot.exchange.dates import last_day
from bot.exchange.rows import UseRow


@dataclass(frozen=True)
class Claim:
    """What a row amounts to."""

    relation: Relation
    status: Status
    grade: Grade

    @property
    def proves_use(self) -> bool:
        """Whether more is claimed than interest, money or membership, seen in passing."""
        return self.status is not Status.EVALUATION or trust(self.grade) < trust(Grade.OBSERVED)


_USED = Claim(Relation.USES, Status.PRODUCTION, Grade.IMPORTED)
_SEEN = Claim(Relation.USES, Status.PRODUCTION, Grade.OBSERVED)
_NO_PROOF = Claim(Relation.USES, Status.EVALUATION, Grade.OBSERVED)  # interest, money or membership isn't use
_PILOT = Claim(Relation.USES, Status.PILOT, Grade.IMPORTED)
_TRIAL = Claim(Relation.USES, Status.EVALUATION, Grade.IMPORTED)
_OVER = Claim(Relation.USES, Status.RETIRED, Grade.IMPORTED)
_KEPT = Claim(Relation.MAINTAINS, Status.PRODUCTION, Grade.IMPORTED)

_WORDS: dict[str, Claim] = {
    **dict.fromkeys(("", "uses", "use", "used", "user", "in use", "live", "production", "in production"), _USED),
    **dict.fromkeys(("production tenant", "tenant", "cobrand", "instance", "runs instance", "runs"), _USED),
    **dict.fromkeys(("pilot", "piloting", "in pilot", "beta"), _PILOT),
    **dict.fromkeys(("evaluation", "evaluating", "evaluates", "trial", "trialling", "testing"), _TRIAL),
    **dict.fromkeys(("retired", "removed", "stopped", "ended", "former", "no longer uses", "replaced"), _OVER),
    **dict.fromkeys(("maintains", "maintainer", "maintained"), _KEPT),
    **dict.fromkeys(("member", "subscriber", "contributor", "community member", "migrated", "funded"), _NO_PROOF),
    **dict.fromkeys(("interested", "planned", "planning", "considering"), _NO_PROOF),
}
_BEGINNINGS: tuple[tuple[str, Claim], ...] = (("funded ", _NO_PROOF), ("lgd-", _NO_PROOF))


def claim_of(row: UseRow, today: date) -> Claim:
    """What the row claims, its status and grade no better than its words and evidence allow."""
    stated = _stated(row.relation)
    status, grades = stated.status, [stated.grade, _graded(row.grade)]
    if row.status:
        by_status = _stated(row.status)
        status = by_status.status
        grades.append(by_status.grade)
    if row.until and last_day(row.until) < today:
        status = Status.RETIRED
    if not row.evidence_url:
        grades.append(Grade.OBSERVED)
    return Claim(stated.relation, status, max(grades, key=trust))


def _stated(words: str) -> Claim:
    """The claim behind a relation or a status; one with a reservation in brackets is only observed."""
    plain, _, reservation = words.casefold().partition("(")
    plain, reservation = plain.strip(), reservation.strip(" )")
    if reservation and _WORDS.get(reservation) is _OVER:
        return _OVER
    claim = next((claim for start, claim in _BEGINNINGS if plain.startswith(start)), _WORDS.get(plain, _SEEN))
    return Claim(claim.relation, claim.status, Grade.OBSERVED) if reservation else claim


def _graded(word: str) -> Grade:
    """A file's grade; never better than imported, since only people's own words in chat confirm."""
    if not word:
        return Grade.IMPORTED
    try:
        return max(Grade(word.casefold()), Grade.IMPORTED, key=trust)
    except ValueError:
        return Grade.OBSERVED
