"""Changes that follow from what is wrong: the slope of this layer's activation, the right formula in the code's own names."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from gradcheck.explanations.repairs.changes import counts, decay_factors, values
from gradcheck.explanations.repairs.indices import by_loops
from gradcheck.explanations.repairs.statement import PARTS, Expression, SourceStatement
from gradcheck.explanations.traced.code import Origin
from gradcheck.explanations.traced.first_wrong import Walk, Wrong
from gradcheck.explanations.traced.quantities import Quantity, Role
from reference_nets.spec import LEAKY_SLOPE

NEAREST = 12  # names of the function that may stand for z or a where a loop keeps these in lists
BY_A = {"sigmoid": ("{0} * (1 - {0})",), "tanh": ("(1 - {0} ** 2)",), "relu": ("({0} > 0)",)}
BY_Z = {
    "sigmoid": ("np.exp(-{0}) / (1 + np.exp(-{0})) ** 2",),
    "tanh": ("(1 - np.tanh({0}) ** 2)",),
    "relu": ("({0} > 0)",),
    "leaky_relu": (f"np.where({{0}} > 0, 1, {LEAKY_SLOPE})",),
    "softplus": ("1 / (1 + np.exp(-{0}))",),
    "silu": ("(1 + {0} * (1 - 1 / (1 + np.exp(-{0})))) / (1 + np.exp(-{0}))",),
    "elu": ("np.where({0} > 0, 1, np.exp({0}))",),
}
AXES = ("axis=0", "axis=1", "axis=1, keepdims=True", "axis=0, keepdims=True")
PRODUCTS = ("{0}.T @ {1}", "{0} @ {1}.T", "{1}.T @ {0}", "np.outer({0}, {1})")
VALUES = {
    "sigmoid": "1 / (1 + np.exp(-{0}))",
    "tanh": "np.tanh({0})",
    "relu": "np.maximum(0, {0})",
    "leaky_relu": f"np.where({{0}} > 0, {{0}}, {LEAKY_SLOPE} * {{0}})",
    "softplus": "np.log1p(np.exp({0}))",
    "silu": "{0} / (1 + np.exp(-{0}))",
}
Product = ast.Mult | ast.Div


def directed(of: SourceStatement, current: Walk, wrong: Wrong) -> Iterator[str]:
    """New texts of a statement that makes a delta, dW or db."""
    layer = wrong.quantity.layer
    forms = _slopes(of, current, layer)
    if wrong.quantity.role is Role.WEIGHTED_INPUT:
        biases = names_of(of, current, Role.BIAS, layer)
        for value in values(of):
            yield from changed(of, value, [f"{of.segment(value)} + {b}" for b in biases])
    yield from _renamed(of, current, wrong.quantity)
    for value in values(of):
        yield from changed(of, value, (f"{of.as_factor(value)} * {slope}" for slope in forms))
    for whole, before in _runs(of):
        if before is not None:
            yield from changed(of, whole, [of.as_operand(before)])
            yield from changed(of, whole, (f"{of.as_factor(before)} * {slope}" for slope in forms))
        else:
            yield from changed(of, whole, forms)
    for node in of.expressions:
        is_sum = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub | ast.Pow)
        if is_sum or isinstance(node, ast.Call | ast.Compare | ast.IfExp):
            yield from changed(of, node, [_bare(form) if node is of.value else form for form in forms])
    yield from _whole(of, current, wrong, forms)
    if wrong.part is not None and wrong.part.role is Role.BACK:
        above = _slopes(of, current, layer + 1)[:10]
        for node in of.expressions:
            if isinstance(node, ast.Name) and node.id in of.atoms[:NEAREST]:
                yield from changed(of, node, (f"({node.id} * {slope})" for slope in above))


_MADE_OF = {
    Role.DELTA: ((Role.WEIGHTED_INPUT, 0), (Role.ACTIVATION, 0), (Role.WEIGHT, 1), (Role.DELTA, 1)),
    Role.WEIGHT_GRADIENT: ((Role.ACTIVATION, -1), (Role.DELTA, 0)),
    Role.BIAS_GRADIENT: ((Role.DELTA, 0),),
    Role.WEIGHTED_INPUT: ((Role.ACTIVATION, -1), (Role.WEIGHT, 0), (Role.BIAS, 0)),
    Role.ACTIVATION: ((Role.WEIGHTED_INPUT, 0),),
}


def _renamed(of: SourceStatement, current: Walk, quantity: Quantity) -> Iterator[str]:
    """What a quantity is made of, in the place of another name."""
    for role, shift in _MADE_OF.get(quantity.role, ()):
        names = names_of(of, current, role, quantity.layer + shift)
        for node in of.expressions:
            if isinstance(node, PARTS) and isinstance(node.ctx, ast.Load):
                own = of.segment(node)
                yield from changed(of, node, [name for name in names if name != own])


def _bare(form: str) -> str:
    """A formula without the brackets around all of it."""
    return form[1:-1] if form.startswith("(") and form.endswith(")") else form


def changed(of: SourceStatement, node: ast.AST, texts: Iterable[str]) -> Iterator[str]:
    """The statement with each of several texts in the place of a part."""
    yield from (text for new in texts if (text := of.changed([(node, new)])) is not None)


def names_of(of: SourceStatement, current: Walk, role: Role, layer: int) -> list[str]:
    """What the function of a statement calls a right quantity, as far as that is a name that can be written there."""
    function = of.function.name if of.function else ""
    fits = [fit for fit in current.roles.by_quantity.get(Quantity(role, layer), ()) if not fit.ones]
    kept = [fit for fit in fits if fit.seen.kind is not Origin.RETURNED]
    here = [fit.name for fit in kept if fit.seen.function.rpartition(".")[2] == function or fit.name.startswith("self.")]
    names = list(dict.fromkeys(reversed(here)))
    plain = [name for name in names if name.isidentifier() or name in of.atoms or _is_at_hand(of, name)][:3]
    return list(dict.fromkeys((*plain, *by_loops(of, names))))[:7]


def _is_at_hand(of: SourceStatement, name: str) -> bool:
    """Whether a name with attributes and elements begins with what the function takes; ``self.z`` in a method."""
    taken = [one.arg for one in of.function.args.args] if of.function else []
    base = name.partition("[")[0]
    return base in taken or (base.startswith("self.") and "self" in taken and "[" not in name)


def _slopes(of: SourceStatement, current: Walk, layer: int) -> list[str]:
    """The slope of a layer's activation, in every form that this function has the names for; those that are known first."""
    activation = current.spec.activations[layer - 1]
    found: list[str] = []
    known = [names_of(of, current, role, layer) for role in (Role.ACTIVATION, Role.WEIGHTED_INPUT)]
    near = [name for name in of.atoms[:NEAREST] if name not in (*known[0], *known[1])]
    slope = names_of(of, current, Role.SLOPE, layer)
    found += slope
    for name in (*known[1], *known[0], *near):
        found += [f"{function}({name})" for function in of.slope_functions]
    for names in (known[0], near):
        found += [form.format(name) for name in names for form in BY_A.get(activation, ())]
    for names in (known[1], near):
        found += [form.format(name) for name in names for form in BY_Z.get(activation, ())]
    return list(dict.fromkeys(found))


