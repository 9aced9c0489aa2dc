"""What a contract says and what is published of it can't express."""

from __future__ import annotations


class Inexpressible(ValueError):
    """A part of a contract that can't be published: its dotted path, what is wrong with it, what to do."""

    def __init__(self, path: str, text: str, remedy: str) -> None:
        super().__init__(f"{path or 'the whole'}: {text}; {remedy}")
        self.path = path
        self.text = text
        self.remedy = remedy
