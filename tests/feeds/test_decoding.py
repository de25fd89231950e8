"""Content encodings undone piece by piece."""

import gzip
import tracemalloc
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.feeds.decoding import BodyReader, BodyTooLargeError, BrokenEncodingError


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "Deflate ": raw_deflate,
}


@given(st.binary(max_size=3000), st.sampled_from(sorted(PACKERS)), st.integers(1, 500))
@settings(max_examples=200, deadline=None)
def test_a_body_is_the_same_in_pieces_of_any_size(body: bytes, encoding: str, size: int) -> None:
    packed = PACKERS[encoding](body)
    reader = BodyReader(encoding, 4000)
    for at in range(0, len(packed), size):
        reader.feed(packed[at : at + size])
    assert reader.finish() == body


@given(st.binary(max_size=400), st.sampled_from(["", "gzip", "deflate", "br", "x"]))
@settings(max_examples=300, deadline=None)
def test_any_bytes_are_decoded_within_the_limit_or_refused(body: bytes, encoding: str) -> None:
    try:
        reader = BodyReader(encoding, 300)
        reader.feed(body)
        assert len(reader.finish()) <= 300
    except (BodyTooLargeError, BrokenEncodingError):
        pass
    else:
        assert encoding in ("", "gzip", "deflate")


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
def test_a_bomb_never_unfolds_beyond_the_limit(encoding: str) -> None:
    bomb = PACKERS[encoding](bytes(20_000_000))
    reader = BodyReader(encoding, 50_000)
    tracemalloc.start()
    with pytest.raises(BodyTooLargeError):
        reader.feed(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(reader.so_far) == 50_000
    assert peak < 2_000_000
