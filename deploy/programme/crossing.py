"""What can't be seen in one file of a programme alone, and what works and surprises."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final, get_args

from contracts.message import Track
from deploy.programme.remarks import Gravity, Remark
from libraries.places.territories import TERRITORIES
from libraries.programme.programme import Programme
from libraries.toml_lines import line_of
from libraries.vocabularies.vocabularies import VOCABULARIES
from services.intake.editions import EDITIONS, EditionFile, read_edition_files
from services.intake.lexicon import LEXICON
from services.intake.rules.income import Income
from services.intake.rules.organisations import EsusApprovedBefore, Existence, LegalForm
from services.intake.rules.whole_form import SpreadWithinYears
from services.matching.settings.rules import RULES
from services.notifications.city_services import CITY_SERVICES

_COMING: Final = timedelta(days=365)
_FULL_FIT: Final = 1000
_OLDEST: Final = date(1850, 1, 1)
"""Before the Journal officiel announced any association."""


def crossing(programme: Programme, *, now: datetime, passed_over: Collection[str]) -> Iterator[Remark]:
    """What is wrong between files, and what is only to be known; files with mistakes of their own are passed over."""
    files = _Files(programme, passed_over)
    found = [
        *(_lexicon(files) if files.are_sound("lexicon.toml", "vocabularies.toml") else ()),
        *(_matching(files) if files.are_sound("matching_rules.toml", "territories.toml") else ()),
        *_editions(files, now),
        *(_zones(files) if files.are_sound("territories.toml") else ()),
    ]
    if not CITY_SERVICES and files.are_sound("city_services.toml"):
        wrong = "no service of the city gets mail about obstacles: the officers who own the needs get it"
        found.append(files.remark("warning", "city_services.toml", (), wrong, "list the services"))
    return iter(found)


class _Files:
    """Remarks on a programme's files, with the line at which each place stands."""

    def __init__(self, programme: Programme, passed_over: Collection[str]) -> None:
        self._programme = programme
        self._passed_over = passed_over

    def are_sound(self, *names: str) -> bool:
        """Whether none of the files has a mistake of its own: else the shipped one was read in its place."""
        directory = self._programme.directory or Path()
        return not any({str(directory / name), self._programme.path_of(name)} & {*self._passed_over} for name in names)

    def remark(self, gravity: Gravity, name: str, place: Sequence[str | int], wrong: str, right: str = "") -> Remark:
        """A remark on a place of a file; on the file as a whole where no place is given."""
        line = line_of(self._programme.files[name], place) if place else None
        return Remark(gravity, self._programme.path_of(name), line, ".".join(map(str, place)), wrong, right)


def _lexicon(files: _Files) -> Iterator[Remark]:
    for kind, codes, known in (
        ("themes", LEXICON.themes, VOCABULARIES.themes),
        ("publics", LEXICON.publics, VOCABULARIES.publics),
    ):
        for code in sorted(codes.keys() - known.keys()):
            wrong = f"vocabularies.toml has no {code} among its {kind}: it would be proposed and match nothing"
            right = f"one of {', '.join(known)}"
            yield files.remark("error", "lexicon.toml", (kind, code), wrong, right)


def _matching(files: _Files) -> Iterator[Remark]:
    name, known = "matching_rules.toml", TERRITORIES.labels["fr"]
    for position, bound in enumerate(RULES.equity):
        if bound.territory not in known:
            wrong = f"territories.toml has no {bound.territory}: the bound would hold for nothing"
            yield files.remark("error", name, ("equity", position, "territory"), wrong, f"one of {', '.join(known)}")
    if RULES.floor > _FULL_FIT:
        wrong = f"is {RULES.floor}, and no fit has more than {_FULL_FIT} points: nothing would ever be proposed"
        yield files.remark("error", name, ("floor",), wrong, f"at most {_FULL_FIT}")


def _editions(files: _Files, now: datetime) -> Iterator[Remark]:
    for name, file in read_edition_files().items():
        if file.draft:
            wrong = f"is a draft, by which nothing is decided; not known yet: {'; '.join(file.unknown)}"
            yield files.remark("warning", name, ("draft",), wrong)
            continue
        yield from _rules(files, name, file)
    yield from _windows(files, now)


def _windows(files: _Files, now: datetime) -> Iterator[Remark]:
    start, end = now.timestamp(), (now + _COMING).timestamp()
    for track in get_args(Track):
        windows = [edition.window for edition in EDITIONS if edition.track == track and edition.window is not None]
        if not any(window.opens <= end and window.closes >= start for window in windows):
            wrong = f"no edition takes applications of the track {track} before {now + _COMING:%Y-%m-%d}"
            right = "an edition with its window and its rules, or nothing where there is none to come"
            yield files.remark("warning", "editions", (), wrong, right)


def _rules(files: _Files, name: str, file: EditionFile) -> Iterator[Remark]:
    """Rules that nobody can ever meet, and those that ask nobody."""
    for position, rule in enumerate(file.rules):
        place = ("rules", position)
        match rule:
            case LegalForm() if rule.allowed is not None and not set(rule.allowed) - set(rule.excluded):
                wrong = "no legal form is allowed and not excluded: nobody could ever meet this rule"
                yield files.remark("error", name, (*place, "allowed"), wrong, "name the legal forms that may apply")
            case Existence() if rule.latest_publication < _OLDEST:
                wrong = f"wants a publication before {rule.latest_publication}: nobody could ever meet this rule"
                yield files.remark("error", name, (*place, "years"), wrong, "fewer years, or a later day")
            case EsusApprovedBefore() if not _meets(rule.legal_forms, file):
                wrong = "concerns only legal forms that another rule keeps out: it asks nobody anything"
                yield files.remark("warning", name, (*place, "legal_forms"), wrong)
            case Income() if (rule.overseas_minimum_eur or 0) > rule.minimum_eur:
                wrong = f"is more than minimum_eur, {rule.minimum_eur}, so that it never holds"
                yield files.remark("warning", name, (*place, "overseas_minimum_eur"), wrong, "a lower amount")
            case SpreadWithinYears(years=0):
                wrong = "wants a project to spread before a year is over"
                yield files.remark("warning", name, (*place, "years"), wrong, "one year or more")
            case _:
                pass


def _meets(legal_forms: Sequence[str], file: EditionFile) -> bool:
    wanted = set(legal_forms)
    for rule in file.rules:
        if isinstance(rule, LegalForm):
            wanted -= set(rule.excluded)
            wanted &= wanted if rule.allowed is None else set(rule.allowed)
    return bool(wanted)


def _zones(files: _Files) -> Iterator[Remark]:
    for position, zone in enumerate(TERRITORIES.zones):
        if not zone.arrondissements:
            wrong = f"{zone.code} holds nothing: it meets only whoever names it, or the whole city"
            place = ("zones", position, "arrondissements")
            yield files.remark("warning", "territories.toml", place, wrong, "the codes of what lies in it")
