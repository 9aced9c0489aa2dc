"""Texts in files for spreadsheets, which compute whatever looks like a formula."""

from __future__ import annotations

from typing import Final

_BEGINS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """A text as a spreadsheet shows it: one that begins as a formula does is marked as text, by an apostrophe."""
    return f"'{text}" if text.startswith(_BEGINS_A_FORMULA) else text
