"""Sentences for people: an English template and its values, put into words where they are shown.

The template is gettext's message id. What raises or returns one decides what is said; the web and
the mails decide in which language.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

_AS_IT_STANDS = "{text}"


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with ``{names}`` for its values; ``str()`` gives it in English.

    ``other`` is the template for a ``count`` that is not one, where the sentence has a plural. A
    value may be a date or a sentence itself. ``after`` are lines that follow in any language alike,
    such as a query with a caret below the fault.
    """

    template: str
    values: Mapping[str, object] = field(default_factory=dict)
    other: str = ""
    after: str = ""

    def __str__(self) -> str:
        """Return the sentence in English."""
        plural = self.other and self.values.get("count") != 1
        said = (self.other if plural else self.template).format(**self.values)
        return f"{said}\n{self.after}" if self.after else said


def verbatim(text: str) -> Sentence:
    """Return a text that is nobody's to translate, such as a relay's reply, as a sentence."""
    return Sentence(_AS_IT_STANDS, {"text": text})


class SentenceError(ValueError):
    """A refusal that a person reads; ``sentence`` can be translated, ``str()`` is English."""

    def __init__(self, template: str | Sentence, **values: object) -> None:
        """Keep the template and its values apart."""
        told = Sentence(template, values) if isinstance(template, str) else template
        self.sentence = told
        super().__init__(str(told))
