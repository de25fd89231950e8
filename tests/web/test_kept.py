"""What is kept stays under its bound, is made once, and fails for everybody who waited."""

import asyncio

import pytest

from digest.web.public.kept import Kept


async def test_the_least_used_is_forgotten_first_and_the_bound_holds() -> None:
    made: list[str] = []
    kept: Kept[str] = Kept(6, len)

    async def get(key: str) -> str:
        async def make() -> str:
            made.append(key)
            return key * 2

        return await kept.get(key, make)

    for key in ("a", "b", "c", "a", "d", "a", "b"):
        assert await get(key) == key * 2
    assert made == ["a", "b", "c", "d", "b"]


async def test_what_weighs_nothing_or_too_much_is_made_each_time() -> None:
    kept: Kept[str] = Kept(3, len)
    made = 0

    async def make(value: str) -> str:
        nonlocal made
        made += 1
        return value

    for value in ("", "four"):
        for _ in range(2):
            assert await kept.get(value, lambda value=value: make(value)) == value  # type: ignore[misc]
    assert made == 4


async def test_whoever_waits_for_the_same_gets_the_same_even_if_the_first_leaves() -> None:
    kept: Kept[str] = Kept(9, len)
    go_on = asyncio.Event()
    made = 0

    async def make() -> str:
        nonlocal made
        made += 1
        await go_on.wait()
        return "value"

    waiting = [asyncio.create_task(kept.get("key", make)) for _ in range(5)]
    await asyncio.sleep(0)
    waiting[0].cancel()
    go_on.set()
    assert await asyncio.gather(*waiting[1:]) == ["value"] * 4
    assert made == 1


async def test_a_failure_is_told_to_all_and_not_kept() -> None:
    kept: Kept[str] = Kept(9, len)
    tries = 0

    async def make() -> str:
        nonlocal tries
        tries += 1
        await asyncio.sleep(0)
        if tries == 1:
            raise ValueError("no")
        return "value"

    told = await asyncio.gather(*(kept.get("k", make) for _ in range(3)), return_exceptions=True)
    assert [type(one) for one in told] == [ValueError] * 3
    assert await kept.get("k", make) == "value"
    with pytest.raises(ValueError, match="no"):
        raise told[0] if isinstance(told[0], BaseException) else AssertionError
