"""What people write is never taken for the syntax of a mail or of a calendar: two readers of each read it as it was."""

from __future__ import annotations

import base64
import email
import quopri
import re
from datetime import UTC, datetime
from email import policy
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.utils import getaddresses
from uuid import UUID

import pytest
import vobject
from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar

from contracts.characters import one_line
from libraries.typed.addresses import AddressError, destination_of
from services.notifications.kinds import KINDS
from services.notifications.mails.bodies import Text
from services.notifications.mails.composing import Mail, compose
from services.notifications.mails.headers import UnwritableError, check_finished
from services.notifications.mails.invitations import Invitation, invitation_of
from services.notifications.people import Correspondent

ID = UUID("01890c5e-7b1a-8c33-9d2f-3f0a8c6d1e55")
SENDER = Address("Ville de Marseille, « Engage »", addr_spec="engage@ville.example")
NOON = datetime(2025, 7, 1, 12, tzinfo=UTC)

FRENCH = st.sampled_from(
    [
        "Épicerie",
        "solidaire",
        "d’à",
        "côté",
        "cité",
        "Félix-Pyat",
        "n°",
        "12",
        ":",
        "«",
        "l’École",
        "»",
        "œuvre,",
        "l'été",
        ";",
        "àéîôùçÀÉÎÔÙÇœŒæ€…",
        "l’insertion",
        "par",
        "l’activité",
        "“économique”",
        "(ESUS)",
        "50",
        "%",
        "jusqu'à",
        "2",
        "000",
        "€",
        "Noailles/Belsunce",
        "—",
        "Saint-Mauront",
        "&",
        "Cie",
    ]
)
TRICKS = st.sampled_from(
    [
        "=?UTF-8?Q?=0A?=Bcc:", "=?utf-8?b?QmNjOiB4?=", "x@evil.example", '"', "\\", "<x@evil.example>", ",", ";", ":",
        "=?", "?=", "=0D=0A", "\r\nBcc: x", "\u2028", "\u202e", "\x0bATTENDEE:mailto:x",
        "\x85END:VEVENT", "BEGIN:VALARM",
        "\\n", "\0", "\u00a0", "\u202f", "é" * 90, "x" * 200,
        "e\u0301\u0301\u0301", "\U0001f469\u200d\U0001f33e" * 20, "()", "  ",
    ]
)  # fmt: skip
WORDS = st.lists(FRENCH | TRICKS | st.text(max_size=12), min_size=1, max_size=25)
TITLES = WORDS.map(" ".join)
ATTACK = "Été =?UTF-8?Q?=0A?=Bcc: x@evil.example"
ENCODED = re.compile(r"=\?([^?\s]+)\?([bBqQ])\?([^?\s]*)\?=")


def composed(*, title: str = "Titre", name: str = "Éloïse", invitation: Invitation | None = None) -> Mail:
    text = Text("fr", title, "Bonjour\n", "<p>Bonjour</p>\n")
    to = Correspondent(name, "eloise@asso.example")
    mail = compose(text, to=to, sender=SENDER, follow_up_id=ID, at=NOON, invitation=invitation)
    check_finished(mail.content, mail.fields)
    return mail


def expected(text: str) -> str:
    return re.sub(" +", " ", one_line(text.replace("\0", ""))).strip()


def fields_of(content: bytes) -> list[tuple[str, str]]:
    """The header by RFC 5322 alone: unfolded lines, cut at their first colon."""
    head = content.split(b"\r\n\r\n")[0].decode()
    unfolded = re.sub(r"\r\n(?=[ \t])", "", head)
    return [(name, value[1:]) for name, _, value in (line.partition(":") for line in unfolded.split("\r\n"))]


def decoded(value: str) -> str:
    """A text by RFC 2047 alone: what stands between encoded words is dropped, each is read by itself."""

    def read(found: re.Match[str]) -> str:
        charset, encoding, text = found.groups()
        raw = quopri.decodestring(text, header=True) if encoding in "qQ" else base64.b64decode(text)
        return raw.decode(charset)

    return ENCODED.sub(read, re.sub(r"(\?=)\s+(?==\?)", r"\1", value))


