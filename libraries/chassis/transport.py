"""Whether the other side is on this machine, and how it proves who it is where it is not."""

from __future__ import annotations

import ssl
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, TypeAlias

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

    Raises ValueError, which quotes nothing, for a file that is none of what it should be.
    """
    try:
        # Without a file this takes the system's authorities, and it asks for the name in any case.
        context = ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError):
        raise ValueError("the file of the authority holds no certificate in PEM") from None
    if certificate_file is not None:
        try:
            # An empty password and not None, with which OpenSSL would ask for one at the terminal.
            context.load_cert_chain(certificate_file, key_file, password or "")
        except (OSError, ssl.SSLError):
            raise ValueError("the certificate and the key do not belong together, or can't be read") from None
    return context
