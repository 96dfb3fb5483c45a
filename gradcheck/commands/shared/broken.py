"""If a library is missing or broken, one sentence says which, and what to install."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from gradcheck.commands.shared.streams import is_somewhere

Result = TypeVar("Result")


class Broken(Exception):  # noqa: N818 - what is broken: a library, said in a sentence
    """A library is missing, too old or cannot be imported."""


def unless_broken(work: Callable[[], Result]) -> Result:
    """Do the work; whatever a broken library makes of it is told as that library's, `Broken`."""
    try:
        return work()
    except (KeyboardInterrupt, MemoryError):
        raise
    except (ValueError, OSError, SystemExit) as error:  # ours, or what an import has raised
        if not _while_importing(error) or (isinstance(error, OSError) and not is_somewhere()):
            raise
        _raise_broken(error)
        raise
    except Exception as error:
        _raise_broken(error)
        raise


def _while_importing(error: BaseException) -> bool:
    """Whether it was raised below the top level of a module that was being imported."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_name != "<module>":
        trace = trace.tb_next
    return trace is not None


def _raise_broken(error: BaseException) -> None:
    from gradcheck.commands.shared.libraries import first_broken

    if (library := first_broken()) is not None:
        raise Broken(f"{library}; see also: gradcheck doctor") from error
