"""Progress on standard error: a bar where a person watches, nothing in a file or a pipe. The only module with tqdm."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from tqdm import tqdm

T = TypeVar("T")


def progress(items: Iterable[T], *, label: str, quiet: bool, describe: Any = str) -> Iterator[T]:
    """The items one by one, with a bar that names the one in work."""
    with tqdm(items, desc=label, unit="", file=sys.stderr, disable=_hidden(quiet), leave=False) as bar:
        for item in bar:
            bar.set_postfix_str(describe(item), refresh=True)
            yield item


@contextmanager
def epochs(total: int, *, quiet: bool) -> Iterator[tqdm[Any]]:
    """A bar over training epochs; call ``bar.update()`` and ``bar.set_postfix_str(text)``."""
    with tqdm(total=total, desc="training", unit="epoch", file=sys.stderr, disable=_hidden(quiet), leave=False) as bar:
        yield bar


@contextmanager
def stages(*, quiet: bool) -> Iterator[Callable[[str, int, int], None]]:
    """A bar for work in stages: call ``tell(what, done, total)`` as often as there is something to tell."""
    with tqdm(desc="", unit="", file=sys.stderr, disable=_hidden(quiet), leave=False) as bar:

        def tell(what: str, done: int, total: int) -> None:
            if bar.disable:
                return
            if bar.total != total or done < bar.n:  # work of another kind: its time is its own
                bar.reset(total)
            bar.set_description(what, refresh=False)
            bar.n = done
            bar.refresh()

        yield tell


def _hidden(quiet: bool) -> bool:
    return quiet or not sys.stderr.isatty()
