"""One-variable lemmas: the opaque names mean what they should, and each d is the derivative."""

import pytest
import sympy as sp

from reference_nets.activations import ACTIVATIONS as NUMPY_ACTIVATIONS
from reference_nets.costs import COSTS as NUMPY_COSTS
from reference_nets.spec import ACTIVATIONS, COSTS, LOG_COST_OUTPUTS
from symbolic.programs.array_functions import ARRAY_FUNCTIONS
from symbolic.programs.functions import COST_TERMS, DEFINITIONS, OPAQUE, activation, derivative, softmax, z

# Written again, by hand, from the books: (phi, phi') to the right and, where there is another, to the left of zero.
s = 1 / (1 + sp.exp(-z))
t = sp.tanh(sp.sqrt(2 / sp.pi) * (z + sp.Rational(44715, 1000000) * z**3))
BOOK = {
    "identity": (z, 1),
    "sigmoid": (s, s * (1 - s)),
    "tanh": (sp.tanh(z), 1 - sp.tanh(z) ** 2),
    "relu": (z, 1),
    "leaky_relu": (z, 1),
    "elu": (z, 1),
    "softplus": (sp.log(1 + sp.exp(z)), s),
    "silu": (z * s, s + z * s * (1 - s)),
    "gelu": (
        z * (1 + t) / 2,
        (1 + t) / 2 + z * (1 - t**2) * sp.sqrt(2 / sp.pi) * (1 + 3 * sp.Rational(44715, 1000000) * z**2) / 2,
    ),
}
LEFT = {"relu": (0, 0), "leaky_relu": (z / 100, sp.Rational(1, 100)), "elu": (sp.exp(z) - 1, sp.exp(z))}


def equal(left, right):
    return sp.simplify((left - right).rewrite(sp.exp)) == 0


@pytest.mark.parametrize("name", BOOK)
def test_definition_and_derivative_are_those_of_the_books(name):
    definition = DEFINITIONS[name]
    pieces = [piece for piece, _ in definition.pieces], [piece for piece, _ in definition.derivative.pieces]
    expected = [LEFT[name], BOOK[name]] if name in LEFT else [BOOK[name]]
    for phi, dphi, (book_phi, book_dphi) in zip(*pieces, expected, strict=True):
        assert equal(phi, sp.sympify(book_phi)) and equal(dphi, sp.sympify(book_dphi))


@pytest.mark.parametrize("name", DEFINITIONS)
def test_each_piece_of_the_derivative_is_the_limit_of_the_difference_quotient(name):
    h, place = sp.Symbol("h", real=True), sp.Rational(1, 3)
    for (phi, end), (dphi, _) in zip(DEFINITIONS[name].pieces, DEFINITIONS[name].derivative.pieces, strict=True):
        at = place if end == sp.oo and name != "huber" else (end - place if end != sp.oo else 1 + place)
        quotient = sp.limit((phi.subs(z, at + h) - phi.subs(z, at)) / h, h, 0)
        assert abs(sp.N(quotient - dphi.subs(z, at), 30)) < 1e-25


def test_pieces_meet_at_their_ends_and_only_relu_and_leaky_relu_have_kinks():
    for definition in DEFINITIONS.values():
        formulas = [formula for formula, _ in definition.pieces]
        for left, right, end in zip(formulas, formulas[1:], definition.ends, strict=False):
            assert left.subs(z, end) == right.subs(z, end)
    assert {name: row.kinks for name, row in DEFINITIONS.items() if row.kinks} == {"relu": (0,), "leaky_relu": (0,)}


@pytest.mark.parametrize("name", OPAQUE)
def test_the_opaque_derivative_is_opaque_too(name):
    if name.startswith("d") and name[1:] in OPAQUE:
        return
    argument = sp.Symbol("q")
    assert sp.diff(activation(name, argument), argument) == derivative(name, argument)
    assert sp.diff(activation(name, argument**2), argument) == 2 * argument * derivative(name, argument**2)


def test_the_derivative_of_softmax_is_that_of_its_definition():
    names = sp.symbols("z0:3", real=True)
    written = [sp.exp(value) / sum(map(sp.exp, names)) for value in names]
    meaning = {softmax(k, *names): written[k] for k in range(3)}
    for k in range(3):
        for j in range(3):
            ours = sp.diff(softmax(k, *names), names[j]).xreplace(meaning)
            assert sp.simplify(ours - sp.diff(written[k], names[j])) == 0


def test_every_activation_and_cost_stands_in_all_tables():
    """Adding one is two rows, written independently; this names the row that is missing."""
    assert set(NUMPY_ACTIVATIONS) == set(ACTIVATIONS), "reference_nets/activations.py"
    assert set(DEFINITIONS) - {"huber"} == set(ACTIVATIONS) - {"softmax"}, "symbolic/programs/functions.py"
    assert set(NUMPY_COSTS) == set(COSTS), "reference_nets/costs.py"
    assert set(COST_TERMS) == set(COSTS), "symbolic/programs/functions.py"
    assert set(LOG_COST_OUTPUTS) == {name for name, term in COST_TERMS.items() if term(z, z, 1).has(sp.log)}
    needed = {name for base in DEFINITIONS for name in (base, f"d{base}")} - {"identity", "didentity"}
    assert needed | {"softmax"} <= set(ARRAY_FUNCTIONS), "symbolic/programs/array_functions.py"
