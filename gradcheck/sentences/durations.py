"""A time as one says it: ``40 seconds``, ``3 minutes``, ``2.5 hours``, ``100 days``."""

from __future__ import annotations

from gradcheck.sentences.sentence import Sentence


def duration(seconds: float) -> Sentence:
    """The largest unit of which there are at least two.

    >>> str(duration(14)), str(duration(200)), str(duration(9000))
    ('14 seconds', '3 minutes', '2.5 hours')
    """
    for unit, name in ((86400.0, "days"), (3600.0, "hours"), (60.0, "minutes")):
        if seconds >= 2 * unit:
            return Sentence(f"functions.{name}", count=seconds / unit)
    return Sentence("functions.seconds", count=seconds)
