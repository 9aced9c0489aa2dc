"""How much of what is drawn at random a run tries: a quarter each time, all of it where ENGAGE_TEST_DRAWS is `all`."""

from __future__ import annotations

import os
from typing import Final

_IS_WHOLE: Final = os.environ.get("ENGAGE_TEST_DRAWS") == "all"


def drawn(whole: int) -> int:
    """How many to draw, of the `whole` that `make test-whole` draws; its tests are marked `drawn`, to be found."""
    return whole if _IS_WHOLE else -(-whole // 4)
