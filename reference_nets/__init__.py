"""The networks under study: notation, forward pass, cost and delta backpropagation in NumPy."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from reference_nets.network import backward, cost, forward
    from reference_nets.points import init_params
    from reference_nets.spec import NetworkSpec

__all__ = ["NetworkSpec", "init_params", "forward", "cost", "backward"]

# Each name is imported when it is first used, so that importing the package costs nothing.
_MODULES = {
    "NetworkSpec": "reference_nets.spec",
    "init_params": "reference_nets.points",
    "forward": "reference_nets.network",
    "cost": "reference_nets.network",
    "backward": "reference_nets.network",
}


def __getattr__(name: str) -> Any:
    """Import a public name from its module and keep it."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it offers {', '.join(__all__)}")
    value = globals()[name] = getattr(import_module(_MODULES[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