@given(TITLES, TITLES)
@example(ATTACK, ATTACK)
@example("cité Félix-Pyat", 'Durand, "Zoé" <zoe@evil.example>')
@example("a =?utf-8?q?b?= c", "\u202eEve\u2066")
def test_titles_and_names_are_read_as_they_were_written(title: str, name: str) -> None:
    content = composed(title=title, name=name).content
    names = [field for field, _ in fields_of(content)]
    assert names == list(email.message_from_bytes(content, policy=policy.default)) == list(
        email.message_from_bytes(content)
    )  # fmt: skip
    assert "Bcc" not in names
    own = dict(fields_of(content))
    assert decoded(own["Subject"]) == expected(title)
    assert decoded(own["To"].rpartition(" ")[0] if " " in own["To"] else "") == expected(name)
    assert own["To"].endswith("eloise@asso.example>") or own["To"] == "eloise@asso.example"

    old = email.message_from_bytes(content)
    assert str(make_header(decode_header(re.sub(r"\r?\n", "", old["Subject"])))) == expected(title)
    ((display, address),) = getaddresses([re.sub(r"\r?\n", "", old["To"])])
    assert (str(make_header(decode_header(display))), address) == (expected(name), "eloise@asso.example")
    new = email.message_from_bytes(content, policy=policy.default)
    assert [each.addr_spec for each in new["To"].addresses] == ["eloise@asso.example"]


# A name that takes two encoded words it reads with a space between them.
NAMES = st.lists(FRENCH, min_size=1, max_size=4).map(" ".join).filter(lambda name: len(name.encode()) <= 45)


@given(st.lists(FRENCH, min_size=1, max_size=25).map(" ".join), NAMES)
@example("cité Félix-Pyat", "Jean-François d’Été")
def test_the_library_of_python_reads_french_as_it_was_written(title: str, name: str) -> None:
    message = email.message_from_bytes(composed(title=title, name=name).content, policy=policy.default)
    assert message["Subject"] == expected(title)
    assert message["To"].addresses[0].display_name == expected(name)
    assert message["From"].addresses[0].display_name == SENDER.display_name


@given(TITLES, TITLES)
@example("x" * 300, "é" * 300)
def test_lines_and_encoded_words_are_as_short_as_readers_take_them(title: str, name: str) -> None:
    head = composed(title=title, name=name).content.split(b"\r\n\r\n")[0].decode()
    assert head.isascii()
    assert max(map(len, head.split("\r\n"))) <= 76
    for found in ENCODED.finditer(head):
        assert len(found[0]) <= 75
        quopri.decodestring(found[3], header=True).decode("utf-8")


@pytest.mark.parametrize(
    "content",
    [
        b"From: a\r\nBcc: b\r\n\r\nx\r\n",
        b"From: a\r\nFrom: b\r\n\r\nx\r\n",
        b"From: a\nBcc: b\r\n\r\nx\r\n",
        b"From: a\rBcc: b\r\n\r\nx\r\n",
        b"From: a\r\n\r\nx\ny\r\n",
        b"From: a\r\n\r\nx\ry\r\n",
        b"From: a\0\r\n\r\nx\r\n",
        b"From: a\r\n \r\nBcc: b\r\n\r\nx\r\n",
        b"From: a\r\nno field\r\n\r\nx\r\n",
        b"From: a\r\n\r\n" + b"x" * 999 + b"\r\n",
        b"\r\nFrom: a\r\n\r\nx\r\n",
    ],
)
def test_bytes_that_are_not_the_mail_that_was_written_are_found(content: bytes) -> None:
    check_finished(b"From: a\r\n b\r\n\r\nBcc: text\r\n", ["From"])
    with pytest.raises(UnwritableError):
        check_finished(content, ["From"])


