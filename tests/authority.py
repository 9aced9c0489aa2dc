"""A certificate authority of a test's own, made with openssl, and certificates that it signs."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from pathlib import Path

from tests.tools import program, run


@dataclass(frozen=True)
class Certificate:
    """A key, its certificate, and both in one file, in PEM."""

    key: Path
    certificate: Path
    both: Path

    def server_context(self) -> ssl.SSLContext:
        """What a server that shows it needs."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.certificate, self.key)
        return context


class Authority:
    """Signs certificates for names; its own is in `file`."""

    def __init__(self, directory: Path, name: str = "authority") -> None:
        self._directory = directory
        self._key, self.file = directory / f"{name}.key", directory / f"{name}.pem"
        self._openssl(
            "req", "-x509", "-nodes", "-days", "2", "-subj", f"/CN={name}", "-addext", "keyUsage=critical,keyCertSign",
            "-newkey", "rsa:2048", "-keyout", self._key, "-out", self.file,
        )  # fmt: skip

    def sign(self, name: str, alternatives: str = "IP:127.0.0.1,DNS:localhost") -> Certificate:
        """A certificate for a name, good for a server under its alternative names and for a client."""
        made = Certificate(*(self._directory / f"{name}.{kind}" for kind in ("key", "pem", "both")))
        self._openssl(
            "req", "-x509", "-nodes", "-days", "1", "-subj", f"/CN={name}", "-addext", f"subjectAltName={alternatives}",
            "-addext", "basicConstraints=critical,CA:FALSE", "-CA", self.file, "-CAkey", self._key,
            "-newkey", "rsa:2048", "-keyout", made.key, "-out", made.certificate,
        )  # fmt: skip
        made.both.write_text(made.key.read_text() + made.certificate.read_text())
        return made

    def _openssl(self, *arguments: str | Path) -> None:
        done = run([program("openssl", "install openssl"), *arguments], directory=self._directory)
        assert done.returncode == 0, done.stderr
