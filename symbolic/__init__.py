"""Networks as formulas: a straight-line program that SymPy differentiates and many readings evaluate."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symbolic.programs.build import program
    from symbolic.programs.compiled import closed_form
    from symbolic.report.derivation import derive

__all__ = ["program", "closed_form", "derive"]

# Each name is imported when it is first used, so that importing the package costs nothing.
_MODULES = {
    "program": "symbolic.programs.build",
    "closed_form": "symbolic.programs.compiled",
    "derive": "symbolic.report.derivation",
}


def __getattr__(name: str) -> Any:
    """Import a public name from its module and keep it."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it offers {', '.join(__all__)}")
    value = globals()[name] = getattr(import_module(_MODULES[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
