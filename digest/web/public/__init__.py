"""The public pages: no account, the same for everybody, answered out of memory."""

from fastapi import FastAPI

from digest.web.parts import Web
from digest.web.public.answers import Answers
from digest.web.public.days import add_days
from digest.web.public.home import add_home
from digest.web.public.notices import add_notices
from digest.web.public.papers import add_papers
from digest.web.public.search import add_search
from digest.web.public.topics import add_topics


def add_public(app: FastAPI, web: Web) -> None:
    """Add every public page."""
    answers = Answers(web)
    for add in (add_home, add_days, add_topics, add_papers, add_search, add_notices):
        add(app, web, answers)
