"""Writes what of the base is made from the catalogue: `python -m deploy.kubernetes`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from deploy.kubernetes.workloads import written_files

BASE: Final = Path(__file__).resolve().parent / "base"

if __name__ == "__main__":
    for name, text in written_files().items():
        path = BASE / name
        fresh = path.exists() and path.read_text(encoding="utf-8") == text
        if not fresh:
            path.write_text(text, encoding="utf-8")
        print(f"{name} is {'fresh' if fresh else 'written anew'}", file=sys.stderr)
