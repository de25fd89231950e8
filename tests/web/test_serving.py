"""Tests that applications are served inside the process and let go of cleanly."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from digest.web.serving import serve
from tests.clients import plain_client


def greeting_app() -> FastAPI:
    app = FastAPI(openapi_url=None)

    @app.get("/")
    async def greet() -> str:
        return "hello"

    return app


async def test_an_application_answers_while_the_block_runs_and_not_after() -> None:
    async with plain_client() as client:
        async with serve(greeting_app()) as port:
            answer = await client.get(f"http://127.0.0.1:{port}/")
        assert answer.json() == "hello"
        with pytest.raises(httpx.ConnectError):
            await client.get(f"http://127.0.0.1:{port}/")


async def test_signals_stay_with_the_caller() -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    async with serve(greeting_app()):
        assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before


async def test_a_taken_port_is_an_error_and_not_the_end_of_the_process() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        second = serve(greeting_app(), port=taken.getsockname()[1])
        with pytest.raises(OSError, match="in use"):
            await second.__aenter__()


async def test_an_application_that_fails_to_start_is_an_error() -> None:
    @contextlib.asynccontextmanager
    async def opening(_: FastAPI) -> AsyncIterator[None]:
        with contextlib.closing(open_database()):
            yield

    def open_database() -> socket.socket:
        raise ValueError("no database")

    with pytest.raises(RuntimeError, match="failed to start"):
        await serve(FastAPI(lifespan=opening)).__aenter__()


async def test_an_error_in_the_block_comes_out_after_the_server_has_stopped() -> None:
    with pytest.raises(KeyError, match="mine"):
        async with serve(greeting_app()):
            raise KeyError("mine")
    assert not [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
