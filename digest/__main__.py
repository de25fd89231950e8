"""`python -m digest`, and the command `digest`."""

import sys

from digest.parts import answer_quickly


def main() -> None:
    """Run the command line; a health check without loading it, which takes ten times as long."""
    if sys.argv[1:2] == ["healthcheck"]:
        answer = answer_quickly(sys.argv[2:])
        if answer is not None:
            code, text = answer
            sys.stdout.write(text)
            raise SystemExit(code)
    from digest.cli import main as whole  # noqa: PLC0415  loads everything

    whole()


if __name__ == "__main__":
    main()
