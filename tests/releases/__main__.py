"""``python -m tests.releases [FOLDER]`` freezes the database of the present program."""

import asyncio
import sys
from pathlib import Path

from tests.releases.freezing import freeze

if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    sys.stdout.write(f"{asyncio.run(freeze(folder))}\n")
