"""Logs: one JSON object a line, and a traceback that quotes no variable."""

from __future__ import annotations

import subprocess
import sys

import orjson

_PROGRAM = """
from uuid import UUID
from libraries.chassis.watching.log import configure_logs
log = configure_logs("intake", "info")
log.info("handled", action="consume", event_id=UUID(int=7), offset=3)
log.debug("not shown")
def fail(address):
    raise KeyError(address)
try:
    fail("camille@association.example")
except KeyError as error:
    log.error("failed", action="consume", exc_info=error)
import logging
logging.getLogger("aiokafka").warning("broker %s is away", 1)
"""


def test_lines_are_json_and_hold_no_local_variable() -> None:
    output = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, check=True).stdout
    handled, failed, library = (orjson.loads(line) for line in output.splitlines())
    assert handled["service"] == "intake"
    assert handled["event_id"] == "00000000-0000-0000-0000-000000000007"
    assert handled["offset"] == 3
    assert failed["exception"][0]["exc_type"] == "KeyError"
    assert b"camille" not in output
    assert library["library"] == "aiokafka"
