"""The cards of public pages: the same texts as in the mails."""

from digest.domain.facts import card_of
from digest.domain.links import paper_url
from digest.domain.pool import Candidate
from digest.mail.cards import CardText, card_text
from digest.mail.look import Level
from digest.texts import Texts


def page_card(base_url: str, t: Texts, candidate: Candidate) -> CardText:
    """Return a candidate's card with its trend as it stands on the candidate."""
    card = card_of(candidate, candidate.trend)
    return card_text(card, Level.SHORT, t, paper_url(base_url, card.paper_id))
