"""A programme looked at whole: read as every service reads it at its start, then one file held against another."""

from __future__ import annotations

import importlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from contracts.catalogue import SERVICES
from deploy.programme.remarks import Remark, error_of
from libraries.data_files import DataFileError, Mistake
from libraries.programme.programme import Identity, Programme
from libraries.programme.running import begin_with

_MANY: Final = 5
"""So many files of one folder are counted, and not listed."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found, and by what the programme is known: None where it can't be read as far as that."""

    programme: Programme
    identity: Identity | None
    remarks: tuple[Remark, ...]

    @property
    def is_wrong(self) -> bool:
        """Whether a service would refuse it."""
        return any(remark.gravity == "error" for remark in self.remarks)


def check(directory: Path | None, *, now: datetime) -> Checked:
    """All that is to be said of the programme in a directory, or of the shipped one; it becomes this process's own.

    Raises DataFileError where there is no such directory.
    """
    programme = Programme(directory, patient=True)
    begin_with(programme)
    try:
        identity: Identity | None = _read_as_services_do()
    except DataFileError as error:
        # Not even the shipped file could take its place: what was found so far is true all the same.
        known = set(programme.mistakes)
        programme.mistakes += [mistake for mistake in error.mistakes if mistake not in known]
        identity = None
    # Texts are read when they are rendered: only then all mistakes are known.
    texts = [] if identity is None else [*_wrong_texts(programme)]
    remarks = [*map(error_of, dict.fromkeys((*programme.mistakes, *texts)))]
    if identity is not None:
        remarks += _never_read(programme)
        from deploy.programme.crossing import crossing  # it reads, too

        remarks += crossing(programme, now=now, passed_over={remark.file for remark in remarks})
    return Checked(programme, identity, (*remarks, *_taken(programme)))


def _read_as_services_do() -> Identity:
    """Imports what reads the programme: each module reads its files when it is loaded."""
    for service in SERVICES:
        importlib.import_module(f"services.{service}.app")
    importlib.import_module("services.desk.linked.choices")
    from libraries.programme.about import IDENTITY

    return IDENTITY


def _wrong_texts(programme: Programme) -> Iterator[Mistake]:
    """Every text of a mail that is missing, or does not render with its sample."""
    from services.notifications.kinds import KINDS
    from services.notifications.mails.texts import DIGEST

    # All at once, as a service does; one by one only where one of them is wrong.
    if _trouble_with([kind.kind for kind in KINDS.all]) is None:
        return
    texts: dict[str, list[str]] = {DIGEST: []}
    for kind in KINDS.all:
        texts.setdefault(kind.text_name, []).append(kind.kind)
    told: set[str] = set()
    for text, kinds in texts.items():
        # Whatever is wrong with the digest is wrong with all, and is told once.
        if (wrong := _trouble_with(kinds)) is not None and wrong not in told:
            told.add(wrong)
            yield Mistake(programme.path_of(f"mails/texts/{text}.toml"), None, "", wrong)


def _trouble_with(kinds: Sequence[str]) -> str | None:
    """Why the texts of these kinds can't be used, with that of the digest; None where they can."""
    from services.notifications.mails.text_files import TextsError
    from services.notifications.mails.texts import load_texts

    try:
        load_texts(kinds)
    except TextsError as error:
        return str(error)
    return None


def _never_read(programme: Programme) -> Iterator[Remark]:
    for name in programme.never_read:
        right = "name it in mails/kinds.toml, or take it away" if name.startswith("mails/") else "take it away"
        yield Remark("error", programme.path_of(name), None, "", "nothing reads this file", right)


def _taken(programme: Programme) -> Iterator[Remark]:
    if taken := programme.taken_from_shipped:
        folders = Counter(name.rpartition("/")[0] for name in taken)
        listed = [name for name in taken if folders[name.rpartition("/")[0]] < _MANY or "/" not in name]
        listed += [f"{count} of {folder}" for folder, count in folders.items() if folder and count >= _MANY]
        wrong = f"{len(taken)} files are taken from the shipped programme: {', '.join(listed)}"
        right = "copy here what this city wants to decide itself: an upgrade may change the shipped ones"
        yield Remark("note", str(programme.directory), None, "", wrong, right)
