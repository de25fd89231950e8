"""People brought in from a text, and taken out again."""

import io
from typing import Any

from digest.domain.import_plan import Options
from digest.domain.import_rows import Format
from digest.domain.subscribers import Subscriber
from digest.services.importing import ImportResult, import_people
from digest.services.people_export import export_people, list_people
from tests.world import World

WHO = "cli:ada"
LISTMONK = """uuid,email,name,attributes,status,created_at,updated_at
1,ann@example.org,Ann,"{""city"": ""Bern""}",enabled,2020-02-10,2020-02-10
2,bob@example.org,Bob,{},disabled,2020-02-10,2020-02-10
3,eve@example.org,Eve,{},blocklisted,2020-02-10,2020-02-10
4,not an address,Zoe,{},enabled,2020-02-10,2020-02-10
"""


async def bring(
    world: World, text: str | bytes, *, wanted: Format | None = None, dry_run: bool = False,
    name: str = "people.csv", **options: Any,
) -> ImportResult:  # fmt: skip
    raw = text.encode() if isinstance(text, str) else text
    return await import_people(
        world.app.context, WHO, io.BytesIO(raw), Options(**options), wanted=wanted,
        dry_run=dry_run, name=name,
    )  # fmt: skip


async def people(world: World) -> dict[str, Subscriber]:
    return {one.address: one async for one in list_people(world.app.context)}


async def exported(world: World, kind: Format = Format.CSV) -> str:
    file = io.StringIO()
    await export_people(world.app.context, WHO, file, kind)
    return file.getvalue()


def reasons(done: ImportResult) -> dict[str, str]:
    return {one.address: one.reason for one in done.rejected}