@pytest.mark.parametrize(
    ("email", "address", "international"),
    [
        ("eloise@asso.example", "eloise@asso.example", False),
        (" \u200beloise@Asso.Example ", "eloise@Asso.Example", False),
        ("o'brien+asso@asso.example", "o'brien+asso@asso.example", False),
        ('"a,b"@asso.example', '"a,b"@asso.example', False),
        ("zoé@asso.example", "zoé@asso.example", True),
        ("zoe@forêt.example", "zoe@xn--fort-ipa.example", False),
        ("zoe@FORÊT。example", "zoe@xn--fort-ipa.example", False),
        ("zoe@straße.example", "zoe@xn--strae-oqa.example", False),
    ],
)
def test_where_mail_goes(email: str, address: str, international: bool) -> None:
    assert destination_of(email) == (address, international)


@pytest.mark.parametrize(
    "email",
    ["a,b@asso.example", "a@", "@asso.example", "a@b@c.example", "a@b..example", "a b@asso.example", "a@asso",
     "=?utf-8?q?a?=@asso.example", "a\u2028b@asso.example", "a@-b.example", "a@b-.example", "a@\u2603\u200d.example",
     ".a@asso.example", "a..b@asso.example", "<a@asso.example>", "x" * 65 + "@asso.example",
     "a@" + "b" * 64 + ".example", "a@[192.0.2.1]", 'a"b@asso.example', "a\r\nRCPT TO:<b@asso.example>"],
)  # fmt: skip
def test_where_no_mail_goes(email: str) -> None:
    with pytest.raises(AddressError):
        destination_of(email)


def invitation(title: str) -> Invitation:
    made = invitation_of(
        KINDS.by_name["introduction-to-lead"],
        {"first_contact_by": "2025-03-17", "project_title": title},
        matter_id=ID,
        language="fr",
        sender=SENDER,
        at=NOON,
    )
    assert made is not None
    return made


PROPERTIES = ["UID", "SEQUENCE", "DTSTAMP", "SUMMARY", "STATUS", "TRANSP", "ORGANIZER", "DTSTART", "DTEND"]
PREFIX = "Premier échange du binôme, au plus tard ce jour\u00a0: "


@given(TITLES)
@example("a\x0bATTENDEE:mailto:x\x85b\u2028END:VEVENT\r\nc\0d")
@example("Rue \\Nord, 3 ; \\nuit")
def test_a_title_is_a_value_in_a_calendar_and_nothing_else(title: str) -> None:
    content = invitation(title).content
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert all(line.decode() is not None for line in lines), "no character is cut"
    unfolded = content.decode().replace("\r\n ", "").split("\r\n")
    assert [re.split("[:;]", line)[0] for line in unfolded] == [
        "BEGIN", "PRODID", "VERSION", "METHOD", "BEGIN", *PROPERTIES, "END", "END", "",
    ]  # fmt: skip
    (summary,) = [line.partition(":")[2] for line in unfolded if line.startswith("SUMMARY")]
    assert re.sub(r"\\(.)", r"\1", summary) == expected(PREFIX + title)


@given(TITLES.map(lambda title: title.replace("\\", "")))
@example("Épicerie ; à côté, « là » : l’été" * 5)
def test_two_libraries_read_the_same_entry(title: str) -> None:
    content = composed(invitation=invitation(title)).content
    (part,) = [
        part
        for part in email.message_from_bytes(content, policy=policy.default).walk()
        if part.get_content_type() == "text/calendar"
    ]
    text = part.get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert text == invitation(title).content.decode()
    calendar = Calendar.from_ical(text)
    assert isinstance(calendar, Calendar)
    (entry,) = calendar.walk("VEVENT")
    assert list(entry) == PROPERTIES
    # One of the two libraries drops white space at a value's end, and both take other separators for line ends.
    assert str(entry["SUMMARY"]) == expected(PREFIX + title)
    read = vobject.readOne(text).vevent
    assert read.summary.value == expected(PREFIX + title)
    assert {child.name for child in read.getChildren()} == set(PROPERTIES)
