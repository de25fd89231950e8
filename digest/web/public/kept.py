"""What is made once for many requests: bounded, the least used forgotten first, never made twice
at the same time.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """Values by key, of a total weight of at most ``limit``; what weighs nothing is not kept."""

    def __init__(self, limit: int, weigh: Callable[[Value], int]) -> None:
        self._limit = limit
        self._weigh = weigh
        self._held: OrderedDict[Hashable, Value] = OrderedDict()
        self._weight = 0
        self._making: dict[Hashable, asyncio.Task[Value]] = {}

    async def get(self, key: Hashable, make: Callable[[], Awaitable[Value]]) -> Value:
        """Return the value of a key; ``make`` it where it is not held.

        Whoever asks while it is being made gets the same value, or the same exception.
        """
        if key in self._held:
            self._held.move_to_end(key)
            return self._held[key]
        task = self._making.get(key)
        if task is None:
            task = self._making[key] = asyncio.create_task(self._make(key, make))
        # a visitor who goes away takes nothing from the others
        return await asyncio.shield(task)

    async def _make(self, key: Hashable, make: Callable[[], Awaitable[Value]]) -> Value:
        try:
            value = await make()
        finally:
            del self._making[key]
        self._keep(key, value)
        return value

    def _keep(self, key: Hashable, value: Value) -> None:
        weight = self._weigh(value)
        if not 0 < weight <= self._limit:
            return
        self._held[key] = value
        self._weight += weight
        while self._weight > self._limit:
            _, gone = self._held.popitem(last=False)
            self._weight -= self._weigh(gone)
