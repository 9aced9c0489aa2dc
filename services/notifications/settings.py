"""How mail leaves: settings from the environment."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import getaddresses
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pydantic import Field, FilePath, SecretStr, field_validator, model_validator

from libraries.chassis.environment import EnvironmentSettings
from libraries.chassis.transport import Tls, is_on_this_machine, tls_to, verifying
from libraries.clocks.programme import RehearsalSettings
from services.notifications.mails.signing import Signer
from services.notifications.people import Correspondent
from services.notifications.roles import Office


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """A mail server; `implicit_tls` as in smtps. With credentials the connection is always encrypted.

    `tls` says whether it must be (`verify`) or never is (`off`); without a word it is where that is offered.
    """

    host: str
    port: int
    implicit_tls: bool = False
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    tls: Tls | None = None
    context: ssl.SSLContext | None = None


class MailSettings(EnvironmentSettings):
    """What sending mail takes, each from the environment under the prefix `ENGAGE_`."""

    smtp_url: SecretStr = Field(
        description="smtp://host:port, or smtps:// for TLS from the start, with user:password@ if need be"
    )
    smtp_tls: Tls | None = Field(
        None,
        description="`verify`: TLS, with the server's certificate and name checked; `off`: in the clear; without it "
        "`verify` where the server is another machine",
    )
    smtp_ca_file: FilePath | None = Field(
        None, description="PEM file of the authority that signed the mail server's certificate; without it the system's"
    )
    smtp_connections: int = Field(16, ge=1, le=200, description="Connections kept open to the mail server")
    smtp_timeout_seconds: float = Field(20.0, gt=0, le=30, description="How long the server may take to answer")
    smtp_per_second: float | None = Field(
        None,
        gt=0,
        le=10_000,
        description="How many mails each process sends in a second; none: as many as it can",
    )
    mail_claim_seconds: float = Field(
        60.0,
        ge=4,
        le=600,
        description="How long mail is in one sender's hands; what it leaves unsaid when it dies waits so long",
    )
    mail_paused: bool = Field(False, description="Hold all mail back: what is due waits until this is false again")
    mail_at_any_hour: bool = Field(
        False, description="Let mail that is not urgent leave at night and on days when nobody works too"
    )
    mail_from: str = Field(
        "Engage <engage@engage.example>",
        description="The address that people see and answer to: Name <local-part@domain>",
    )

    mail_bounces: str | None = Field(
        None,
        description="Where mail that can't be delivered comes back to, as local-part@domain: each mail gets its own "
        "local-part+ID@domain; none: to the sender",
    )

    mail_foundation: str | None = Field(
        None,
        description="Where La France s'engage gets what the City nominates, and what became of it: Name "
        "<local-part@domain>; none: such mail is cancelled",
    )

    mail_ethics: str | None = Field(
        None,
        description="Where the programme's ethics officer is asked about mentors: Name <local-part@domain>; none: "
        "nobody is asked, and a form has to say that the check is done",
    )

    dkim_key_file: Path | None = Field(
        None, description="A file with an RSA private key in PEM, which mails are signed with; none: no signature"
    )
    dkim_selector: str | None = Field(
        None, pattern=r"^[A-Za-z0-9.-]+$", description="Under which selector the sender's domain has the public key"
    )

    @model_validator(mode="after")
    def _check_signer(self) -> MailSettings:
        if (self.dkim_key_file is None) != (self.dkim_selector is None):
            raise ValueError("ENGAGE_DKIM_KEY_FILE and ENGAGE_DKIM_SELECTOR: give both, or neither")
        if self.signer is None and self.dkim_key_file is not None:
            raise ValueError(f"ENGAGE_DKIM_KEY_FILE: {self.dkim_key_file} holds no RSA private key in PEM")
        return self

    @cached_property
    def signer(self) -> Signer | None:
        """What signs mails for the sender's domain, if these settings have a key for it."""
        if self.dkim_key_file is None or self.dkim_selector is None:
            return None
        try:
            return Signer(self.dkim_key_file.read_bytes(), selector=self.dkim_selector, domain=self.sender.domain)
        except (OSError, ValueError):
            return None

    @model_validator(mode="after")
    def _check_rehearsal(self) -> MailSettings:
        server = parse_smtp_url(self.smtp_url.get_secret_value())
        if RehearsalSettings().rehearsal_clock is not None and not is_on_this_machine(server.host):
            raise ValueError(
                "ENGAGE_SMTP_URL: must name a server on this machine, such as 127.0.0.1, since ENGAGE_REHEARSAL_CLOCK "
                "is set: the mail of a rehearsal never leaves it"
            )
        return self

    @model_validator(mode="after")
    def _check_tls(self) -> MailSettings:
        server = parse_smtp_url(self.smtp_url.get_secret_value())
        if self.smtp_tls == "off" and (server.implicit_tls or server.username is not None):
            raise ValueError("ENGAGE_SMTP_TLS: can't be off with smtps://, nor with a password in ENGAGE_SMTP_URL")
        try:
            _ = self.server
        except ValueError as error:
            raise ValueError(f"ENGAGE_SMTP_CA_FILE: {error}") from None
        return self

    @field_validator("smtp_url")
    @classmethod
    def _check_server(cls, value: SecretStr) -> SecretStr:
        parse_smtp_url(value.get_secret_value())
        return value

    @field_validator("mail_from", "mail_bounces", "mail_foundation", "mail_ethics")
    @classmethod
    def _check_sender(cls, value: str | None) -> str | None:
        if value is not None:
            parse_sender(value)
        return value

    @cached_property
    def server(self) -> SmtpServer:
        """The server that `smtp_url` names."""
        server = parse_smtp_url(self.smtp_url.get_secret_value())
        tls = tls_to([server.host], self.smtp_tls)
        return replace(server, tls=tls, context=None if tls == "off" else verifying(self.smtp_ca_file))

    @cached_property
    def sender(self) -> Address:
        """The address that `mail_from` names."""
        return parse_sender(self.mail_from)

    @cached_property
    def offices(self) -> Mapping[Office, Correspondent]:
        """Whom `mail_foundation` and `mail_ethics` name."""
        given: Mapping[Office, str | None] = {"foundation": self.mail_foundation, "ethics-officer": self.mail_ethics}
        addresses = {office: parse_sender(address) for office, address in given.items() if address is not None}
        return {
            office: Correspondent(address.display_name or address.addr_spec, address.addr_spec)
            for office, address in addresses.items()
        }

    @cached_property
    def bounces(self) -> Address | None:
        """The address that `mail_bounces` names."""
        return None if self.mail_bounces is None else parse_sender(self.mail_bounces)


