"""Backups: the database as of one moment, every file it refers to, and the provider's own pages.

A backup is a folder: ``manifest.json`` (what is in it, with checksums), the database, ``files.txt``
(hash and size of each file) and ``files/``. It is built as ``unfinished`` and renamed when whole,
so a folder with a manifest is a whole backup. The database is taken first: a file is stored before
the row that refers to it is committed, and is never changed or deleted, so every file of the
snapshot is still there when it is copied afterwards.
"""
