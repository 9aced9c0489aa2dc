"""`python -m deploy.command_line …` is `engage …`."""

from __future__ import annotations

from deploy.command_line.commands import main

main()
