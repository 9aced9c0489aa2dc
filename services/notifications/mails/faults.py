"""Whose fault it is that a mail was not taken: read off SMTP replies and delivery reports, by one table.

Sources: enhanced status codes (RFC 3463, with the registry of RFC 5248 and the additions of RFC 7372 and 7505), the
reply codes of SMTP (RFC 5321, section 4.2.3; RFC 7504) and the fields of delivery reports (RFC 3464). A code that says
nothing but "other" is read by its words, which are those of the large servers and of French providers; only then by
the basic code and by what it answered.

Only the recipient's fault is with the address, for every mail: it is written to no more. Where it is in doubt whose
fault it was, it is not the recipient's, for an address that is called dead wrongly hears nothing any more.
"""

from __future__ import annotations

import re
from typing import Final, Literal, NamedTuple, TypeAlias

Fault: TypeAlias = Literal["recipient", "mailbox", "sender", "message", "delivery"]
"""`recipient`: there is no such address; `mailbox`: it is there and takes nothing now; `sender`: they do not want us,
whoever it is for; `message`: not this mail; `delivery`: a server or the way to it."""

Phase: TypeAlias = Literal["sender", "recipient", "content", "report"]
"""What a reply answered: MAIL, RCPT, DATA with the content; or that it stands in a report, which does not say it."""


class Diagnosis(NamedTuple):
    """Why a mail was not taken; `is_final` where trying the same again is of no use."""

    fault: Fault
    is_final: bool

    @property
    def no_such_address(self) -> bool:
        """Whether the address is to be written to no more."""
        return self.is_final and self.fault == "recipient"

    @property
    def is_provider(self) -> bool:
        """Whether whoever took it in refuses us for good, whoever it is for."""
        return self.is_final and self.fault == "sender"


# The subject and the detail of an enhanced status code; None as the detail stands for all others of the subject. What
# is missing here says no more than its class, and is read by its words.
_BY_STATUS: Final[dict[tuple[int, int | None], Fault]] = {
    (1, 1): "recipient",  # no such mailbox
    (1, 2): "recipient",  # no such domain
    (1, 3): "recipient",  # no address by its syntax
    (1, 4): "mailbox",  # ambiguous
    (1, 6): "recipient",  # moved, and nobody says where
    (1, 7): "sender",  # the sender's address by its syntax
    (1, 8): "sender",  # the sender's domain
    (1, 9): "delivery",  # relayed to what speaks no SMTP
    (1, 10): "recipient",  # a domain that takes no mail (null MX)
    (2, 3): "message",  # longer than the mailbox takes
    (2, None): "mailbox",  # disabled, full, a list that can't be expanded
    (3, 4): "message",  # longer than the system takes
    (3, None): "delivery",
    (4, None): "delivery",  # no answer, no route, a loop, too late (4.7)
    (5, None): "delivery",
    (6, None): "message",
    (7, 17): "mailbox",  # has another owner by now
    (7, None): "sender",  # not authorised, no SPF, DKIM, DMARC, PTR, a bad reputation
}

# Where a reply has these words it is about us or about the mailbox, also where it has the words, or the code, of a
# recipient who is not there: `IP address unknown`, or Orange's `5.1.1 Boite du destinataire pleine`.
_NOT_THE_RECIPIENT: Final[tuple[tuple[Fault, str], ...]] = (
    (
        "sender",
        r"sender'?s? (?:address|domain|rejected|verif|denied|unknown|not)|(?:envelope|of) sender|exp[ée]diteur"
        r"|mail from|spam|(?:black|deny|block) ?list|liste noire|\brbl\b|dnsbl|reputation|\bspf\b|dkim|dmarc|\bptr\b"
        r"|reverse|\bip\b|address \[?\d{1,3}\.\d|\b(?:helo|ehlo)\b|client (?:host|address)|host ?name",
    ),
    ("mailbox", r"(?:mailbox|bo[iî]te|inbox)\b[^.;]{0,40}\b(?:full|pleine|satur)|over ?quota|quota exceeded"),
)
# What names a person, a server or a page is no word of a reply.
_NAMES: Final = re.compile(r"\S*(?:@|://|[a-z]\.[a-z])\S*", re.IGNORECASE)
_WORDS: Final[tuple[tuple[Fault, str], ...]] = (
    (
        "recipient",
        r"(?:user|recipient|mailbox|account|address|utilisateur|addressee)\b[^.;]{0,40}\b(?:unknown|not found|invalid"
        r"|(?:does ?n[o']t|doesn't) exist|not exist)|(?:unknown|no such|invalid|unrouteable) (?:local )?"
        r"(?:user|recipient|mailbox|address|account)|no mailbox here|recipient ?not ?found|no such person"
        r"|inconnue?\b|inexistante?\b|n['’ ]existe pas|destinataires? (?:est |sont )?invalide",
    ),
    (
        "mailbox",
        r"(?:mailbox|bo[iî]te|quota|inbox|account|compte)\b[^.;]{0,40}\b(?:full|exceed|over|pleine|satur|d[ée]pass|"
        r"disabled|inactive|suspended|d[ée]sactiv|bloqu)|over ?quota|quota exceeded",
    ),
    ("message", r"too (?:large|big|long)|size limit|exceeds? (?:the )?(?:maximum|size)|virus|attachment|trop gros"),
    (
        "sender",
        r"spam|block|black ?list|deny ?list|\brbl\b|dnsbl|reputation|policy|polic(?:y|ies)|\bspf\b|dkim|dmarc|"
        r"relay|denied|not (?:allowed|permitted|authori[sz]ed)|authenticat|reverse dns|\bptr\b|refus[ée]|rejet|"
        r"banned|unsolicited|service refus|liste noire|ind[ée]sirable",
    ),
    ("delivery", r"timed? ?out|too old|retry time|loop|too many hops|no route|connection refused|host not found"),
)
_PATTERNS: Final = tuple((fault, re.compile(words, re.IGNORECASE)) for fault, words in _WORDS)
_CONTRARY: Final = tuple((fault, re.compile(words, re.IGNORECASE)) for fault, words in _NOT_THE_RECIPIENT)

