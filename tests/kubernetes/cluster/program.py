"""The program that the control plane runs as, built once for each version of what it is made of."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

from tests.tools import cache_directory, program

_SOURCES = ("main.go", "go.mod", "go.sum")


def control_plane_program() -> Path:
    """The path of the program; building it takes minutes, once on a machine."""
    folder = Path(__file__).parent
    digest = hashlib.sha256(b"".join((folder / name).read_bytes() for name in _SOURCES)).hexdigest()[:8]
    built = cache_directory(f"go/control-plane-{digest}") / "control-plane"
    if not built.exists():
        go = program("go", "Go 1.24 or later")
        # Without what only a debugger reads, which is a third of it.
        command = [go, "build", "-trimpath", "-ldflags=-s -w", "-o", f"{built}.new", "."]
        done = subprocess.run(command, cwd=folder, env=os.environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        Path(f"{built}.new").rename(built)
    return built
