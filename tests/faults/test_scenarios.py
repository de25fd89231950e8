"""Processes are killed, frozen and robbed of their database: nothing is lost, little repeated."""

import pytest

from tests.faults.scenarios import Scenario, scenarios


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda one: f"{one.name}, {one.database}")
async def test_nothing_is_lost_and_no_more_repeated_than_lay_in_the_gap(
    scenario: Scenario,
) -> None:
    fate = await scenario.run()
    assert fate.lost == 0, fate
    assert fate.duplicates <= scenario.most_duplicates, fate
    assert fate.changed == 0, fate
    assert fate.held == 0 or scenario.told, fate
