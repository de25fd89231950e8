"""Pick the named packages out of a lock file, their hashes with them: pick.py NAMES LOCK."""

import re
import sys
from pathlib import Path

ENTRY = re.compile(r"^([A-Za-z0-9._-]+)==(?:.*\\\n)*.*\n", re.MULTILINE)


def pick(names: str, lock: str) -> str:
    """Return the entries of ``names``, one a line; raise SystemExit where one is missing."""
    entries = {found[1]: found[0] for found in ENTRY.finditer(lock)}
    wanted = [line for line in names.split("\n") if line and not line.startswith("#")]
    missing = [name for name in wanted if name not in entries]
    if missing:
        raise SystemExit(f"not in the lock: {', '.join(missing)}")
    return "".join(entries[name] for name in wanted)


if __name__ == "__main__":
    names, lock = (Path(word).read_text("utf-8") for word in sys.argv[1:])
    sys.stdout.write(pick(names, lock))
