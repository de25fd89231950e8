"""Seen sets: which still-eligible papers a reader has had, packed and interned.

A set is stored as the differences of its sorted ids, each as an unsigned LEB128 varint (DWARF 5,
section 7.6). Equal sets have equal bytes, so the bytes' hash is the set's identity.
"""

import hashlib
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

EMPTY_SEEN_SET = 1  # row id of the empty set, laid down by the first migration


def pack_ids(ids: Iterable[int]) -> bytes:
    """Return the canonical bytes of a set of positive paper ids."""
    packed = bytearray()
    last = 0
    for paper_id in sorted(set(ids)):
        gap = paper_id - last
        if gap <= 0:
            raise ValueError(f"a paper id must be positive, not {paper_id}")
        last = paper_id
        while gap > 0x7F:
            packed.append(gap & 0x7F | 0x80)
            gap >>= 7
        packed.append(gap)
    return bytes(packed)


def unpack_ids(packed: bytes) -> frozenset[int]:
    """Return the ids of a packed set; raises ValueError on bytes that are cut off."""
    ids: set[int] = set()
    last = gap = shift = 0
    for byte in packed:
        gap |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            last += gap
            ids.add(last)
            gap = shift = 0
    if shift:
        raise ValueError("a packed seen set ends inside a number")
    return frozenset(ids)


def seen_digest(packed: bytes) -> str:
    """Return the name under which a packed set is interned (SHA-256, hexadecimal)."""
    return hashlib.sha256(packed).hexdigest()


def next_seen(
    seen: AbstractSet[int], sent: Iterable[int], eligible: AbstractSet[int]
) -> frozenset[int]:
    """Return the set after a digest: what was seen or sent, as far as it is still eligible.

    ``eligible`` holds every id of every alias closure that may still be offered, so that an id
    seen before a merge keeps its paper out after it.
    """
    return frozenset(seen & eligible) | frozenset(sent)


def seen_mask(seen: AbstractSet[int], masks: Mapping[int, int]) -> int:
    """Return the pool's bits that a seen set covers; ``masks`` maps any closure id to its bits."""
    mask = 0
    for paper_id in seen:
        mask |= masks.get(paper_id, 0)
    return mask
