"""The least that serves: FastAPI, SQLAlchemy on SQLite and APScheduler, with nothing of ours.

``python tests/benchmarks/bare_process.py FILE PORT`` answers /healthz after a query of the file,
and ticks once a second, until it is told to stop.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from fastapi import FastAPI
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

engine = create_async_engine(f"sqlite+aiosqlite:///{sys.argv[1]}")


async def ask() -> None:
    """Ask the database something."""
    async with engine.connect() as connection:
        await connection.execute(text("SELECT 1"))


@asynccontextmanager
async def ticking(app: FastAPI) -> AsyncIterator[None]:
    """Tick for as long as the application runs."""
    del app
    scheduler = AsyncIOScheduler(timezone="UTC")
    scheduler.add_job(ask, "interval", seconds=1)
    scheduler.start()
    yield
    scheduler.shutdown()
    await engine.dispose()


app = FastAPI(lifespan=ticking)


@app.get("/healthz")
async def healthz() -> dict[str, str]:
    """Say that it lives."""
    await ask()
    return {"status": "ok"}


asyncio.run(uvicorn.Server(uvicorn.Config(app, port=int(sys.argv[2]), log_level="warning")).serve())
