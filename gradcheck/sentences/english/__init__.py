"""Every sentence in English: one table a room, each a key and its template."""

DOORS = ()
