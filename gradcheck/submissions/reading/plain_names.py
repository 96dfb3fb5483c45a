"""Names of a submission's files as the confined process and the report say them: each can be seen, and each once."""

from __future__ import annotations

from collections.abc import Iterable

from reports.neutral import spelled


def told_apart(names: Iterable[str]) -> list[str]:
    """The names spelled out, each once; none is like ``<string>``, by which Python calls code of its own."""
    found: dict[str, None] = {}
    for name in names:
        plain = spelled(name)
        plain = f"./{plain}" if plain.startswith("<") else plain
        number = 1
        while (once := plain if number == 1 else f"{plain} ({number})") in found:
            number += 1
        found[once] = None
    return list(found)
