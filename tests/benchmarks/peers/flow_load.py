"""What each peer's flow is given, and how its rate is taken; run by the peers' own Python, without our packages."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

NEEDS = 9
MENTORS = 200
FOLLOW_UPS = 12
TOPICS = ("forms", "registered", "assigned", "paired", "planned")
# About as much as a real form has.
_TEXT = "Accompagne les jeunes et les habitants des quartiers prioritaires vers l'orientation et le travail. " * 12
_WARM_UP = 50


def application(number: int) -> dict[str, Any]:
    """A form of about 1.3 kB."""
    return {"application_id": f"application-{number}", "number": number, "text": _TEXT}


def follow_ups(application_id: str) -> list[dict[str, Any]]:
    """What is planned about an application: in so many days."""
    return [{"application_id": application_id, "kind": f"kind-{it}", "days": 30 * it + 30} for it in range(FOLLOW_UPS)]


def measure(carry_out: Callable[[range], None]) -> None:
    """Carries flows out, some first to warm up, and prints the seconds that those named on the command line took."""
    count = int(sys.argv[1])
    carry_out(range(_WARM_UP))
    began = time.perf_counter()
    carry_out(range(_WARM_UP, _WARM_UP + count))
    print(json.dumps({"seconds": time.perf_counter() - began}), flush=True)
