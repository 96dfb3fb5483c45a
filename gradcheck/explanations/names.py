"""The names that the code has for the quantities of the notation, so that formulas can be told in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from gradcheck.explanations.traced.code import Origin
from gradcheck.explanations.traced.first_wrong import Walk
from gradcheck.explanations.traced.quantities import Quantity, Role
from gradcheck.explanations.traced.roles import Fit, LineValues

PLAIN = re.compile(r"[^\W\d]\w*(\.\w+|\[[\w'\"]+\])*")  # dz1, self.W[0], grads['dW1']: what a formula can be written with
LAST = re.compile(r"\[['\"]([^\W\d]\w*)['\"]\]$|\.([^\W\d]\w*)$")  # a key that is a name itself, an attribute
GRADIENTS = (Role.WEIGHT_GRADIENT, Role.BIAS_GRADIENT)
TOLD = (Role.WEIGHT, Role.BIAS, Role.WEIGHTED_INPUT, Role.ACTIVATION, Role.DELTA, *GRADIENTS)  # in each layer


def names(walk: Walk) -> Mapping[str, str]:
    """The code's name by the notation's, within the function that has the first mistake.

    A name that stands for two quantities, as ``delta`` does in a loop over the layers, would say nothing, and is left out.
    """
    where = {one.own.seen.function for one in walk.wrong if one.own.seen is not None}
    found = {str(q): shortened(name) for q in _quantities(walk) if (name := _name(walk, q, where)) is not None}
    times = Counter(found.values())
    return {quantity: name for quantity, name in found.items() if times[name] == 1 and name != quantity and _helps(name)}


def weights_turned(walk: Walk, otherwise: bool) -> bool:
    """Whether the code's W is (n_in, n_out) where it has the first mistake, whatever it was handed."""
    where = {one.own.seen.function for one in walk.wrong if one.own.seen is not None}
    found = set()
    for l in walk.spec.layers:
        fits = [fit for fit in walk.roles.by_quantity.get(Quantity(Role.WEIGHT, l), ()) if _is_name(fit.seen)]
        if here := [fit for fit in fits if fit.seen.function in where and not fit.ones]:
            found.add(_likeliest(here).turned)
    return found.pop() if len(found) == 1 else otherwise


def shortened(name: str) -> str:
    """What it is called: ``A1`` for ``cache['A1']``, ``h`` for ``self.h``; an index stays, ``a[1]``."""
    found = LAST.search(name)
    return found[1] or found[2] if found else name


def _helps(name: str) -> bool:
    """Whether a name is shorter to read than an index into what was handed over, such as ``params[1][0]``."""
    return name.count("[") < 2


def _quantities(walk: Walk) -> list[Quantity]:
    of_biases = () if walk.spec.has_biases else (Role.BIAS, Role.BIAS_GRADIENT)
    layers = [Quantity(role, l) for l in walk.spec.layers for role in TOLD if role not in of_biases]
    return [Quantity(Role.ACTIVATION, 0), Quantity(Role.TARGET, walk.spec.L), *layers]


def _name(walk: Walk, quantity: Quantity, functions: set[str]) -> str | None:
    """The latest name of a right quantity in these functions; of a wrong one that of what stands in its place."""
    fits = [fit for fit in walk.roles.by_quantity.get(quantity, ()) if _is_name(fit.seen)]
    here = [fit for fit in fits if fit.seen.function in functions] if functions else fits
    if here:
        return _likeliest(here).name
    own = walk.own(quantity)
    return own.name if own is not None and _is_name(own) and (not functions or own.function in functions) else None


def _likeliest(fits: list[Fit]) -> Fit:
    """The quantity itself, before what is it times a factor; a short name, ``W2`` for ``params[1][0]``; the first."""
    return min(fits, key=lambda fit: (abs(fit.scale) != 1.0, fit.ones, not fit.name.isidentifier(), fit.seen.first))


def _is_name(seen: LineValues) -> bool:
    return seen.kind is not Origin.RETURNED and PLAIN.fullmatch(seen.name) is not None
