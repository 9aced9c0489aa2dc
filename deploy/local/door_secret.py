"""The secret by which a form signs what it sends to the door, and links in mails are signed."""

from __future__ import annotations

import base64
import secrets
from pathlib import Path


def new_secret() -> str:
    """A secret as Standard Webhooks writes it, of 32 random bytes."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def kept_secret(path: Path) -> str:
    """The secret of an earlier stack, so that the links in its mails stay right, else a new one."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(new_secret())
    return path.read_text()
