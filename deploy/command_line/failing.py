"""How a command fails: one sentence that says what to do, and an exit code; the traceback on request."""

from __future__ import annotations

import io
import sys
import traceback
from collections.abc import Mapping
from typing import Final

import asyncpg
import typer

from deploy.local.processes import ProcessError
from libraries.chassis.programmes import OtherProgramme
from libraries.chassis.servers.migration import MigrationError, NotMigrated
from libraries.chassis.settings import SettingsError
from libraries.chassis.transport import NotVerified
from libraries.chassis.trouble import Cause, trouble_of
from libraries.clocks.course import CourseError
from libraries.data_files import DataFileError

WRONG: Final = 2
"""Something that was typed, set or installed is wrong; as of what was typed, which the parser says itself."""
CODES: Final[Mapping[Cause, int]] = {"away": 3, "refused": 4, "missing": 5}
"""A server does not answer; a right is missing; something has to be made first."""
_SAID: Final = (SettingsError, MigrationError, OtherProgramme, NotVerified, DataFileError, ProcessError, CourseError)
"""Whose words name what is wrong and what to do, and nothing that somebody wrote."""
OURS: Final = 70
"""A mistake of this program: `EX_SOFTWARE` of sysexits.h."""


def let_text_through() -> None:
    """Has streams that are not UTF-8 show what they can of a text, where they would end the command in the middle."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def tell(error: Exception, *, debug: bool) -> int:
    """Says what failed on the error stream; returns the exit code."""
    if debug:
        traceback.print_exception(error)
    if isinstance(error, _SAID):
        said, code = str(error), CODES["missing"] if isinstance(error, NotMigrated) else WRONG
    elif isinstance(error, asyncpg.DataError | UnicodeEncodeError):
        said, code = "what was typed can't be kept: a number is too large, or a text is no UTF-8", WRONG
    elif (trouble := trouble_of(error)) is not None:
        said, code = str(trouble), CODES[trouble.cause]
    else:
        # Not its words, which may quote what somebody wrote.
        said, code = f"a mistake of ours: {type(error).__name__}; `engage --debug …` shows where", OURS
    typer.secho(said, fg=typer.colors.RED, err=True)
    return code
