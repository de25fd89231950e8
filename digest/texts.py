"""The sentences of pages and mails in the reader's language: gettext catalogues, read at the start.

The English sentence is the message id, ``{names}`` in it stay as they are. ``make texts`` brings
``templates/locale/*.po`` up to date with the templates and the code.
"""

import gettext
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from markupsafe import Markup

from digest.domain.sentences import Sentence

SOURCE_LANGUAGE = "en"
TOPIC = "topic"  # gettext context of what stands in the catalogue of ready topics


class Texts:
    """The sentences of one language; one that is not translated is said in English."""

    def __init__(self, language: str, translations: gettext.NullTranslations) -> None:
        self.language = language
        self.locale = Locale.parse(language, sep="-")
        self.direction = self.locale.text_direction
        self.name = self.locale.display_name or language
        self._translations = translations

    def __call__(self, message: str, **values: object) -> str:
        """Return a sentence with its values."""
        said = self._translations.gettext(message) if message else ""
        return said.format(**values) if values else said

    def many(self, one: str, other: str, count: int, **values: object) -> str:
        """Return the sentence that fits a count, which stands in it as ``{count}``."""
        said = self._translations.ngettext(one, other, count)
        return said.format(count=self.number(count), **values)

    def markup(self, message: str, **values: object) -> Markup:
        """Return a sentence as HTML: it and its values are escaped, but for Markup values."""
        return Markup(self._translations.gettext(message)).format(**values)  # noqa: S704 ours

    def topic(self, name: str) -> str:
        """Return a topic's heading: a ready topic has a name in each language, others keep theirs.

        A reader's own query is a topic too, and is no word of ours to translate.
        """
        return self._translations.pgettext(TOPIC, name) if name else ""

    def say(self, sentence: Sentence) -> str:
        """Return a sentence that the domain left to be worded."""
        values = {name: self._spoken(value) for name, value in sentence.values.items()}
        if sentence.other:
            count = int(str(values.pop("count")))
            said = self.many(sentence.template, sentence.other, count, **values)
        else:
            said = self(sentence.template, **values)
        return f"{said}\n{sentence.after}" if sentence.after else said

    def _spoken(self, value: object) -> object:
        if isinstance(value, Sentence):
            return self.say(value)
        if isinstance(value, date) and not isinstance(value, datetime):
            return self.short_day(value)
        return value

    def number(self, value: float) -> str:
        """Return a number with the language's separators."""
        return format_decimal(value, locale=self.locale)

    def day(self, day: date) -> str:
        """Return a date as people write it, weekday first."""
        pattern = {"en": "EEEE, d MMMM y"}.get(self.language, "full")
        return format_date(day, pattern, locale=self.locale)

    def short_day(self, day: date) -> str:
        """Return a date in a few characters: "4 May 2026"."""
        pattern = {"en": "d MMM y"}.get(self.language, "medium")
        return format_date(day, pattern, locale=self.locale)

    def weekdays(self) -> Sequence[str]:
        """Return the names of the weekdays, Monday first."""
        names = self.locale.days["stand-alone"]["wide"]
        return [names[place] for place in range(7)]

    def listing(self, names: Iterable[str]) -> str:
        """Return names as "A, B and C"."""
        every = list(names)
        if self.language != "en":
            return format_list(every, locale=self.locale)
        return " and ".join(filter(None, (", ".join(every[:-1]), "".join(every[-1:]))))


def load_texts(folder: Path) -> dict[str, Texts]:
    """Return language -> texts: English, and each ``LANGUAGE.po`` of a folder.

    Raises OSError, and babel.messages.pofile.PoFileError for a catalogue that cannot be read.
    """
    found = {SOURCE_LANGUAGE: Texts(SOURCE_LANGUAGE, gettext.NullTranslations())}
    for path in sorted(folder.glob("*.po")):
        found[path.stem] = Texts(path.stem, _translations(path))
    return found


@cache
def shipped_texts(folder: Path) -> Mapping[str, Texts]:
    """Return the texts of a folder, read once in a process."""
    return load_texts(folder)


def texts_for(catalogue: Mapping[str, Texts], language: str) -> Texts:
    """Return the texts of a language or of its base ("pt-BR", "pt"), else English."""
    for tag in (language, language.partition("-")[0]):
        if tag in catalogue:
            return catalogue[tag]
    return catalogue[SOURCE_LANGUAGE]


def preferred_language(accept: str, known: Iterable[str]) -> str:
    """Return the known language that an Accept-Language value likes best (RFC 9110 12.5.4)."""
    languages = set(known)
    wishes = []
    for place, part in enumerate(accept[:400].split(",")):
        tag, _, weight = part.strip().partition(";q=")
        try:
            wishes.append((-float(weight or 1), place, tag.strip().lower()))
        except ValueError:
            continue
    for quality, _, tag in sorted(wishes):
        for candidate in (tag, tag.partition("-")[0]):
            if candidate in languages and quality < 0:
                return candidate
    return SOURCE_LANGUAGE


def _translations(path: Path) -> gettext.GNUTranslations:
    with path.open("rb") as file:
        catalogue = read_po(file, locale=path.stem.replace("-", "_"), abort_invalid=True)
    for message in list(catalogue):  # a list of ready topics may name them like any sentence
        if message.context == TOPIC and catalogue.get(message.id) is None:
            catalogue.add(message.id, message.string)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