def parse_smtp_url(url: str) -> SmtpServer:
    """The server in a URL; raises ValueError, which never quotes the URL, since it may hold a password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("is no URL") from None
    if parts.scheme not in {"smtp", "smtps"}:
        raise ValueError("must begin with smtp:// or smtps://")
    if not parts.hostname:
        raise ValueError("names no host")
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError("must end after the port")
    if (parts.username is None) != (parts.password is None):
        raise ValueError("must hold both a user and a password, or neither")
    implicit_tls = parts.scheme == "smtps"
    return SmtpServer(
        parts.hostname,
        port or (465 if implicit_tls else 25),
        implicit_tls,
        unquote(parts.username) if parts.username is not None else None,
        unquote(parts.password) if parts.password is not None else None,
    )


def parse_sender(text: str) -> Address:
    """The address in `Name <local-part@domain>`; raises ValueError."""
    addresses = getaddresses([text])
    if len(addresses) != 1 or not addresses[0][1]:
        raise ValueError("must be exactly one address")
    name, specification = addresses[0]
    try:
        address = Address(name, addr_spec=specification)
    except (MessageError, ValueError, IndexError):
        raise ValueError("is no e-mail address") from None
    if not (address.username and address.domain):
        raise ValueError("lacks the part before or after the @")
    if not specification.isascii():
        raise ValueError("must be in ASCII, for not every server takes another")
    return address
