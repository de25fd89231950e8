"""Imported by the process that commands are forked from: an installation was opened there once.

So modules, templates, certificates and the catalogue are read. Settings, keys and databases are
each command's own.
"""

import gc

from tests.prepared import prepared_sqlite

prepared_sqlite()
gc.freeze()  # what is here by now is never garbage; a fork that looks through it copies its pages
