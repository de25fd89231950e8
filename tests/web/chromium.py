"""One Chromium for a test process: a test has contexts of its own in it, and no start to await."""

import atexit
import shutil
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from tests.needs import missing
from tests.postgres import dies_with_us

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
_START_S = 60
# Nothing that talks to its maker, and the same looks on every machine.
_SWITCHES = (
    "--headless",
    "--no-sandbox",  # which root is refused
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--no-default-browser-check",
    "--no-first-run",
    "--password-store=basic",
    "--use-mock-keychain",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--mute-audio",
    "--remote-debugging-port=0",
)


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    """Give a connection to Chromium; the contexts that were opened by it end with the block."""
    address = devtools()  # in this thread, whose end would be the browser's
    async with async_playwright() as playwright:
        running = await playwright.chromium.connect_over_cdp(address)
        yield running
        await running.close()


@cache
def devtools() -> str:
    """Start Chromium until the end of the process; return the address that it is led by."""
    if CHROMIUM is None:
        missing("chromium is not installed")
    profile = Path(tempfile.mkdtemp(prefix="digest-chromium-"))
    with (profile / "log").open("wb") as log:
        process = subprocess.Popen(
            [*dies_with_us(), CHROMIUM, *_SWITCHES, f"--user-data-dir={profile}", "about:blank"],
            stdout=log,
            stderr=log,
        )
    atexit.register(_stop, process, profile)
    return f"http://127.0.0.1:{_port(process, profile)}"


def _port(process: subprocess.Popen[bytes], profile: Path) -> int:
    told, deadline = profile / "DevToolsActivePort", time.monotonic() + _START_S
    while time.monotonic() < deadline and process.poll() is None:
        if told.exists() and (lines := told.read_text().splitlines()):
            return int(lines[0])
        time.sleep(0.02)
    said = (profile / "log").read_text(errors="replace")
    raise RuntimeError(f"Chromium did not start:\n{said[-2000:]}")


def _stop(process: subprocess.Popen[bytes], profile: Path) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    shutil.rmtree(profile, ignore_errors=True)
