"""Is this gradient right, and if not, why not? Witnesses, a judge, and how to ask them."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from gradcheck.siblings import watch
from gradcheck.version import __version__ as __version__

if TYPE_CHECKING:
    from gradcheck.certified.api import certified_gradient
    from gradcheck.check import assert_grad, check_grad
    from gradcheck.linear_maps import check_hvp, check_jvp, check_vjp
    from gradcheck.network_check import check_network
    from gradcheck.numeric_nets import numeric_gradient
    from gradcheck.order_evidence import convergence
    from gradcheck.validation import validate

__all__ = [
    "assert_grad",
    "certified_gradient",
    "check_grad",
    "check_hvp",
    "check_jvp",
    "check_network",
    "check_vjp",
    "convergence",
    "numeric_gradient",
    "validate",
]

watch()

# Each name is imported when it is first used, so that importing the package costs nothing.
_MODULES = {
    "assert_grad": "gradcheck.check",
    "certified_gradient": "gradcheck.certified.api",
    "check_grad": "gradcheck.check",
    "check_hvp": "gradcheck.linear_maps",
    "check_jvp": "gradcheck.linear_maps",
    "check_network": "gradcheck.network_check",
    "check_vjp": "gradcheck.linear_maps",
    "convergence": "gradcheck.order_evidence",
    "numeric_gradient": "gradcheck.numeric_nets",
    "validate": "gradcheck.validation",
}


def __getattr__(name: str) -> Any:
    """Import a public name from its module and keep it."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it offers {', '.join(__all__)}")
    value = globals()[name] = getattr(import_module(_MODULES[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
