"""A page that says which file each of its blocks goes into, followed in a copy of the repository."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_PARTS = ("contracts", "libraries", "services", "publication", "deploy", "tests", "docs", ".mypy_cache")
_LEFT = shutil.ignore_patterns("__pycache__", "node_modules")

_STEP = re.compile(
    r"(?:Make|In)\s+`(?P<file>[^`]+)`"
    r"(?:,\s+(?P<where>after|before|replace)\s+`(?P<anchor>[^`]+)`(?:\s+with)?)?:\n\n"
    r"```\w+\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_COMMANDS = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Step:
    """A block of the page: the file that it goes into, and where; a new file where no place is said."""

    file: str
    where: str | None
    anchor: str | None
    text: str

    def take(self, root: Path) -> None:
        """Does to the file what the page says; raises ValueError where its place is not there exactly once."""
        path = root / self.file
        if self.where is None or self.anchor is None:
            if path.exists():
                raise ValueError(f"{self.file} is there already")
            path.write_text(self.text, encoding="utf-8")
            return
        path.write_text(self._changed(path.read_text(encoding="utf-8"), self.anchor), encoding="utf-8")

    def _changed(self, text: str, anchor: str) -> str:
        if self.where == "replace":
            if text.count(anchor) != 1:
                raise ValueError(f"{self.file} has {anchor!r} {text.count(anchor)} times")
            return text.replace(anchor, self.text.rstrip("\n"))
        lines = text.splitlines(keepends=True)
        defines = anchor.startswith(("class ", "def "))
        found = [
            number
            for number, line in enumerate(lines)
            if (re.match(rf"{re.escape(anchor)}\b", line) if defines else line.strip() == anchor)
        ]
        if len(found) != 1:
            raise ValueError(f"{self.file} has the line {anchor!r} {len(found)} times")
        at = found[0]
        indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
        block = [f"{indent}{line}" if line.strip() else line for line in self.text.splitlines(keepends=True)]
        if defines:
            at = _end_of(lines, at)
            block = ["\n", "\n", *block]
        elif self.where == "after":
            at += 1
        return "".join([*lines[:at], *block, *lines[at:]])


def _end_of(lines: list[str], at: int) -> int:
    """Behind a class or a function: its last line that is indented, but for what closes its brackets."""
    end = at + 1
    for number in range(at + 1, len(lines)):
        if lines[number].startswith((" ", ")")):
            end = number + 1
        elif lines[number].strip():
            break
    return end


def steps(page: str) -> list[Step]:
    """The blocks of a page that go into files, in its order."""
    return [Step(found["file"], found["where"], found["anchor"], found["text"]) for found in _STEP.finditer(page)]


def commands(page: str) -> Iterator[list[str]]:
    """What the page has its reader run, in its order."""
    for block in _COMMANDS.findall(page):
        for line in block.splitlines():
            yield shlex.split(line)


def copied(to: Path) -> Path:
    """A copy of what the repository's programs and tests are made of."""
    for part in _PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, to / part, ignore=_LEFT)
    for file in ROOT.iterdir():
        if file.is_file():
            shutil.copy2(file, to / file.name)
    return to


def run(words: list[str], at: Path) -> tuple[bool, str]:
    """Runs a command of the page in the copy; says whether it passed, and all that it said."""
    program, *rest = words
    name = Path(program).name
    module = {"engage": ["-m", "deploy.command_line"], "python": []}.get(name, ["-m", name])
    environment = {**os.environ, "PYTHONPATH": str(at), "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, *module, *rest],
        cwd=at,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode == 0, done.stdout
