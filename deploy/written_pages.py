"""Pages of docs of which a part is written from the code."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path


def write_anew(path: Path, page: Callable[[str], str]) -> None:
    """Writes a page as `page` makes it of what it is, and says whether anything changed."""
    old = path.read_text(encoding="utf-8")
    new = page(old)
    if new != old:
        path.write_text(new, encoding="utf-8")
    print(f"{path.name} is {'fresh' if new == old else 'written anew'}", file=sys.stderr)
