"""Proof of work: a solved challenge is worth one sign-up, for a while; nothing else is."""

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import altcha
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digest.domain.tokens import derive_key
from digest.services.proof_of_work import VALID, check_proof, new_challenge
from digest.services.signup import SignupError
from tests.world import MONDAY, World, open_world

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["challenge", "parameters", "signature", "solution", "counter", "data"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Give an installation that asks for a proof of work."""
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with open_world(tmp_path, url, subscribe={"proof_of_work": True}) as opened:
        yield opened


def solve(challenge: dict[str, Any]) -> str:
    """Return the payload that a browser sends."""
    read = altcha.Challenge.from_dict(challenge)
    solution = altcha.solve_challenge(read)
    assert solution is not None
    return altcha.Payload(read, solution).to_base64()


async def test_a_solved_challenge_is_taken_once(world: World) -> None:
    payload = solve(new_challenge(world.app.context))
    await check_proof(world.app.context, payload)
    respelled = base64.b64encode(json.dumps(json.loads(base64.b64decode(payload))).encode())
    for again in (payload, respelled.decode()):
        with pytest.raises(SignupError, match="used before"):
            await check_proof(world.app.context, again)


async def test_spent_challenges_are_known_after_a_restart(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    told: dict[str, Any] = {"subscribe": {"proof_of_work": True}}
    async with open_world(tmp_path, url, **told) as world:
        payload = solve(new_challenge(world.app.context))
        await check_proof(world.app.context, payload)
    async with open_world(tmp_path, url, **told) as world:
        with pytest.raises(SignupError, match="used before"):
            await check_proof(world.app.context, payload)


async def test_a_challenge_lasts_a_while_and_its_time_cannot_be_changed(world: World) -> None:
    challenge = new_challenge(world.app.context)
    payload = solve(challenge)
    world.clock.set(MONDAY + VALID + timedelta(seconds=1))
    with pytest.raises(SignupError, match="too old"):
        await check_proof(world.app.context, payload)
    forged = json.loads(base64.b64decode(payload))
    forged["challenge"]["parameters"]["data"]["issued"] += 3600
    with pytest.raises(SignupError, match="wrong"):
        await check_proof(world.app.context, base64.b64encode(json.dumps(forged).encode()).decode())


async def test_a_wrong_answer_and_another_site_s_challenge_are_refused(world: World) -> None:
    payload = json.loads(base64.b64decode(solve(new_challenge(world.app.context))))
    payload["solution"]["derivedKey"] = "00" * 32
    other = replace(world.app.context, token_keys=(derive_key("another secret of a site"),))
    strangers = solve(new_challenge(other))
    wrong = base64.b64encode(json.dumps(payload).encode()).decode()
    for bad in ("", "x", wrong, strangers):
        with pytest.raises(SignupError, match="missing, wrong or too old"):
            await check_proof(world.app.context, bad)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(JSON.map(lambda value: base64.b64encode(json.dumps(value).encode()).decode()) | st.text())
async def test_whatever_is_sent_as_a_proof_is_refused_in_a_sentence(
    world: World, payload: str
) -> None:
    with pytest.raises(SignupError):
        await check_proof(world.app.context, payload)


async def test_nobody_is_asked_where_it_is_switched_off(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path}/digest.sqlite3"
    async with open_world(tmp_path, url) as world:
        await check_proof(world.app.context, "")
