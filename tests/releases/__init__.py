"""The databases of earlier releases, as their own programs left them.

Each is a text that SQLite reads, with what belongs beside it in its first lines. Before a release,
``python -m tests.releases`` writes the one of the present program; it stays for ever, and
test_releases.py upgrades every one of them.
"""
