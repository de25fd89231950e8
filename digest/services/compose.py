"""Compose: ledger rows become finished bytes, each digest rendered once for all who share it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from digest.domain import links
from digest.domain.deliveries import MANAGE_VALID, Kind, message_id
from digest.domain.editions import DigestFacts
from digest.domain.facts import card_from_json, sections_of
from digest.domain.message import MessageHead, build_message
from digest.domain.return_path import return_path
from digest.domain.subscribers import TopicItem, mask_address
from digest.domain.tokens import Claims, Purpose, make_token
from digest.mail.look import View
from digest.mail.render import RenderedDigest, RenderedMail
from digest.ports import OutgoingMessage
from digest.services.context import Context
from digest.store import editions, selections, subscribers
from digest.store.deliveries import Delivery
from digest.store.seen_sets import get_topics
from digest.store.selections import StoredSelection

log = structlog.get_logger()
# what the links of a mail may do; one that is not named here is as good as a digest
_PURPOSES = {
    Kind.CONFIRM: Purpose.CONFIRM,
    Kind.ADDRESS_CHANGE: Purpose.CONFIRM,
    Kind.PREFERENCES_LINK: Purpose.MANAGE,
}


class CompositionError(Exception):
    """A mail that cannot be written; it is set aside, the others go out."""


@dataclass(frozen=True, slots=True)
class Composed:
    """A finished message; ``placed`` papers of its selection stand in it with title and link.

    ``cut`` says that there was no room for all of them.
    """

    message: OutgoingMessage
    placed: int | None = None
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Edition:
    """What a digest is made of beside its reader's view."""

    facts: DigestFacts
    topics: tuple[TopicItem, ...]


