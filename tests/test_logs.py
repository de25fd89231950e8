"""One log for the program and its libraries: ids, levels, and what must never stand in it."""

import json
import logging
import warnings
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import structlog
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.logs import configure_logging, mask, masked_text


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Give pytest its own handlers back."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, root.level = handlers, level
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def lines(stream: StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_json_lines_carry_level_instant_and_bound_ids() -> None:
    stream = StringIO()
    configure_logging("auto", "info", stream)
    structlog.contextvars.bind_contextvars(edition=7, worker="w1")
    structlog.get_logger("digest.plan").info("planned", readers=3)
    (line,) = lines(stream)
    assert line["event"] == "planned"
    assert (line["level"], line["edition"], line["worker"], line["readers"]) == ("info", 7, "w1", 3)
    assert line["timestamp"].endswith("Z")


def test_libraries_log_through_the_same_processors() -> None:
    stream = StringIO()
    configure_logging("json", "info", stream)
    logging.getLogger("uvicorn.access").info('%s - "GET %s"', "::1", "/unsubscribe/abc123")
    logging.getLogger("httpx").info("HTTP Request: GET https://example.org")
    (line,) = lines(stream)
    assert line["event"] == '::1 - "GET /unsubscribe/***"'
    assert line["logger"] == "uvicorn.access"


def test_warnings_of_python_are_logged() -> None:
    stream = StringIO()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        configure_logging("json", "info", stream)
        warnings.warn("old thing", UserWarning, stacklevel=1)
        logging.captureWarnings(capture=False)
    assert "old thing" in stream.getvalue()


def test_below_the_level_nothing_is_written() -> None:
    stream = StringIO()
    configure_logging("json", "warning", stream)
    structlog.get_logger().info("quiet")
    logging.getLogger("x").info("quiet")
    structlog.get_logger().warning("loud")
    assert [line["event"] for line in lines(stream)] == ["loud"]


def test_text_is_readable_and_without_colour_outside_a_terminal() -> None:
    stream = StringIO()
    configure_logging("text", "info", stream)
    structlog.get_logger().info("planned", to="ann@example.org")
    assert "planned" in stream.getvalue()
    assert "a***@example.org" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


def test_addresses_are_whole_at_debug_alone() -> None:
    stream = StringIO()
    configure_logging("json", "debug", stream)
    structlog.get_logger().debug("to", address="ann@example.org")
    structlog.get_logger().info("to", address="ann@example.org")
    assert [line["address"] for line in lines(stream)] == ["ann@example.org", "a***@example.org"]


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_traceback_shows_no_address_and_no_password(form: Any) -> None:
    stream = StringIO()
    configure_logging(form, "info", stream)
    try:
        int("no such user ann@example.org at smtp://me:hunter2@relay")
    except ValueError:
        structlog.get_logger().exception("failed")
    assert "a***@example.org" in stream.getvalue()
    assert "ann@" not in stream.getvalue()
    assert "hunter2" not in stream.getvalue()
    assert "ValueError" in stream.getvalue()


@pytest.mark.parametrize(
    "key", ["password", "secret", "token", "unsubscribe_token", "Authorization", "cookie"]
)
def test_values_of_secret_keys_are_hidden_at_every_level_and_depth(key: str) -> None:
    event = {"level": "debug", key: "hunter2", "in": {key: "hunter2"}, "of": [{key: "hunter2"}]}
    assert "hunter2" not in str(mask(None, "debug", event))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("to ann@example.org", "to a***@example.org"),
        ("<ann.b+c@example.org>,<bob@example.net>", "<a***@example.org>,<b***@example.net>"),
        ("RCPT TO:<ann@example.org>", "RCPT TO:<a***@example.org>"),
        ("jürgen@exämple.org", "j***@exämple.org"),
        ("GET /preferences/AbC-_9.x?a=1 200", "GET /preferences/***?a=1 200"),
        ("/feedback/AbC/more/12", "/feedback/***/more/12"),
        ("/feeds/AbC.xml", "/feeds/***"),
        ("https://example.org/topics/nlp", "https://example.org/topics/nlp"),
        ("postgresql://u:pw@db/digest", "postgresql://u:***@db/digest"),
        ("user 'o'brien@example.org'", "user 'o***@example.org'"),
        ("took 3 @ 4", "took 3 @ 4"),
    ],
)
def test_what_the_log_shows(text: str, shown: str) -> None:
    assert masked_text(text) == shown


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.text(max_size=8),
        st.recursive(
            st.none() | st.text(max_size=20) | st.integers() | st.binary(max_size=4),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
            max_leaves=6,
        ),
        max_size=4,
    )
)
def test_masking_takes_any_event_and_loses_no_key(event: dict[str, Any]) -> None:
    assert set(mask(None, "info", dict(event))) == set(event)


@settings(max_examples=200, deadline=None)
@given(st.emails(), st.text(" <>,;:()[]\"'", max_size=3))
def test_no_local_part_survives_at_info(address: str, around: str) -> None:
    local, _, domain = address.rpartition("@")
    shown = masked_text(f"{around}{address}{around}")
    if len(local) > 1 and local.strip("*"):
        assert f"{local}@{domain}" not in shown
