"""Whether the other side is on this machine, and how it proves who it is where it is not."""

from __future__ import annotations

import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Literal, TypeAlias

Tls: TypeAlias = Literal["verify", "off"]


class NotVerified(Exception):
    """The other side offers no TLS, or does not prove who it is; the text names the settings to look at."""


def is_on_this_machine(host: str) -> bool:
    """Whether a connection to a host never leaves this machine, by its name alone: no resolver is believed."""
    host = host.strip("[]")
    if host.startswith("/") or host.lower() == "localhost":
        return True
    try:
        return ip_address(host).is_loopback  # all of 127.0.0.0/8 and ::1
    except ValueError:
        return False


def tls_to(hosts: list[str], wanted: Tls | None) -> Tls | None:
    """What holds for a connection to these hosts: what was said, else verified where one is another machine."""
    if wanted is None and not all(map(is_on_this_machine, hosts)):
        return "verify"
    return wanted


def verifying(
    ca_file: Path | None,
    certificate_file: Path | None = None,
    key_file: Path | None = None,
    password: str | None = None,
) -> ssl.SSLContext:
    """A context that checks the other side's certificate and name, and shows ours if there is one.

    What is renewed in the files holds from the next connection on. Raises ValueError, which quotes nothing, for a file
    that is none of what it should be.
    """
    files = _Files(ca_file, certificate_file, key_file, password)
    context = _Renewing(ssl.PROTOCOL_TLS_CLIENT)  # which asks for a certificate and its name
    if ca_file is None:
        context.load_default_certs()
    context.take(files)
    return context


@dataclass(frozen=True)
class _Files:
    """Where an authority, and our own certificate and key, are written in PEM; each may be none."""

    authority: Path | None
    certificate: Path | None
    key: Path | None
    password: str | None = field(repr=False)

    def written(self) -> tuple[tuple[int, int], ...]:
        """What changes with each renewal; raises OSError where a file is gone."""
        given = filter(None, (self.authority, self.certificate, self.key))
        return tuple((about.st_mtime_ns, about.st_ino) for about in (path.stat() for path in given))


class _Renewing(ssl.SSLContext):
    """Looks at its files before each connection: certificates end, and are renewed while a service runs."""

    _files: _Files | None = None
    _written: tuple[tuple[int, int], ...] = ()

    def take(self, files: _Files) -> None:
        """Takes over what is in the files; raises ValueError."""
        try:
            written = files.written()
            if files.authority is not None:
                self.load_verify_locations(files.authority)
        except (OSError, ssl.SSLError):
            raise ValueError("the file of the authority holds no certificate in PEM") from None
        if files.certificate is not None:
            try:
                # An empty password and not None, with which OpenSSL would ask for one at the terminal.
                self.load_cert_chain(files.certificate, files.key, files.password or "")
            except (OSError, ssl.SSLError):
                raise ValueError("the certificate and the key do not belong together, or can't be read") from None
        self._files, self._written = files, written

    def wrap_bio(self, *arguments: Any, **options: Any) -> ssl.SSLObject:
        """As any context does, which is what asyncio begins each connection by."""
        if (files := self._files) is not None:
            # Files that are being written just now: what was there before is good for this connection.
            with suppress(OSError, ValueError):
                if files.written() != self._written:
                    self.take(files)
        return super().wrap_bio(*arguments, **options)
