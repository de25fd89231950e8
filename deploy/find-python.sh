#!/bin/sh
# Prints a Python that can make our virtual environment, or says what is missing (exit 1).
# PYTHON, where set, is the only one looked at.
set -eu

sound='import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'
without_venv=

for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
    "$candidate" -c "$sound" 2>/dev/null || continue
    if "$candidate" -c 'import venv, ensurepip' 2>/dev/null; then
        echo "$candidate"
        exit 0
    fi
    without_venv=$candidate
done

if [ -n "$without_venv" ]; then
    echo "$without_venv has no venv module; on Debian and Ubuntu: apt install python3-venv" >&2
elif [ -n "${PYTHON:-}" ]; then
    echo "PYTHON=$PYTHON is not Python 3.11, 3.12 or 3.13" >&2
else
    echo "Python 3.11, 3.12 or 3.13 is needed; say PYTHON=/path/to/python3 if it is not on PATH" >&2
fi
exit 1
