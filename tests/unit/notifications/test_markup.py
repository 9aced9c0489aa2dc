"""The HTML part that is made of a message."""

from __future__ import annotations

import pytest

from services.notifications.mails.markup import markup_of


@pytest.mark.parametrize(
    ("message", "html"),
    [
        ("Hello.", "<p>Hello.</p>"),
        ("\nOne.\n\n\n  \nTwo.\n", "<p>One.</p>\n<p>Two.</p>"),
        ("One,\nstill one.", "<p>One,\nstill one.</p>"),
        ("- a\n- b", "<ul>\n  <li>a</li>\n  <li>b</li>\n</ul>"),
        ("What next?\n- a", "<h2>What next?</h2>\n<ul>\n  <li>a</li>\n</ul>"),
        ("It is:\n\n- a", "<p>It is:</p>\n<ul>\n  <li>a</li>\n</ul>"),
        ("- a\n  goes on - here\n- b", "<ul>\n  <li>a\n  goes on - here</li>\n  <li>b</li>\n</ul>"),
        ("<b>&</b>\n- <i>", "<h2>&lt;b&gt;&amp;&lt;/b&gt;</h2>\n<ul>\n  <li>&lt;i&gt;</li>\n</ul>"),
        ("{0}", "<p>{0}</p>"),
        ("", ""),
    ],
)
def test_a_message_becomes_paragraphs_headings_and_points(message: str, html: str) -> None:
    assert markup_of(message) == html
