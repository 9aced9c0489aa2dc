"""The mails that were caught as pages for people, over HTTP or as files, and as JSON for programs."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from html import escape
from http import HTTPStatus
from pathlib import Path
from typing import Any

from deploy.local.mailbox import CaughtMail, Mailbox, OpenedMail

Application = Callable[
    [
        MutableMapping[str, Any],
        Callable[[], Awaitable[MutableMapping[str, Any]]],
        Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ],
    Awaitable[None],
]

# A mail is foreign content: no scripts, nothing fetched from anywhere.
_POLICY = b"default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'"
_STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 75rem; margin: 1.5rem auto; padding: 0 1rem;
       color: #1a1a1a; background: #fff; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; padding: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .4rem .8rem .4rem 0;
         border-bottom: 1px solid #767676; }
a { color: #00457c; }
a:focus-visible { outline: 3px solid #00457c; outline-offset: 2px; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit;
      border-left: 4px solid #767676; padding-left: 1rem; }
iframe { width: 100%; height: 40rem; border: 1px solid #767676; background: #fff; }
"""


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the pages find each other: the list, a mail, and a mail as it was received, by its id."""

    all: str
    mail: str
    received: str


_SERVED = _Places("/", "/mails/{}", "/messages/{}")
_FILES = _Places("index.html", "{}.html", "../mails/{}.eml")


@dataclass(frozen=True, slots=True)
class _Response:
    status: HTTPStatus
    content_type: str
    body: bytes = b""


def mailbox_application(mailbox: Mailbox) -> Application:
    """Return the ASGI application that shows `mailbox`.

    `GET /` and `GET /mails/ID` are pages; `GET /messages` lists all in JSON, oldest first;
    `GET /messages/ID` is the mail as received; `DELETE /messages` removes all.
    """

    async def application(
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        send: Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ) -> None:
        del receive
        response = await _answer(mailbox, scope["method"], scope["path"])
        headers = [
            (b"content-type", response.content_type.encode()),
            (b"content-length", str(len(response.body)).encode()),
            (b"content-security-policy", _POLICY),
            (b"x-content-type-options", b"nosniff"),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": response.status.value, "headers": headers})
        body = b"" if scope["method"] == "HEAD" else response.body
        await send({"type": "http.response.body", "body": body})

    return application


def save_pages(mailbox: Mailbox, directory: Path) -> Path:
    """Writes the same pages as files that need no server; returns the first one."""
    directory.mkdir(parents=True, exist_ok=True)
    for summary in mailbox.summaries():
        if (mail := mailbox.open(summary["id"])) is not None:
            page = _page(summary["subject"] or "(no subject)", _mail(mail, _FILES))
            (directory / _FILES.mail.format(summary["id"])).write_bytes(page.body)
    first = directory / _FILES.all
    first.write_bytes(_page("Caught mails", _list(mailbox.summaries(), _FILES)).body)
    return first


async def _answer(mailbox: Mailbox, method: str, path: str) -> _Response:
    if method == "DELETE" and path == "/messages":
        mailbox.empty()
        return _Response(HTTPStatus.NO_CONTENT, "text/plain")
    if method not in ("GET", "HEAD"):
        return _refusal(HTTPStatus.METHOD_NOT_ALLOWED, "Only GET is allowed here, and DELETE on /messages.")
    # Parsing many mails takes a while: in a thread it does not hold up those that arrive.
    return await asyncio.to_thread(_read, mailbox, path)


def _read(mailbox: Mailbox, path: str) -> _Response:
    if path == "/":
        return _page("Caught mails", _list(mailbox.summaries(), _SERVED))
    if path == "/messages":
        return _Response(HTTPStatus.OK, "application/json", json.dumps(mailbox.summaries()).encode())
    if path.startswith("/messages/") and (raw := mailbox.raw(path.removeprefix("/messages/"))) is not None:
        return _Response(HTTPStatus.OK, "message/rfc822", raw)
    if path.startswith("/mails/") and (mail := mailbox.open(path.removeprefix("/mails/"))) is not None:
        return _page(mail.summary["subject"] or "(no subject)", _mail(mail, _SERVED))
    return _refusal(HTTPStatus.NOT_FOUND, "There is no such page or mail.")


def _refusal(status: HTTPStatus, reason: str) -> _Response:
    return _Response(status, "text/plain; charset=utf-8", f"{reason}\n".encode())


def _page(title: str, content: str) -> _Response:
    page = (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)} – Engage mail catcher</title>\n<style>{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n<h1>{escape(title)}</h1>\n{content}\n</main>\n</body>\n</html>\n"
    )
    return _Response(HTTPStatus.OK, "text/html; charset=utf-8", page.encode())


def _list(mails: list[CaughtMail], places: _Places) -> str:
    if not mails:
        return "<p>No mail was caught yet.</p>"
    rows = "\n".join(_row(mail, places) for mail in reversed(mails))
    heads = "".join(f'<th scope="col">{head}</th>' for head in ("Date", "From", "To", "Subject"))
    caption = f"{len(mails)} mail{'s' if len(mails) > 1 else ''}, newest first"
    head = f"<caption>{caption}</caption>\n<thead><tr>{heads}</tr></thead>"
    return f"<table>\n{head}\n<tbody>\n{rows}\n</tbody>\n</table>"


def _row(mail: CaughtMail, places: _Places) -> str:
    subject = escape(mail["subject"] or "(no subject)")
    return (
        f"<tr><td>{escape(mail['date'])}</td><td>{escape(mail['from'])}</td><td>{escape(mail['to'])}</td>"
        f'<td><a href="{places.mail.format(mail["id"])}">{subject}</a></td></tr>'
    )


def _mail(mail: OpenedMail, places: _Places) -> str:
    summary = mail.summary
    facts = "".join(
        f'<tr><th scope="row">{label}</th><td>{escape(value)}</td></tr>'
        for label, value in (
            ("Date", summary["date"]),
            ("From", summary["from"]),
            ("To", summary["to"]),
            ("Attachments", ", ".join(mail.attachments)),
        )
        if value
    )
    parts = [
        f'<p><a href="{places.all}">All mails</a></p>',
        f"<table><caption>Envelope</caption>{facts}</table>",
        f'<p><a href="{places.received.format(summary["id"])}">The mail as it was received</a></p>',
        f"<h2>Text part</h2>\n<pre>{escape(summary['text']) or '(none)'}</pre>",
    ]
    if mail.html:
        frame = f'<iframe sandbox title="HTML part of the mail" srcdoc="{escape(mail.html)}"></iframe>'
        parts.append(f"<h2>HTML part</h2>\n{frame}")
    return "\n".join(parts)
