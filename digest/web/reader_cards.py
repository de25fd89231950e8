"""A paper as the pages of a reader show it: TeX set, links checked."""

from collections.abc import Mapping

from digest.domain.editions import Card
from digest.domain.links import paper_url
from digest.domain.papers import Paper
from digest.mail.cards import CardText, card_text
from digest.mail.look import Level
from digest.resources import templates_dir
from digest.texts import Texts, shipped_texts, texts_for


class ReaderCards:
    """Makes the texts of cards in a reader's language; ``base_url`` is where papers have pages."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._texts: Mapping[str, Texts] = shipped_texts(templates_dir() / "locale")

    def of_card(self, card: Card, language: str) -> CardText:
        """Return the texts of a frozen card."""
        page = paper_url(self._base_url, card.paper_id)
        return card_text(card, Level.SHORT, texts_for(self._texts, language), page)

    def of_title(self, paper_id: int, title: str, language: str) -> CardText:
        """Return the texts of a paper of which the title alone is known."""
        page = paper_url(self._base_url, paper_id)
        return self.of_card(Card(paper_id=paper_id, title=title, url=page), language)

    def of_paper(self, paper: Paper, language: str) -> CardText:
        """Return the texts of a paper as it stands now."""
        card = Card(
            paper_id=paper.id,
            title=paper.title,
            url=paper.url,
            abstract=paper.abstract,
            authors=paper.authors,
            pdf_url=paper.pdf_url,
            code_url=paper.code_url,
            organization=paper.organization,
        )
        return self.of_card(card, language)
