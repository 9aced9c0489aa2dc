"""Blocks of code in documents: commands exist, programs compile, JSON is JSON, examples are what the contracts want."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from functools import cache
from textwrap import dedent
from typing import Any

import pytest
import typer

from contracts.catalogue import EVENT_BY_TYPE
from deploy.command_line.commands import program
from services.matching.answers.suppositions import Supposition
from tests.unit.docs.documents import DOCUMENTS, ROOT, Block, blocks, name_of, prose_of

_SHELL = ("sh", "bash", "console")
_INLINE = re.compile(r"`((?:engage|make) [^`]+)`")


def _place(block: Block) -> str:
    return block.place


def _commands() -> Iterator[tuple[str, str]]:
    """Every line of a shell, and every command within a sentence, with where it stands."""
    for block in blocks(*_SHELL):
        for line in block.text.replace("\\\n", " ").splitlines():
            yield block.place, line.removeprefix("$ ")
    for document in DOCUMENTS:
        for command in _INLINE.findall(prose_of(document)):
            yield name_of(document), command


def _words(line: str, program_name: str) -> Iterator[list[str]]:
    """The words of each call of a program in a line, which may stand in a pipe or behind variables."""
    for part in re.split(r"\|\||&&|[|;]", re.sub(r"\s#.*", "", line)):
        words = shlex.split(part.replace("…", "..."))
        while words and re.match(r"^[A-Z_]+=", words[0]):
            del words[0]
        if words and words[0] in (program_name, f".venv/bin/{program_name}"):
            yield words[1:]


def test_every_command_of_engage_exists_with_its_options() -> None:
    wrong = [
        f"{place}: engage {' '.join(words)}: {problem}"
        for place, line in _commands()
        for words in _words(line, "engage")
        if (problem := _problem(words)) is not None
    ]
    assert wrong == []


@cache
def _engage() -> Any:
    return typer.main.get_command(program)


def _problem(words: list[str]) -> str | None:
    command, rest = _engage(), list(words)
    while rest and hasattr(command, "commands"):
        name = rest.pop(0)
        if name in _options_of(command):
            # Before the command's name stand those that every command has.
            continue
        if name == "...":
            return None
        if name not in command.commands:
            return f"there is no {name}"
        command = command.commands[name]
    known = {*_options_of(command), "--help"}
    unknown = [word for word in rest if word.startswith("--") and word.partition("=")[0] not in known]
    return f"there is no {', '.join(unknown)}" if unknown else None


def _options_of(command: Any) -> set[str]:
    return {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}


def test_every_target_of_make_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    called = {
        (place, words[0])
        for place, line in _commands()
        for words in _words(line, "make")
        if words and "=" not in words[0]
    }
    assert {(place, target) for place, target in called if target not in targets} == set()


@pytest.mark.parametrize("block", blocks("python"), ids=_place)
def test_python_compiles(block: Block) -> None:
    compile(dedent(block.text), block.place, "exec")


@pytest.mark.parametrize("block", blocks("json"), ids=_place)
def test_json_is_what_it_says_it_is(block: Block) -> None:
    json.loads(block.text)
    if block.about == "supposition":
        Supposition.model_validate_json(block.text)
    elif block.about.startswith("engage."):
        EVENT_BY_TYPE[block.about].model_validate_json(block.text)
