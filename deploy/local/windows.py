"""Windows of a browser, for whoever sits at this machine."""

from __future__ import annotations

import webbrowser

from deploy.local.stack import Stack


def open_pages(stack: Stack) -> None:
    """Opens the operators' page and then the desk, where people's part of the story is: it lies on top."""
    for link in (stack.console_link(), stack.desk_link()):
        webbrowser.open(link)
