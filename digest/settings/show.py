"""Shows the settings in force without giving away a secret."""

import re
from typing import Any

from pydantic import BaseModel, SecretStr

from digest.settings.model import Settings

HIDDEN = "***"
_PASSWORD = re.compile(r"(?P<before>://[^:/?#@\s]*:)[^/?#\s]*(?=@)")
_PARAMETER = re.compile(r"(?P<before>(?i:[?&](?:password|passwd|token|key|secret)=))[^&#]*")


def mask_url(text: str) -> str:
    """Return the text with passwords in URLs replaced, both ``user:PW@`` and ``?password=PW``."""
    text = _PASSWORD.sub(rf"\g<before>{HIDDEN}", text)
    return _PARAMETER.sub(rf"\g<before>{HIDDEN}", text)


def masked(settings: Settings) -> dict[str, Any]:
    """Return the settings as plain values for JSON, named as in the file, secrets as ``***``."""
    shown = _plain(settings)
    assert isinstance(shown, dict)
    return shown


def _plain(value: object) -> Any:
    if isinstance(value, BaseModel):
        return {
            field.alias or name: _plain(getattr(value, name))
            for name, field in type(value).model_fields.items()
        }
    if isinstance(value, SecretStr):
        return HIDDEN
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return mask_url(str(value))
