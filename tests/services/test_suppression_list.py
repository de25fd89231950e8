"""The suppression list by file, on both databases: nobody on it is mailed, nobody is named anew."""

import io

import pytest

from digest.domain.import_plan import Options
from digest.domain.subscribers import Preferences, SubscriberState, Suppression
from digest.services import barring
from digest.services.audit import list_audit
from digest.services.import_files import ImportFileError
from digest.services.importing import import_people
from digest.services.people_export import list_people
from digest.services.subscriptions import SubscriptionError, subscribe, unsubscribe
from digest.services.suppression_list import BarResult, export_barred, import_barred
from tests.world import World

LIST = """email,reason
ann@example.org,complaint
bob@example.org,hard bounce
eve@example.org,unsubscribed
new@example.org,spam
new@example.org,spam
odd@example.org,mood
nobody,
"""


async def bring(world: World, text: str, *, dry_run: bool = False) -> BarResult:
    file = io.BytesIO(text.encode())
    return await import_barred(world.app.context, "ada", file, name="list.csv", dry_run=dry_run)


async def exported(world: World) -> tuple[list[str], int]:
    file = io.StringIO()
    done = await export_barred(world.app.context, "ada", file)
    lines = file.getvalue().splitlines()
    assert (lines[0], len(lines) - 1) == ("address,reason,since", done.written)
    return lines[1:], done.nameless


async def test_whoever_is_on_a_list_is_kept_from_mail_as_the_dry_run_told(both: World) -> None:
    for name in ("ann", "bob", "eve", "zoe"):
        await both.add_reader(f"{name}@example.org", "graphs")
    told = await bring(both, LIST, dry_run=True)
    assert (told.rows, told.barred, told.unsubscribed, told.kept_out, told.unchanged) == (
        7, 2, 1, 1, 1,
    )  # fmt: skip
    assert [(one.line, one.address) for one in told.rejected] == [
        (7, "odd@example.org"),
        (8, "nobody"),
    ]
    assert {one.state async for one in list_people(both.app.context)} == {SubscriberState.ACTIVE}
    done = await bring(both, LIST)
    assert (done.barred, done.unsubscribed, done.kept_out) == (2, 1, 1)
    found = {one.address[:3]: one async for one in list_people(both.app.context)}
    assert {name: (one.state.value, one.suppression) for name, one in found.items()} == {
        "ann": ("suppressed", Suppression.COMPLAINT),
        "bob": ("suppressed", Suppression.BOUNCE),
        "eve": ("unsubscribed", None),
        "zoe": ("active", None),
    }
    again = await bring(both, LIST)
    assert (again.barred, again.unsubscribed, again.kept_out, again.unchanged) == (0, 0, 0, 5)
    [line, _] = await list_audit(both.app.context, action="suppressions.import")
    assert (line.object, "@" in str(line)) == ("file list.csv", False)


async def test_an_address_that_nobody_has_is_barred_without_being_kept(both: World) -> None:
    context = both.app.context
    await bring(both, "new@example.org\n# a remark\n")
    assert [one async for one in list_people(context)] == []
    with pytest.raises(SubscriptionError, match="barred"):
        await subscribe(context, "NEW@example.org", Preferences(), confirmed=True)
    brought = io.BytesIO(b"address\nnew@example.org\n")
    [rejected] = (await import_people(context, "ada", brought, Options())).rejected
    assert "nobody may mail it" in rejected.reason
    assert await exported(both) == ([], 1)
    assert await barring.lift(context, "new@example.org") is None
    await subscribe(context, "new@example.org", Preferences(), confirmed=True)


async def test_the_list_goes_out_and_comes_in_elsewhere(both: World) -> None:
    context = both.app.context
    left = await both.add_reader("=eve@example.org", "graphs")
    await both.add_reader("zoe@example.org", "graphs")
    await unsubscribe(context, left)
    await bring(both, "address,reason\nzoe@example.org,complaint\n")
    lines, nameless = await exported(both)
    assert (lines, nameless) == (
        ["'=eve@example.org,unsubscribed,", "zoe@example.org,complaint,"],
        0,
    )
    done = await bring(both, "\n".join(["address,reason,since", *lines]))
    assert (done.unchanged, done.rejected) == (2, ())
    assert len(await list_audit(context, action="suppressions.export")) == 1


async def test_what_is_no_list_is_refused(both: World) -> None:
    for text in ("", "colour\nred\n"):
        with pytest.raises(ImportFileError):
            await bring(both, text)
    nul = await bring(both, "address\na\x00@example.org\n")
    assert "NUL" in nul.rejected[0].reason
