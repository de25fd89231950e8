"""The admin pages: for operators who have signed in, in English."""

from fastapi import FastAPI

from digest.web.admin.account import add_account
from digest.web.admin.barred import add_barred
from digest.web.admin.desk import Desk
from digest.web.admin.exchange import add_exchange
from digest.web.admin.log import add_log
from digest.web.admin.login import add_login
from digest.web.admin.mails import add_mails
from digest.web.admin.openid import add_openid
from digest.web.admin.preview import add_preview
from digest.web.admin.readers import add_readers
from digest.web.admin.sources import add_sources
from digest.web.admin.today import add_today
from digest.web.admin.topics import add_topics
from digest.web.parts import Web


def add_admin(app: FastAPI, web: Web) -> None:
    """Add the routes of the admin pages."""
    desk = Desk(web)
    readers = (add_readers, add_mails, add_preview, add_barred, add_log)
    for add in (add_login, add_today, add_account, *readers):
        add(app, desk)
    # what is read, and for whom
    for add in (add_topics, add_sources, add_exchange, add_openid):
        add(app, desk)
