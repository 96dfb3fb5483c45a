"""Is this gradient right, and if not, why not? Witnesses, a judge, and how to ask them."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from gradcheck.siblings import watch
from gradcheck.version import __version__ as __version__

if TYPE_CHECKING:
    from gradcheck.functions.check import assert_grad, check_grad
    from gradcheck.functions.enclosed_gradient import certified_gradient
    from gradcheck.functions.linear_maps import check_hvp, check_jvp, check_vjp
    from gradcheck.functions.order_evidence import convergence
    from gradcheck.networks.check import check_network
    from gradcheck.submissions.validation import validate
    from gradcheck.witnesses.network_differences import numeric_gradient

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
    "assert_grad": "gradcheck.functions.check",
    "certified_gradient": "gradcheck.functions.enclosed_gradient",
    "check_grad": "gradcheck.functions.check",
    "check_hvp": "gradcheck.functions.linear_maps",
    "check_jvp": "gradcheck.functions.linear_maps",
    "check_network": "gradcheck.networks.check",
    "check_vjp": "gradcheck.functions.linear_maps",
    "convergence": "gradcheck.functions.order_evidence",
    "numeric_gradient": "gradcheck.witnesses.network_differences",
    "validate": "gradcheck.submissions.validation",
}


def __getattr__(name: str) -> Any:
    """Import a public name from its module and keep it."""
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}; it offers {', '.join(__all__)}")
    value = globals()[name] = getattr(import_module(_MODULES[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
