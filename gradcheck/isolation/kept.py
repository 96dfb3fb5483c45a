"""Templates that are kept while many submissions are judged; without them each submission has a fresh interpreter."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from gradcheck.isolation.faults import SandboxFailure
from gradcheck.isolation.layers import Level
from gradcheck.isolation.places import Places
from gradcheck.isolation.process import FreshProcess
from gradcheck.isolation.spawn import ENVIRONMENT
from gradcheck.isolation.started import ConfinedProcess
from gradcheck.isolation.template import Template, serves

_kept: dict[tuple[str, ...], Template] | None = None  # by layers and places; None where none are kept
_making = threading.Lock()


@contextmanager
def templates(*, kept: bool = True) -> Iterator[None]:
    """While this holds, processes are forked from templates where their level allows it; or, without ``kept``, none is."""
    global _kept
    before, _kept = _kept, {} if kept else None
    try:
        yield
    finally:
        mine, _kept = _kept, before
        for template in (mine or {}).values():
            template.close()


def started(level: Level, places: Places, environment: Mapping[str, str] | None) -> ConfinedProcess:
    """A process that has read nothing yet: forked where a template is kept that can be, else started."""
    if _kept is not None and environment is None and serves(level):
        with contextlib.suppress(OSError, SandboxFailure):
            return _forked(_kept, level, places)
    return FreshProcess(level, places, {**ENVIRONMENT, **(environment or {})})


def _forked(kept: dict[tuple[str, ...], Template], level: Level, places: Places) -> ConfinedProcess:
    name = (*level.layers, repr(places))
    with _making:
        template = kept.get(name) or kept.setdefault(name, Template(level, places))
    try:
        return template.fork()
    except OSError:
        with _making:
            if kept.get(name) is template:
                del kept[name]
        template.close()
        raise
