"""A programme: its files as texts, what is read of them, and the digest by which it is known."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from pydantic import BaseModel

from libraries.data_files import DataFileError, Mistake, parse_data_file
from libraries.programme.files import WHOLE, is_known, shipped_files, shipped_path

Model = TypeVar("Model", bound=BaseModel)

_MOST_FILES: Final = 1_000
_MOST_BYTES: Final = 1_000_000


class Identity(NamedTuple):
    """By what a programme is known: the version that it gives itself, and the digest of all its files."""

    version: str
    digest: str

    def __str__(self) -> str:
        return f"{self.version} ({self.digest[:12]})"


class Sealed(NamedTuple):
    """A programme as it is put into force: by what it is known, and the text of each file by its name."""

    identity: Identity
    files: Mapping[str, str]


class Programme:
    """The files of a directory, and the shipped ones where it lacks them; only the shipped ones without a directory.

    Where it is `patient`, a file with mistakes is kept in `mistakes`, and the shipped one is read in its place: so all
    that is wrong is found at once. Otherwise the first one raises.
    """

    def __init__(self, directory: Path | None = None, *, patient: bool = False) -> None:
        """Raises DataFileError where the directory can't be read, or has a file that no programme has."""
        self.directory = directory
        self.mistakes: list[Mistake] = []
        self._patient = patient
        self._asked: set[str] = set()
        self._shipped = shipped_files()
        self._own = {} if directory is None else dict(self._texts(directory))
        replaced = tuple(folder for folder in WHOLE if any(name.startswith(folder) for name in self._own))
        left = {name: text for name, text in self._shipped.items() if not replaced or not name.startswith(replaced)}
        self.files: Mapping[str, str] = left | self._own

    @property
    def taken_from_shipped(self) -> list[str]:
        """Which files the directory lacks, so that the shipped ones are read."""
        return [] if self.directory is None else sorted(self.files.keys() - self._own.keys())

    @property
    def never_read(self) -> list[str]:
        """Which files of the directory nothing has read so far."""
        return sorted(self._own.keys() - self._asked)

    @property
    def digest(self) -> str:
        """SHA-256 of all files with their names, in hexadecimal."""
        return hashlib.sha256(json.dumps(sorted(self.files.items())).encode()).hexdigest()

    def text(self, name: str) -> str | None:
        """The text of a file; None where there is none of that name."""
        self._asked.add(name)
        return self.files.get(name)

    def read(self, name: str, model: type[Model]) -> Model:
        """A file as a model; raises DataFileError where it is missing, or wrong."""
        if (text := self.text(name)) is None:
            raise DataFileError([Mistake(self.path_of(name), None, "", "there is no such file")])
        try:
            return parse_data_file(text, self.path_of(name), model)
        except DataFileError as error:
            if not self._patient:
                raise
            self.refuse(error.mistakes)
            if name not in self._own or name not in self._shipped:
                raise
            return parse_data_file(self._shipped[name], shipped_path(name), model)

    def read_all(self, folder: str, model: type[Model]) -> dict[str, Model]:
        """All files of a folder as models, by name in its order; raises DataFileError."""
        found: dict[str, Model] = {}
        for name in sorted(name for name in self.files if name.startswith(f"{folder}/")):
            try:
                found[name] = self.read(name, model)
            except DataFileError:
                if not self._patient:
                    raise
        return found

    def refuse(self, mistakes: Iterable[Mistake]) -> None:
        """What is wrong: raises DataFileError, or keeps it where the programme is patient."""
        if not self._patient:
            raise DataFileError(mistakes)
        self.mistakes += mistakes

    def path_of(self, name: str) -> str:
        """Where a file lies, for whoever has to mend it."""
        if self.directory is not None and (name in self._own or name not in self.files):
            return str(self.directory / name)
        return shipped_path(name)

    def _texts(self, directory: Path) -> Iterator[tuple[str, str]]:
        """The directory's files; documents beside them (`.md`) and hidden ones are nobody's business."""
        if not directory.is_dir():
            raise DataFileError([Mistake(str(directory), None, "", "there is no such directory")])
        for count, path in enumerate(sorted(each for each in directory.rglob("*") if each.is_file())):
            name = path.relative_to(directory).as_posix()
            if path.suffix == ".md" or any(part.startswith(".") for part in Path(name).parts):
                continue
            if wrong := _unfit(name, path, count):
                self.refuse([Mistake(str(path), None, "", *wrong)])
                continue
            try:
                yield name, path.read_text(encoding="utf-8")
            except (OSError, UnicodeDecodeError) as error:
                self.refuse([Mistake(str(path), None, "", f"it can't be read: {error}", "write it in UTF-8")])


def _unfit(name: str, path: Path, count: int) -> tuple[str, str] | None:
    if not is_known(name):
        return "a programme has no such file", "docs/programme.md lists those it has"
    if count >= _MOST_FILES:
        return f"there are more than {_MOST_FILES:,} files", "take away those that are not the programme's"
    if path.stat().st_size > _MOST_BYTES:
        return f"it has {path.stat().st_size:,} bytes", f"at most {_MOST_BYTES:,} are read"
    return None