def _runs(of: SourceStatement) -> Iterator[tuple[Expression, Expression | None]]:
    """Runs of factors in the products of a statement: what holds all up to the last of them, and what stands before them."""
    for node in of.expressions:
        if isinstance(node, ast.BinOp) and isinstance(node.op, Product):
            before: Expression = node.left
            yield node, before
            while isinstance(before, ast.BinOp) and isinstance(before.op, Product):
                before = before.left
                yield node, before
            yield node, None


def _whole(of: SourceStatement, current: Walk, wrong: Wrong, slopes: list[str]) -> Iterator[str]:
    """The right formula as a whole."""
    for value in values(of):
        yield from changed(of, value, _formulas(of, current, wrong, slopes))


def _formulas(of: SourceStatement, current: Walk, wrong: Wrong, slopes: list[str]) -> list[str]:
    spec, layer = current.spec, wrong.quantity.layer
    named = {role: names_of(of, current, role, layer) for role in Role}
    if wrong.quantity.role is Role.DELTA:
        plain = _output(of, current, named) if layer == spec.L else _hidden(of, current, layer, slopes)
        ways = [*counts(of)[:2], *(f"{y}.size" for y in named[Role.TARGET][:1])]
        return plain + [f"({form}) / {count}" for form in plain for count in ways] if layer == spec.L else plain
    own = current.own(Quantity(Role.DELTA, layer))
    deltas = [own.name] if own is not None else []
    decay = [f" + {lam} * {W}" for lam in decay_factors(of) for W in named[Role.WEIGHT]] if spec.l2 else []
    if wrong.quantity.role is Role.BIAS_GRADIENT:
        sums = [f"{d}.sum({axis})" for d in deltas for axis in AXES]
        return sums + [f"{form} / {count}" for form in sums for count in counts(of)[:2]]
    if wrong.quantity.role is Role.WEIGHT_GRADIENT:
        below = names_of(of, current, Role.ACTIVATION, layer - 1)
        pairs = [(d, a) for d in deltas for a in below]
        products = [form.format(d, a) for d, a in pairs for form in PRODUCTS]
        found = products + [f"{form} / {count}" for form in products for count in counts(of)[:2]]
        return [form + term for form in found for term in decay] + found
    return _forward(of, current, wrong, named)


