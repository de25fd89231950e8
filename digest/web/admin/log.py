"""The audit log: who did what, the newest first."""

from fastapi import FastAPI, Request
from fastapi.responses import Response

from digest.services.audit import list_audit
from digest.services.signing_in import SignedIn
from digest.web import routes
from digest.web.admin.asked import read_id, with_query
from digest.web.admin.desk import Desk

_PAGE = 100
_LONGEST = 300  # characters of what is filtered by; no line has more


def add_log(app: FastAPI, desk: Desk) -> None:
    """Add the route of the audit log."""

    @desk.show(app, routes.ADMIN_AUDIT)
    async def look(request: Request, who: SignedIn) -> Response:
        """List what was done."""
        query = request.query_params
        asked = {name: query.get(name, "").strip() for name in ("actor", "action", "object")}
        before = read_id(query.get("before", ""))
        lines = []
        if all(len(text) <= _LONGEST and text.isprintable() for text in asked.values()):
            lines = await list_audit(
                desk.context,
                limit=_PAGE + 1,
                before=before,
                actor=asked["actor"] or None,
                action=asked["action"] or None,
                object_=asked["object"] or None,
            )
        shown = {name: text[:_LONGEST] for name, text in asked.items()}
        path = f"{desk.root}{routes.ADMIN_AUDIT}"
        more = len(lines) > _PAGE
        return desk.page(
            who,
            "admin/audit.html",
            at="audit",
            lines=lines[:_PAGE],
            asked=shown,
            first="" if before is None else with_query(path, **shown),
            older=with_query(path, **shown, before=lines[_PAGE - 1].id) if more else "",
        )
