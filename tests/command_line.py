"""The command line as an operator types it, in this process: a new one takes a second to import everything."""

from __future__ import annotations

import asyncio
import io
import os
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from functools import partial
from typing import Final, NamedTuple
from unittest.mock import patch

from deploy.command_line import main

NONE: Final[Mapping[str, str]] = {}


class Outcome(NamedTuple):
    """How a command ended, and what it said."""

    returncode: int
    stdout: str
    stderr: str


def type_in(*words: object, given: bytes = b"", columns: int = 200, environment: Mapping[str, str] = NONE) -> Outcome:
    """Runs `engage` with these words and `given` on its standard input.

    Of variables ENGAGE_… it sees those of `environment` alone. It has a thread of its own, since whoever types may have
    an event loop in theirs.
    """
    with ThreadPoolExecutor(1) as threads:
        return threads.submit(partial(_run, words, given, columns, environment)).result()


async def engage(database_url: str, *words: object, given: bytes = b"", columns: int = 200) -> Outcome:
    """Runs `engage` beside the loop of a test, which may answer it, on the database of that test."""
    run = partial(type_in, *words, given=given, columns=columns, environment={"ENGAGE_DATABASE_URL": database_url})
    return await asyncio.to_thread(run)


def _run(words: tuple[object, ...], given: bytes, columns: int, environment: Mapping[str, str]) -> Outcome:
    # CSV ends its lines as it is written to.
    stdin, stdout, stderr = (io.TextIOWrapper(io.BytesIO(text), "utf-8", newline="") for text in (given, b"", b""))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ENGAGE_")}
    typed = ["engage", *map(str, words)]
    with (
        patch.dict(os.environ, {**kept, **environment, "COLUMNS": str(columns)}, clear=True),
        patch.object(sys, "argv", typed),
        patch.object(sys, "stdin", stdin),
        redirect_stdout(stdout),
        redirect_stderr(stderr),
    ):
        code = _code_of_main()
    return Outcome(code, _text_of(stdout), _text_of(stderr))


def _code_of_main() -> int:
    try:
        main()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


def _text_of(stream: io.TextIOWrapper) -> str:
    stream.flush()
    return stream.buffer.getvalue().decode() if isinstance(stream.buffer, io.BytesIO) else ""
