"""The recursion is proven where it is right and refuted where it is wrong, with the first quantity that differs."""

import pytest
import sympy as sp

from reference_nets.examples.presets import PRESETS
from reference_nets.spec import ACTIVATIONS, COSTS, NetworkSpec, pair_problem
from symbolic.derivation.equality import same_function
from symbolic.derivation.proof import prove
from symbolic.derivation.refutation import differs_on_balls
from symbolic.mistakes.catalogue import all_variants, plant
from symbolic.programs.build import program
from symbolic.programs.statements import symbol

PAIRS = [(name, cost) for cost in COSTS for name in ACTIVATIONS if pair_problem(name, 2, cost) is None]


@pytest.mark.parametrize("sizes", ["2-3:{}-2", "3-4:{}-2"])
@pytest.mark.parametrize("hidden", ACTIVATIONS[:-1])
def test_every_hidden_activation_is_proven_by_expansion(sizes, hidden):
    proof = prove(program(NetworkSpec.parse(sizes.format(hidden) + "+l2=0.5")))
    assert (proof.method, proof.holds, proof.error_probability) == ("expansion", True, 0)


@pytest.mark.parametrize("sizes", ["2-3:tanh-2", "3-4:relu-2"])
@pytest.mark.parametrize(("output", "cost"), PAIRS)
def test_every_output_activation_and_cost_is_proven_by_expansion(sizes, output, cost):
    proof = prove(program(NetworkSpec.parse(f"{sizes}:{output}/{cost}")))
    assert (proof.method, proof.holds) == ("expansion", True)


@pytest.mark.parametrize("name", [*PRESETS])
def test_every_preset_is_proven(name):
    proof = prove(program(PRESETS[name].spec))
    assert proof.holds and proof.method in ("expansion", "induction")
    assert proof.entries == PRESETS[name].spec.n_params


def test_a_proof_counts_every_entry_of_every_rule():
    proof = prove(program(NetworkSpec.parse("2-3-3-2+l2=1")))
    entries = {(lemma.rule, lemma.layer): lemma.entries for lemma in proof.lemmas}
    assert entries["BP1", 3] == 2 and entries["BP2", 1] == 3
    assert sum(count for (rule, _), count in entries.items() if rule in ("BP3", "BP4")) == 29
    assert sum(count for (rule, _), count in entries.items() if rule == "l2") == 21


def test_a_wide_network_is_tested_in_the_field_and_says_how_likely_it_is_fooled():
    proof = prove(program(NetworkSpec.parse("90-50-2")))
    assert (proof.method, proof.holds) == ("field", True)
    assert 0 < proof.error_probability < 1e-15


FULL = pytest.mark.extra("resource")  # run by make test-all
NETS = ("2-3:tanh-3:silu-2", "2-3:relu-3:tanh-2/cross_entropy+l2=0.25", "3-2:sigmoid-2:softmax/mse", "2-3:gelu-2/bce")
# What a mistake changes in the update, or in the shape of a result, is no right side of the recursion.
FORMULAS = {notation: all_variants(NetworkSpec.parse(notation)) for notation in NETS}


def is_wrong(changed):
    """Whether the planted gradient differs numerically from the right one: an equivalent change is no mistake here."""
    return differs_on_balls(changed, seed=3)


@pytest.mark.parametrize("notation", [*NETS[1:3], *(pytest.param(one, marks=FULL) for one in (NETS[0], NETS[3]))])
def test_every_mistake_of_the_catalogue_is_refuted(notation):
    spec, refuted = NetworkSpec.parse(notation), 0
    order = [s.name for s in program(spec).statements]
    for variant in FORMULAS[notation]:
        if any("eta" in str(rhs.free_symbols) for rhs in variant.changes.values()):
            continue
        changed = plant(spec, variant)
        proof = prove(changed)
        assert proof.holds is not is_wrong(changed), variant.label
        if not proof.holds:
            refuted += 1
            first = min(variant.changes, key=order.index)
            assert order.index(proof.quantity) >= order.index(first), variant.label
    assert refuted > 20


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("delta3_1", lambda s: s / 2),
        ("delta2_0", lambda s: s.subs(symbol("W3", 0, 0), symbol("W3", 1, 0))),
        ("delta1_2", lambda s: -s),
        ("dW2_1_0", lambda s: s.subs(symbol("a1", 0), symbol("z1", 0))),
        ("db1_0", lambda s: 2 * s),
    ],
)
def test_the_first_quantity_that_differs_is_named(name, wrong):
    right = program(NetworkSpec.parse("2-3:tanh-3:tanh-2"))
    proof = prove(right.changed({name: wrong(right.by_name[name].rhs)}))
    assert (proof.holds, proof.method, proof.quantity) == (False, "balls", name)


def test_another_way_to_write_the_same_is_not_refuted():
    right = program(NetworkSpec.parse("2-3:tanh-2"))
    a, z = symbol("a1", 0), symbol("z1", 0)
    slope = sp.Function("dtanh")(z)
    opaque = next(f for f in right.by_name["delta1_0"].rhs.atoms(sp.Function) if f.args == (z,))
    other = right.by_name["delta1_0"].rhs.subs(opaque, 1 - a**2)
    assert slope != opaque
    proof = prove(right.changed({"delta1_0": other}))
    assert proof.holds and proof.method in ("expansion", "induction")


def test_two_wrongs_that_make_a_right_are_no_refutation():
    right = program(NetworkSpec.parse("2-2:identity-1:identity/mse"))
    delta = {f"delta1_{j}": 2 * right.by_name[f"delta1_{j}"].rhs for j in range(2)}
    halves = {s.name: s.rhs / 2 for s in right.statements if s.layer == 1 and s.rule in ("BP3", "BP4")}
    assert prove(right.changed({**delta, **halves})).holds


def test_equality_uses_what_is_known_and_no_more():
    spec = NetworkSpec.parse("2-3/cross_entropy")
    a, y = [symbol("a1", k) for k in range(3)], [symbol("y", k) for k in range(3)]
    assert same_function(sum(a), sp.Integer(1), spec)
    assert same_function(a[0] * sum(y), a[0], spec)
    assert not same_function(a[0] * sum(y), a[1], spec)
    assert not same_function(sum(a), sp.Integer(1), NetworkSpec.parse("2-3"))
