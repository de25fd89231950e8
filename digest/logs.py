"""Logging of the whole process: one line an event, no secrets, no full addresses at info level.

Text in a terminal, JSON elsewhere. What libraries write through the standard library (uvicorn,
APScheduler, Alembic, httpx) passes the same processors. Ids bound with
``structlog.contextvars.bind_contextvars`` stand on every line of their task.
"""

import logging
import re
import sys
from collections.abc import Mapping
from typing import IO, Any, Literal

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from digest.settings.show import HIDDEN, mask_url

# These say at info level what they do every few seconds, at every start, or with each line
# of a conversation (aiosmtpd, as "mail.log").
_CHATTY = ("aiosqlite", "alembic", "apscheduler", "httpcore", "httpx", "mail.log")
_UVICORN = ("uvicorn", "uvicorn.error", "uvicorn.access")

_SECRET_KEY = re.compile(r"(?:^|_)(?:password|passwd|secret|secrets|token|authorization|cookie)$")
# The routes whose next path part lets its holder act for a reader (INTERFACES: /unsubscribe/T ..).
_TOKEN_PATH = re.compile(r"(/(?:unsubscribe|confirm|preferences|feedback|mail|feeds)/)[\w.~%=-]+")
# The local part as wide as RFC 6531 lets it be; too much masked is better than too little.
_LOCAL = r"[^\s@<>\"(),:;\[\]]"
# The look-behind starts a match at the first character alone: linear on long text.
_ADDRESS = re.compile(rf"(?<!{_LOCAL})(?!\*\*\*@)(?P<first>'?{_LOCAL}){_LOCAL}*@(?=[^\s@*])")
_DEEPEST = 6


def configure_logging(
    format: Literal["auto", "text", "json"] = "auto",  # noqa: A002 - the setting's name
    level: str = "info",
    stream: IO[str] | None = None,
) -> None:
    """Set up structlog and the standard library's root logger; a second call replaces the first.

    ``stream`` is standard error where None; ``level`` is debug, info, warning or error.
    """
    stream = sys.stderr if stream is None else stream
    text = format == "text" or (format == "auto" and stream.isatty())
    threshold = logging.getLevelNamesMapping()[level.upper()]
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _without_colours,
                *_rendering(text=text, colours=text and stream.isatty()),
            ],
        )
    )
    _route_standard_library(handler, threshold)


def _without_colours(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Drop the second, coloured wording that uvicorn adds to its messages."""
    del logger, method
    event.pop("color_message", None)
    return event


def _rendering(*, text: bool, colours: bool) -> list[Processor]:
    # Tracebacks become text before the masking, so that it sees the values inside them.
    if text:
        console = structlog.dev.ConsoleRenderer(colors=colours)
        return [structlog.processors.format_exc_info, mask, console]
    return [
        structlog.processors.dict_tracebacks,
        mask,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]


def _route_standard_library(handler: logging.Handler, threshold: int) -> None:
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(threshold)
    logging.captureWarnings(capture=True)
    for name in _UVICORN:
        # Uvicorn brings its own handlers, which would print each line a second time.
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, threshold))


def mask(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Return the event without secrets; from info level up without full mail addresses, too."""
    del logger
    # A library's record arrives under the name of its level as well (add_log_level).
    addresses = str(event.get("level", method)) != "debug"
    return {key: _masked(key, value, addresses, 0) for key, value in event.items()}


def _masked(key: str, value: Any, addresses: bool, depth: int) -> Any:
    if _SECRET_KEY.search(key.lower()) and value:
        return HIDDEN
    if value is None or isinstance(value, bool | int | float):
        return value
    if depth < _DEEPEST:
        if isinstance(value, Mapping):
            return {
                masked_text(str(name), addresses=addresses): _masked(
                    str(name), item, addresses, depth + 1
                )
                for name, item in value.items()
            }
        if isinstance(value, list | tuple | set | frozenset):
            return [_masked("", item, addresses, depth + 1) for item in value]
    return masked_text(str(value), addresses=addresses)


def masked_text(text: str, *, addresses: bool = True) -> str:
    """Return the text without passwords and path tokens, ``ann@example.org`` as ``a***@..``."""
    text = _TOKEN_PATH.sub(rf"\g<1>{HIDDEN}", mask_url(text))
    return _ADDRESS.sub(rf"\g<first>{HIDDEN}@", text) if addresses else text
