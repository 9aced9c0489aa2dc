"""A journey on a terminal of 80 columns: steps by day, long gaps folded, and where it stands at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from contracts.message import Language
from deploy.journeys.set_aside import SetAside
from services.journal.journeys.mails import mail_words
from services.journal.journeys.model import Journey, Part, Step
from services.journal.journeys.words import WORDS

_LONG_GAP: Final = timedelta(days=2)
_MAIL_ENDS: Final = frozenset({"engage.follow-up.sent.v1", "engage.follow-up.cancelled.v1"})
"""How mails ended stands beside where they were planned; only one that failed has a line of its own."""
_SLOW_SECONDS: Final = 60.0
_BAD: Final = ("rejected", "refused", "failed", "dead-letter", "expired")
_MOST_REFERRED: Final = 20


class Page:
    """What is said of a journey in one language."""

    def __init__(self, language: Language, *, all_steps: bool = False) -> None:
        self._language: Language = language
        self._all = all_steps

    def show(self, journey: Journey, console: Console, letters: Sequence[SetAside] = ()) -> None:
        """Prints the whole journey."""
        console.print(self._head(journey))
        console.print(Group(*self._steps(journey)))
        if not journey.is_whole:
            console.print(self._say("Les étapes plus anciennes ne sont pas montrées.", "Earlier steps are not shown."))
        console.print(Group(*self._end(journey, letters)))

    def news(self, before: Journey, journey: Journey, seen: Set[str]) -> Iterator[RenderableType]:
        """What a journey has that it had not before: steps not `seen`, and where it stands, if that is another now."""
        yield from self._steps(journey, seen, before.steps[-1] if before.steps else None)
        if (journey.now, journey.mails) != (before.now, before.mails):
            yield from self._now(journey)

    def _steps(
        self, journey: Journey, seen: Set[str] = frozenset(), before: Step | None = None
    ) -> Iterator[RenderableType]:
        """The steps but those seen already, each day under its date, if that was not the last one shown."""
        mails = {part.id: part for part in journey.parts if part.kind == "follow-up"}
        for step in journey.steps:
            if step.event_id in seen or (step.type in _MAIL_ENDS and not self._all):
                continue
            yield from self._time_passed(before, step)
            yield self._step(step, mails)
            before = step

    def _head(self, journey: Journey) -> RenderableType:
        names = " — ".join(dict.fromkeys(filter(None, (journey.organisation, journey.title))))
        kind = WORDS.kind(journey.kind).in_(self._language) if journey.kind else self._say("histoire", "story")
        state = journey.state.in_(self._language)
        return Group(
            Text(names or str(journey.story_id), style="bold"),
            Text(f"{kind} {journey.story_id}" + ("" if state == "?" else f" · {state}"), style="dim"),
        )

    def _time_passed(self, before: Step | None, step: Step) -> Iterator[RenderableType]:
        if before is not None and before.at.date() == step.at.date():
            return
        if before is not None and (gap := step.at - before.at) >= _LONG_GAP:
            yield Text(self._say(f"   ⋯ {gap.days} jours", f"   ⋯ {gap.days} days"), style="dim")
        yield Text(f"\n{_day(step.at)}", style="bold cyan")

    def _step(self, step: Step, mails: Mapping[UUID, Part]) -> RenderableType:
        style = "red" if any(word in step.type for word in _BAD) else ""
        lines: list[RenderableType] = [Text(step.what.in_(self._language), style=style)]
        if changed := self._changed(step):
            lines.append(Text(changed, style="dim"))
        lines += [Text(f"{code}: {words.in_(self._language)}", style="yellow") for code, words in step.why]
        lines += [Text(f"· {line}") for line in self._mails(step, mails)]
        if step.see is not None:
            rules = f" ({step.rules_version})" if step.rules_version else ""
            lines.append(Text(f"→ {step.see}{rules}", style="dim", overflow="fold"))
        table = Table.grid(padding=(0, 1))
        table.add_column(width=8)
        table.add_column(width=13)
        table.add_column(overflow="fold")
        table.add_row(Text(f"{step.at:%H:%M:%S}", style="dim"), Text(step.service, style="cyan"), Group(*lines))
        return table

    def _changed(self, step: Step) -> str:
        shown = dict.fromkeys((step.from_state, step.to_state))  # once, where it stays as it was
        states = [WORDS.state(step.kind, state).in_(self._language) for state in shown if state]
        waited = "" if step.waited is None else self._say("en ", "in ") + self._lasted(step.waited)
        return " · ".join(filter(None, (" → ".join(states), step.actor, step.reason, waited)))

    def _mails(self, step: Step, mails: Mapping[UUID, Part]) -> Iterator[str]:
        for identifier in step.follow_up_ids:
            if (mail := mails.get(identifier)) is not None:
                due = str(mail.facts.get("due_at", ""))[:10]
                yield f"{self._mail(mail)}{self._say(' : ', ': ')}{mail.called.in_(self._language)}, {due}"

    def _mail(self, mail: Part) -> str:
        return mail_words(mail.facts.get("kind")).in_(self._language)

    def _end(self, journey: Journey, letters: Sequence[SetAside]) -> Iterator[RenderableType]:
        yield from self._now(journey)
        yield from self._dead_letters(journey, letters)
        yield from self._referred(journey)

    def _now(self, journey: Journey) -> Iterator[RenderableType]:
        yield Text(self._say("\nMaintenant", "\nNow"), style="bold cyan")
        for waiting in journey.now:
            kind = WORDS.kind(waiting.kind).in_(self._language)
            said = f"{kind} : {waiting.state.in_(self._language)}" if self._is_french else f"{kind}: {waiting.state.en}"
            if waiting.waits is not None:
                said += self._say(" ; attend ", "; waits for ") + waiting.waits.in_(self._language)
            if waiting.until is not None:
                said += self._say(" jusqu’au ", " until ") + waiting.until[:16].replace("T", " ")
            if waiting.next is not None:
                said += self._say(" ; ensuite : ", "; then: ") + waiting.next.in_(self._language)
            yield Padding(Text(said), (0, 0, 0, 2))
        if not journey.now:
            yield Padding(Text(self._say("rien n’est attendu", "nothing is waited for")), (0, 0, 0, 2))
        yield from self._mail_counts(journey)

    def _mail_counts(self, journey: Journey) -> Iterator[RenderableType]:
        if not journey.mails:
            return
        counts = ", ".join(
            f"{WORDS.state('follow-up', state).in_(self._language)} {count}" for state, count in journey.mails.items()
        )
        following = ""
        if (mail := journey.next_mail) is not None:
            due = str(mail.facts.get("due_at", ""))[:16].replace("T", " ")
            following = self._say(" ; le prochain : ", "; the next: ") + f"{self._mail(mail)}, {due}"
        yield Padding(Text(self._say("courriers : ", "mails: ") + counts + following), (0, 0, 0, 2))

    def _dead_letters(self, journey: Journey, letters: Sequence[SetAside]) -> Iterator[RenderableType]:
        standing = {letter.id: letter for letter in letters}
        for letter in journey.dead_letters:
            known = standing.get(letter.id)
            state = known.state if known is not None and known.state else "?"
            behind = known.behind if known is not None else 0
            said = f"engage dead-letters show {letter.id}: {letter.service}, {letter.reason}, {state}"
            if behind:
                said += self._say(f" ; {behind} attendent derrière", f"; {behind} wait behind it")
            yield Padding(Text(said, style="red"), (0, 0, 0, 2))

    def _referred(self, journey: Journey) -> Iterator[RenderableType]:
        if not journey.referred:
            return
        yield Text(self._say("\nS’y rapportent", "\nReferring to it"), style="bold cyan")
        for part in journey.referred[:_MOST_REFERRED]:
            names = part.facts.get("organisation") or part.facts.get("title") or ""
            kind = WORDS.kind(part.kind).in_(self._language)
            yield Padding(Text(f"{kind} {part.id} {names}: {part.called.in_(self._language)}"), (0, 0, 0, 2))
        if (more := len(journey.referred) - _MOST_REFERRED) > 0:
            yield Padding(Text(self._say(f"et {more} autres", f"and {more} more"), style="dim"), (0, 0, 0, 2))

    @property
    def _is_french(self) -> bool:
        return self._language == "fr"

    def _say(self, french: str, english: str) -> str:
        return french if self._is_french else english

    def _lasted(self, seconds: float) -> str:
        if seconds < _SLOW_SECONDS:
            number = f"{seconds:.1f}"
            return f"{number.replace('.', ',') if self._is_french else number} s"
        minutes, rest = divmod(round(seconds), 60)
        hours, minutes = divmod(minutes, 60)
        if not hours:
            return f"{minutes} min {rest} s"
        days, hours = divmod(hours, 24)
        return f"{days} {self._say('j', 'd')} {hours} h" if days else f"{hours} h {minutes} min"


def stories(found: Iterable[Journey], language: Language) -> Iterator[Text]:
    """A line for each of several stories that something belongs to."""
    for journey in found:
        names = journey.organisation or journey.title or ""
        yield Text(f"{journey.story_id} {WORDS.kind(journey.kind).in_(language)} {names}")


def _day(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d}"