# What is left: by the reply's code and by what it answered (RFC 5321, section 4.2.3).
_BY_CODE: Final[dict[tuple[Phase, int], Fault]] = {
    ("sender", 552): "message",
    ("recipient", 450): "mailbox",
    ("recipient", 452): "mailbox",
    ("recipient", 550): "recipient",
    ("recipient", 551): "recipient",
    ("recipient", 552): "mailbox",
    ("recipient", 553): "recipient",
    ("recipient", 556): "recipient",
    ("recipient", 554): "sender",
    ("content", 452): "mailbox",
    ("content", 550): "message",
    ("content", 552): "message",
    ("content", 554): "message",
    ("report", 552): "mailbox",
}
_WITHOUT_AUTHORITY: Final = range(530, 540)

_ENHANCED: Final = re.compile(r"(?:^|[\s#(;-])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_BASIC: Final = re.compile(r"(?:^|[\s;:])([45]\d\d)(?=[\s-]|$)")


def of_reply(code: int, text: str, phase: Phase) -> Diagnosis:
    """What a server's refusal means, given its code, its text and what it answered."""
    fault = _fault(_statuses(text, str(code)[0]), text, code, phase)
    if phase == "sender" and fault in ("recipient", "mailbox"):
        # Before it knew any recipient.
        fault = "sender"
    return Diagnosis(fault, is_final=code >= 500)


def of_report(status: str, diagnostic: str = "") -> Diagnosis:
    """What a report of a failure means, given its `Status` and its `Diagnostic-Code`.

    What another server said (the diagnostic) is more than what the reporting server made of it, where that is "other".
    """
    basic = _BASIC.search(diagnostic)
    statuses = [*_statuses(status), *_statuses(diagnostic)]
    return Diagnosis(_fault(statuses, diagnostic, int(basic[1]) if basic else 0, "report"), status.startswith("5"))


def status_in(text: str) -> str | None:
    """The first enhanced status code of a refusal in a text."""
    found = next((match for match in _ENHANCED.finditer(text) if match[1] != "2"), None)
    return None if found is None else f"{found[1]}.{found[2]}.{found[3]}"


def _statuses(text: str, of_class: str | None = None) -> list[tuple[int, int]]:
    """Subject and detail of each enhanced code in a text; one of another class than the reply is none (RFC 2034)."""
    return [
        (int(match[2]), int(match[3]))
        for match in _ENHANCED.finditer(text)
        if match[1] == (of_class or match[1]) and match[1] != "2"
    ]


def _fault(statuses: list[tuple[int, int]], text: str, code: int, phase: Phase) -> Fault:
    fault = _said(statuses, text, code, phase)
    if fault == "recipient":
        words = _NAMES.sub(" ", text)
        return next((contrary for contrary, pattern in _CONTRARY if pattern.search(words)), fault)
    return fault


def _said(statuses: list[tuple[int, int]], text: str, code: int, phase: Phase) -> Fault:
    for subject, detail in statuses:
        if detail != 0 and (found := _BY_STATUS.get((subject, detail)) or _BY_STATUS.get((subject, None))):
            return found
    for fault, words in _PATTERNS:
        if words.search(text):
            return fault
    for subject, _ in statuses:
        if found := _BY_STATUS.get((subject, None)):
            return found
    if code in _WITHOUT_AUTHORITY or (phase == "sender" and code >= 500 and (phase, code) not in _BY_CODE):
        return "sender"
    found = _BY_CODE.get((phase, code), "delivery")
    # Whoever knows enhanced codes and means that there is no such address has a code for it.
    return "delivery" if statuses and found == "recipient" else found
