"""The catalogues of translations: brought up to date, and what is wrong with them."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from digest.domain.preferences import LANGUAGES
from digest.texts import SOURCE_LANGUAGE
from tests.house.sources import ROOT
from tests.translations.extraction import extract

FOLDER = ROOT / "templates" / "locale"
TRANSLATED = tuple(language for language in LANGUAGES if language != SOURCE_LANGUAGE)
# no dates and no names, so that the same sentences give the same file
_HEAD = """\
# {name} sentences of paper-digest, under its licence (MIT).
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {plural};\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
_PLURALS = {"de": "nplurals=2; plural=(n != 1)", "fr": "nplurals=2; plural=(n > 1)"}
PLACEHOLDER = re.compile(r"\{[^{}]*\}")


def read_catalogue_of(language: str) -> Catalog:
    """Return a language's catalogue, an empty one where it has none yet."""
    path = catalogue_path(language)
    text = path.read_bytes() if path.exists() else _head(language).encode()
    return read_po(io.BytesIO(text), locale=language, abort_invalid=True)


def updated(language: str, template: Catalog) -> bytes:
    """Return a language's file up to date: new sentences empty, those that went away left out."""
    catalogue = read_catalogue_of(language)
    catalogue.update(template, no_fuzzy_matching=True)
    for message in catalogue:
        message.flags.clear()
    file = io.BytesIO()
    file.write(_head(language).encode())
    write_po(file, catalogue, width=100, omit_header=True, ignore_obsolete=True)
    return file.getvalue()


def complaints(language: str, template: Catalog) -> Iterator[str]:
    """Yield what a catalogue lacks of the source's sentences, and what it has too much."""
    catalogue = read_catalogue_of(language)
    for message in template:
        if not message.id:
            continue
        held = catalogue.get(_key(message), message.context)
        if held is None or _forms(held) != _forms(message):
            yield f"{language}: missing: {_key(message)}"
        else:
            yield from (f"{language}: {what}: {_key(held)}" for what in faults(held, catalogue))
    known = {(_key(message), message.context) for message in template if message.id}
    for message in catalogue:
        if message.id and (_key(message), message.context) not in known:
            yield f"{language}: no sentence of ours: {_key(message)}"


def faults(message: Message, catalogue: Catalog) -> Iterator[str]:
    """Yield what is wrong with one translation."""
    ids = _forms(message)
    held = message.string or ""
    said = (held,) if isinstance(held, str) else tuple(held)
    if message.fuzzy:
        yield "not sure (fuzzy)"
    if not all(said):
        yield "not translated"
        return
    if len(ids) > 1 and len(said) != catalogue.num_plurals:
        yield f"{len(said)} of {catalogue.num_plurals} plural forms"
    wanted = set(PLACEHOLDER.findall(ids[-1]))
    for text in said:
        # a form for one may name it in words
        spared = {"{count}"} if len(ids) > 1 and text is said[0] else set()
        if set(PLACEHOLDER.findall(text)) - spared != wanted - spared:
            yield "other placeholders"
    end = ids[-1][-1:]
    if end in ".:?!" and any(text[-1:] != end for text in said):
        yield "another sign at its end"


def _forms(message: Message) -> tuple[str, ...]:
    """Return the singular, and the plural where there is one."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _key(message: Message) -> str:
    return _forms(message)[0]


def _head(language: str) -> str:
    name = Locale.parse(language).get_display_name("en")
    return _HEAD.format(name=name, language=language, plural=_PLURALS[language])


def catalogue_path(language: str) -> Path:
    """Return where a language's catalogue is kept."""
    return FOLDER / f"{language}.po"


def bring_up_to_date() -> list[str]:
    """Write every language's catalogue anew from the source; return what is left to translate."""
    FOLDER.mkdir(exist_ok=True)
    template = extract()
    left: list[str] = []
    for language in TRANSLATED:
        catalogue_path(language).write_bytes(updated(language, template))
        left += complaints(language, template)
    return left