def _forward(of: SourceStatement, current: Walk, wrong: Wrong, named: dict[Role, list[str]]) -> list[str]:
    """The right z or a of a layer."""
    layer, name = wrong.quantity.layer, current.spec.activations[wrong.quantity.layer - 1]
    below, weights, biases = names_of(of, current, Role.ACTIVATION, layer - 1), named[Role.WEIGHT], named[Role.BIAS]
    products = [form.format(a, W) for a in below for W in weights for form in ("{0} @ {1}.T", "{1} @ {0}", "{0} @ {1}")]
    sums = [f"{product} + {b}" for product in products for b in biases]
    inner = named[Role.WEIGHTED_INPUT] + [f"({form})" for form in sums]
    ways = [VALUES[name]] if name in VALUES else []
    ways = [f"{function}({{0}})" for function in of.functions if name in function.lower()] + ways
    return sums + [_plainly(way, z) for z in inner for way in ways]


def _plainly(way: str, z: str) -> str:
    """A function of something; no brackets within brackets."""
    return way.format(z).replace("((", "(").replace("))", ")") if way.count("(") == 1 and z.startswith("(") else way.format(z)


def _output(of: SourceStatement, current: Walk, named: dict[Role, list[str]]) -> list[str]:
    errors = [f"{a} - {y}" for a in named[Role.ACTIVATION] for y in named[Role.TARGET]]
    if current.spec.activations[-1] == "identity":
        return [*errors, *(f"2 * ({error})" for error in errors)]
    if current.spec.activations[-1] != "softmax":
        slopes = _slopes(of, current, current.spec.L)[:6]
        return errors + [f"({error}) * {slope}" for error in errors for slope in slopes]
    given = named[Role.COST_SLOPE] or [f"({error})" for error in errors]
    pairs = [(a, g) for a in named[Role.ACTIVATION] for g in given]
    full = [f"{a} * ({g} - ({g} * {a}).sum(axis={axis}, keepdims=True))" for a, g in pairs for axis in (1, 0)]
    return errors + full


def _hidden(of: SourceStatement, current: Walk, layer: int, slopes: list[str]) -> list[str]:
    above = current.own(Quantity(Role.DELTA, layer + 1))
    weights = names_of(of, current, Role.WEIGHT, layer + 1)
    if above is None:
        return []
    d = above.name
    backs = [form for W in weights for form in (f"({d} @ {W})", f"({W}.T @ {d})", f"({d} @ {W}.T)")]
    return [f"{back} * {slope}" for slope in slopes[:8] for back in backs]
