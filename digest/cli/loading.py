"""Loading modules without looking for garbage: what comes of them stays until the end."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def loading() -> Iterator[None]:
    """Keep the collector from running, and from ever looking at what is there at the end.

    It would go through all that was loaded again and again, for a third of the start's time.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collecting:
            gc.enable()
