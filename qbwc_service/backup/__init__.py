"""The whole database in one file, and back: backup, restore, move, SQLite to PostgreSQL.

archive.py       the file: a zip with one member of JSON lines a table, and a manifest
table_rows.py    rows out of a database and into it, as plain values, one at a time
taking.py        one consistent state, written beside its target and then renamed
kept.py          how backups in a folder are called, and which of them stay
restoring.py     the tables of the backup's version, its rows, then this version's tables
check_first.py   what was under way when the backup was made is over; QuickBooks is asked first

The secret key is never in it.
"""
