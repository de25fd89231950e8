"""Whether the DNS has the keys that we sign with."""

from collections.abc import Sequence
from dataclasses import dataclass

from digest.domain.dkim_record import DkimRecord, RecordState, RecordVerdict, compare_record
from digest.ports import TxtLookup


@dataclass(frozen=True, slots=True)
class RecordCheck:
    """A key's record and what became of looking it up."""

    record: DkimRecord
    verdict: RecordVerdict


async def check_records(records: Sequence[DkimRecord], lookup: TxtLookup) -> list[RecordCheck]:
    """Return for each record, in order, what the DNS has in its place."""
    checks = []
    for record in records:
        answer = await lookup.txt(record.name)
        if answer.failure:
            verdict = RecordVerdict(RecordState.UNKNOWN, answer.failure)
        else:
            verdict = compare_record(answer.records, record)
        checks.append(RecordCheck(record, verdict))
    return checks
