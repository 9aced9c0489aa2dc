"""The command line: `engage …`."""

from __future__ import annotations

from deploy.command_line.commands import main

__all__ = ["main"]