class Composer:
    """Loads what a batch needs at once, then composes without waiting."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._editions: dict[int, Edition] = {}
        self._slots: dict[int, tuple[str, int]] = {}
        self._addresses: dict[int, str] = {}
        self._rendered: dict[tuple[int, date, View], RenderedDigest] = {}

    async def prepare(self, batch: Sequence[Delivery]) -> None:
        """Load the selections, topics, slots and new addresses; forget the batch before."""
        wanted = {d.selection_id for d in batch if d.selection_id is not None}
        self._editions = {i: e for i, e in self._editions.items() if i in wanted}
        self._rendered = {key: r for key, r in self._rendered.items() if key[0] in wanted}
        async with self._context.database.read() as connection:
            missing = wanted - self._editions.keys()
            for chosen in (await selections.get_selections(connection, missing)).values():
                try:
                    self._editions[chosen.id] = await _load(connection, chosen)
                except (KeyError, TypeError, ValueError):
                    log.exception("a selection cannot be read", selection=chosen.id)
            named = {d.edition_id for d in batch if d.edition_id is not None}
            self._slots = await editions.get_slots(connection, named)
            moved = {d.subscriber_id for d in batch if d.kind is Kind.ADDRESS_CHANGED_NOTICE}
            found = [await subscribers.find_subscriber(connection, one) for one in sorted(moved)]
            self._addresses = {reader.id: reader.address for reader in found if reader}

    def compose(self, delivery: Delivery) -> Composed:
        """Return the message of a delivery; raise CompositionError where there is none."""
        try:
            if delivery.kind in (Kind.DIGEST, Kind.RESEND):
                return self._digest(delivery)
            return self._other(delivery)
        except Exception as error:  # a template may raise anything; the other mails go out
            raise CompositionError(f"{delivery.kind.value} {delivery.id}: {error}") from error

    def browser_view(self, delivery: Delivery) -> str:
        """Return a digest as a web page, its links the reader's own."""
        facts, view = self._edition(delivery)
        token = self.token(delivery, Purpose.MAIL)
        return self._context.renderer.render_browser_view(facts, view, token)

    def token(self, delivery: Delivery, purpose: Purpose) -> str:
        """Return the one token of a delivery's links."""
        claims = Claims(
            purpose,
            delivery.subscriber_id,
            delivery.id,
            delivery.token_generation,
            delivery.planned_at,
        )
        return make_token(self._context.token_keys[0], claims)

    def _edition(self, delivery: Delivery) -> tuple[DigestFacts, View]:
        edition = self._editions[delivery.selection_id or 0]
        zone, hour = self._slots.get(delivery.edition_id or 0, ("", 0))
        view = View(
            language=delivery.language,
            extract=delivery.extract,
            topics=tuple(item.name for item in edition.topics),
            hour=f"{hour:02d}:00" if zone else "",
            zone=zone,
        )
        # one selection may serve slots on both sides of the date line
        dated = date.fromisoformat(delivery.dedupe_key[:10])
        return replace(edition.facts, edition_date=dated), view

    def _digest(self, delivery: Delivery) -> Composed:
        facts, view = self._edition(delivery)
        key = (delivery.selection_id or 0, facts.edition_date, view)
        rendered = self._rendered.get(key)
        if rendered is None:
            rendered = self._context.renderer.render_digest(facts, view)
            self._rendered[key] = rendered
        token = self.token(delivery, Purpose.MAIL)
        head = self._head(delivery, rendered, token)
        outgoing = self._outgoing(delivery, head, rendered, token)
        placed = len(rendered.paper_ids)
        return Composed(outgoing, placed, cut=placed < len(facts.cards))

    def _other(self, delivery: Delivery) -> Composed:
        token = self.token(delivery, _PURPOSES.get(delivery.kind, Purpose.MAIL))
        rendered = self._context.renderer.render_mail(
            delivery.kind.value, delivery.language, **self._facts(delivery)
        )
        return Composed(
            self._outgoing(delivery, self._plain_head(delivery, rendered), rendered, token)
        )

    def _facts(self, delivery: Delivery) -> dict[str, object]:
        """Return what a mail that is no digest asks for beside the words of its templates."""
        match delivery.kind:
            case Kind.PREFERENCES_LINK:
                return {"valid_hours": MANAGE_VALID // timedelta(hours=1)}
            case Kind.ADDRESS_CHANGED_NOTICE:
                masked = mask_address(self._addresses[delivery.subscriber_id])
                return {"new_address": masked, "owner": self._owner}
            case _:
                return {}

    def _outgoing(
        self, delivery: Delivery, head: MessageHead, rendered: RenderedMail, token: str
    ) -> OutgoingMessage:
        """Return the finished bytes of a mail of any kind, signed last of all."""
        unsigned = build_message(head, rendered.text, rendered.html, token)
        return OutgoingMessage(
            envelope_from=self._return_path(delivery),
            envelope_to=delivery.address,
            data=self._context.signer.sign(unsigned, delivery.planned_at),
            message_id=head.message_id,
        )

    def _return_path(self, delivery: Delivery) -> str:
        mail = self._context.settings.mail
        key = self._context.token_keys[0]
        return return_path(
            mail.bounces,
            mail.from_address,
            mail.envelope_domain,
            key,
            delivery.id,
            delivery.planned_at,
        )

    def _plain_head(self, delivery: Delivery, rendered: RenderedMail) -> MessageHead:
        mail = self._context.settings.mail
        return MessageHead(
            date=delivery.planned_at,
            from_address=mail.from_address,
            from_name=mail.from_name or self._context.settings.site.name,
            to_address=delivery.address,
            subject=rendered.subject,
            message_id=self._message_id(delivery),
            reply_to=mail.reply_address or None,
            language=delivery.language,
        )

    def _head(self, delivery: Delivery, rendered: RenderedMail, token: str) -> MessageHead:
        settings = self._context.settings
        mail, base, owner = settings.mail, settings.base_url, self._owner
        leave = mail.unsubscribe_address
        return MessageHead(
            date=delivery.planned_at,
            from_address=mail.from_address,
            from_name=mail.from_name or settings.site.name,
            to_address=delivery.address,
            subject=rendered.subject,
            message_id=self._message_id(delivery),
            reply_to=mail.reply_address or None,
            language=delivery.language,
            list_id=mail.list_id,
            list_name=settings.site.name,
            list_unsubscribe_https=links.unsubscribe_url(base, token),
            list_unsubscribe_mailto=f"mailto:{leave}?subject=unsubscribe%20{token}",
            list_help=f"{base}/",
            list_owner=f"mailto:{owner}",
            list_archive=f"{base}/",
            feedback_id=f"topic:daily:digest:{mail.from_domain}",
        )

    @property
    def _owner(self) -> str:
        """The address at which the operator reads what subscribers write."""
        return self._context.settings.mail.contact_address

    def _message_id(self, delivery: Delivery) -> str:
        domain = self._context.settings.mail.from_domain
        return message_id(delivery.dedupe_key, delivery.subscriber_id, delivery.id, domain)


async def _load(connection: AsyncConnection, chosen: StoredSelection) -> Edition:
    stored = await selections.get_cards(
        connection, chosen.plan_id, [item.paper_id for item in chosen.items]
    )
    cards = {paper_id: card_from_json(values) for paper_id, values in stored.items()}
    topics = await get_topics(connection, [chosen.topic_set_id])
    facts = DigestFacts(
        edition_date=chosen.planned_at.date(),
        planned_at=chosen.planned_at,
        sections=sections_of([(i.paper_id, i.topic, i.why) for i in chosen.items], cards),
        looked_at=chosen.looked_at,
        source_count=chosen.source_count,
        matched=chosen.matched,
        already_seen=chosen.already_seen,
    )
    return Edition(facts, topics[chosen.topic_set_id])
