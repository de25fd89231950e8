"""For browsers and watchdogs: the files of the pages, and whether the process is well."""

from fastapi import FastAPI
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from digest import __version__
from digest.store import deliveries, meta
from digest.web import routes
from digest.web.parts import Web


def add_serviceable(app: FastAPI, web: Web) -> None:
    """Add the routes of assets and health."""
    context = web.context

    @app.api_route(routes.HEALTH, methods=["GET", "HEAD"])
    async def healthz() -> Response:
        """Tell whether the process answers and reads its database."""
        try:
            async with context.database.read() as connection:
                await deliveries.count_waiting(connection)
        except Exception as error:  # noqa: BLE001  whatever it is, the answer is the same
            return JSONResponse({"status": "failing", "error": type(error).__name__}, 503)
        return JSONResponse({"status": "ok", "version": __version__})

    @app.api_route(routes.READY, methods=["GET", "HEAD"])
    async def readyz() -> Response:
        """Tell whether requests may be sent here: the database is there and was set up."""
        try:
            async with context.database.read() as connection:
                await meta.find_value(connection, "uuid")
        except Exception as error:  # noqa: BLE001  whatever it is, the answer is the same
            return JSONResponse({"status": "not ready", "error": type(error).__name__}, 503)
        return JSONResponse({"status": "ready", "version": __version__})

    @app.api_route(routes.ASSET, methods=["GET", "HEAD"])
    async def asset(name: str) -> Response:
        """Serve a file of the pages; its address changes with its content."""
        found = web.pages.assets.find(name)
        if found is None:
            raise HTTPException(404)
        headers = {"cache-control": "public, max-age=31536000, immutable"}
        return Response(found.body, media_type=found.media_type, headers=headers)
