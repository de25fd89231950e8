"""Brings templates/locale/*.po up to date and lists what is left to translate."""

import sys

from tests.translations.catalogues import bring_up_to_date

if __name__ == "__main__":
    left = bring_up_to_date()
    sys.stdout.write("".join(f"{line}\n" for line in left))
    sys.exit(1 if left else 0)
