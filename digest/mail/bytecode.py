"""Keeps what templates were compiled to: one process compiles each of them once."""

from types import CodeType

from jinja2.bccache import Bucket, BytecodeCache


class KeptBytecode(BytecodeCache):
    """Compiled templates in memory, shared by environments that differ in their globals alone.

    A template is known by its name, file and source: a changed one is compiled anew.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType | None] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Fill the bucket of a template that was compiled before."""
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled just now."""
        self._kept[bucket.key, bucket.checksum] = bucket.code
