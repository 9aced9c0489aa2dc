"""DKIM signatures (RFC 6376): whoever gets a mail can prove that it comes from our domain as it left."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from services.notifications.mails.composing import Mail

# Named whether a mail has them or not, so that nobody can add one; one-click unsubscribing asks for its two (RFC 8058).
_SIGNED: Final = (
    b"from",
    b"to",
    b"subject",
    b"date",
    b"message-id",
    b"auto-submitted",
    b"list-unsubscribe",
    b"list-unsubscribe-post",
    b"content-language",
    b"mime-version",
    b"content-type",
)

_SIGNATURE: Final = "DKIM-Signature"


class Signer:
    """Signs mails with an RSA key for a domain; the public key stands in its DNS under the selector."""

    def __init__(self, key: bytes, *, selector: str, domain: str) -> None:
        """Takes a private key in PEM; raises ValueError, which never quotes it, where it is none."""
        self._key, self._selector, self._domain = key, selector.encode(), domain.encode()
        try:
            self._header(b"From: a@b.example\r\n\r\n")
        except Exception:
            raise ValueError("is no RSA private key in PEM") from None

    def sign(self, mail: Mail) -> Mail:
        """The mail with its signature before its other headers."""
        return replace(mail, content=self._header(mail.content) + mail.content, fields=(_SIGNATURE, *mail.fields))

    def _header(self, content: bytes) -> bytes:
        # Only where there is a key: it brings a library for DNS, of which nothing is asked here.
        import dkim

        header: bytes = dkim.sign(
            content,
            self._selector,
            self._domain,
            self._key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=list(_SIGNED),
        )
        return header
