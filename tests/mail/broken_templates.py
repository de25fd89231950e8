"""Overrides that fail, each in its own way: files, what is said of them, and the line to blame."""

from digest.mail.gate import CUT

DIGEST = "email/digest/"
BROKEN: dict[str, tuple[dict[str, str | bytes], str, int]] = {
    "syntax": ({DIGEST + "card.html": "one\n{% if %}"}, "Expected an expression", 2),
    "unknown variable": ({DIGEST + "card.html": "\n\n{{ nosuch }}"}, "'nosuch' is undefined", 3),
    "unknown template": (
        {DIGEST + "card.html": '{% include "nosuch.html" %}'},
        "there is no template 'nosuch.html'",
        1,
    ),
    "unknown class": ({DIGEST + "section.html": "{{ css('nosuch') }}"}, "KeyError", 1),
    "itself": ({DIGEST + "body.html": '{% extends "digest/body.html" %}'}, "RecursionError", 1),
    "raises": ({DIGEST + "more.html": "{{ 1 / 0 }}"}, "ZeroDivisionError", 1),
    "not UTF-8": ({DIGEST + "body.txt": b"fine\n\xff"}, "is not UTF-8 (byte 5)", 2),
    "no link to leave": (
        {DIGEST + "body.html": "<html>\n{{ cut }}\n</html>"},
        "the digest's HTML lacks the link {{ links.unsubscribe }}",
        0,
    ),
    "no link to leave in text": (
        {DIGEST + "body.txt": "hello\n{{ cut }}\n"},
        "the digest's text lacks the link {{ links.unsubscribe }}",
        0,
    ),
    "no place for papers": (
        {DIGEST + "body.txt": "{{ links.unsubscribe }}"},
        "the digest's text needs one line with {{ cut }} alone, where its papers go",
        0,
    ),
    "two places for papers": (
        {DIGEST + "body.html": "{{ links.unsubscribe }}\n{{ cut }}\n{{ cut }}\n"},
        "the digest's HTML needs one line with {{ cut }} alone, where its papers go",
        0,
    ),
    "a paper without its link": (
        {DIGEST + "card.html": "<tr><td>{{ card.title_html }}</td></tr>"},
        "a paper's HTML does not link to it: {{ card.url }} is missing",
        0,
    ),
    "a paper's text without its link": (
        {DIGEST + "card.txt": "{{ card.title }}"},
        "a paper's text does not tell its address: {{ card.url }} is missing",
        0,
    ),
    "too large": (
        {DIGEST + "body.html": '{% extends "builtin/digest/body.html" %}{% block rows %}'
         "{{ super() }}" + "x" * 40_000 + "{% endblock %}"},
        "the digest without its papers has",
        0,
    ),
    "a paper too large": (
        {DIGEST + "card.html": "<a href='{{ card.url }}'>" + "x" * 40_000 + "</a>"},
        "a paper has 40",
        0,
    ),
    "a NUL": ({DIGEST + "section.txt": "a\0b {{ topic }}"}, "control characters", 0),
    "an empty subject": ({DIGEST + "subject.txt": " \n"}, "the subject of digest is empty", 0),
    "a mark of ours in a subject": (
        {DIGEST + "subject.txt": "{{ links.unsubscribe }}" + CUT},
        "'links' is undefined",
        1,
    ),
    "a confirmation without its link": (
        {"email/confirm/body.html": "<p>Confirm!</p>"},
        "the HTML of confirm lacks the link {{ links.confirm }}",
        0,
    ),
    "a sheet that is none": ({"email/_base/mail.css": "{{ light.nosuch }}"}, "nosuch", 1),
    "a class without a style": ({"email/_base/mail.css": ".site { }"}, "no style came out", 0),
}  # fmt: skip
