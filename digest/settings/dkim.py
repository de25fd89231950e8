"""The table ``[dkim]``: which keys sign the mails, and where their public halves are published."""

from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from digest.settings.values import Domain, PrivateFile, Selector, ascii_domain

_NAME_LENGTH = 253  # of a domain name without its last dot, RFC 1035 section 2.3.4


class DkimSettings(BaseModel):
    """Keys that sign every mail (RFC 6376). ``domain`` is that of ``mail.from`` where empty.

    ``key_file`` is an RSA key; ``ed25519_key_file`` makes a second signature (RFC 8463), which
    many receivers cannot read, so that it never stands alone.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    domain: Domain = ""
    selector: Selector = ""
    key_file: PrivateFile = None
    ed25519_selector: Selector = ""
    ed25519_key_file: PrivateFile = None

    @model_validator(mode="after")
    def _keys_have_their_selectors(self) -> Self:
        for selector, file, prefix in (
            (self.selector, self.key_file, ""),
            (self.ed25519_selector, self.ed25519_key_file, "ed25519_"),
        ):
            if bool(selector) != (file is not None):
                raise ValueError(
                    f"{prefix}selector and {prefix}key_file go together: give both or neither"
                )
        if self.ed25519_key_file and not self.key_file:
            raise ValueError(
                "ed25519_key_file makes a second signature: give an RSA key in key_file too, for "
                "many receivers can read no other"
            )
        if self.selector and self.selector == self.ed25519_selector:
            raise ValueError("each key needs a selector of its own: their records would collide")
        return self

    @property
    def selectors(self) -> tuple[str, ...]:
        """Return the selectors that are set."""
        return tuple(one for one in (self.selector, self.ed25519_selector) if one)


def signing_domain(domain: str, sender: str) -> str:
    """Return d= in ASCII: ``domain``, or the ``sender``'s; raise ValueError where DMARC would fail.

    It must be the same as the domain of From, or one of them below the other. Two below a third
    are refused although DMARC aligns some of them (RFC 7489 section 3.1.1): which, the public
    suffix list alone knows.
    """
    chosen, own = ascii_domain(domain or sender), ascii_domain(sender)
    upper, lower = sorted((chosen, own), key=len)
    if chosen == own or ("." in upper and lower.endswith(f".{upper}")):
        return chosen
    raise ValueError(
        f"domain {chosen!r} must be {own!r}, the domain of mail.from, or one above or below it: "
        "else DMARC does not count the signature"
    )


def checked_name(selector: str, domain: str) -> str:
    """Return the name under which a key is published; raise ValueError for one too long."""
    name = f"{selector}._domainkey.{domain}"
    if len(name) > _NAME_LENGTH:
        raise ValueError(f"selector and domain make a name of more than {_NAME_LENGTH} characters")
    return name
