from reference_nets.spec import ACTIVATIONS, COSTS, NetworkSpec
from symbolic.programs.build import program
from symbolic.programs.functions import COST_TERMS, DEFINITIONS
from symbolic.programs.statements import FORWARD_RULES, parameter_entries


def lines(notation, **options):
    return [f"{s.name} = {s.rhs} ({s.rule} {s.layer})" for s in program(NetworkSpec.parse(notation), **options).statements]


def test_a_hidden_layer_stands_as_in_the_book():
    assert lines("1-2:relu-1:identity/mse") == [
        "z1_0 = W1_0_0*x_0 + b1_0 (affine 1)",
        "z1_1 = W1_1_0*x_0 + b1_1 (affine 1)",
        "a1_0 = relu(z1_0) (activation 1)",
        "a1_1 = relu(z1_1) (activation 1)",
        "z2_0 = W2_0_0*a1_0 + W2_0_1*a1_1 + b2_0 (affine 2)",
        "a2_0 = z2_0 (activation 2)",
        "c = (a2_0 - y_0)**2 (cost 2)",
        "C = batch_sum(c)/m (cost 2)",
        "delta2_0 = (2*a2_0 - 2*y_0)/m (BP1 2)",
        "db2_0 = batch_sum(delta2_0) (BP3 2)",
        "dW2_0_0 = batch_sum(a1_0*delta2_0) (BP4 2)",
        "dW2_0_1 = batch_sum(a1_1*delta2_0) (BP4 2)",
        "delta1_0 = (W2_0_0*delta2_0)*drelu(z1_0) (BP2 1)",
        "delta1_1 = (W2_0_1*delta2_0)*drelu(z1_1) (BP2 1)",
        "db1_0 = batch_sum(delta1_0) (BP3 1)",
        "db1_1 = batch_sum(delta1_1) (BP3 1)",
        "dW1_0_0 = batch_sum(delta1_0*x_0) (BP4 1)",
        "dW1_1_0 = batch_sum(delta1_1*x_0) (BP4 1)",
    ]


def test_the_l2_term_is_a_statement_of_its_own_and_leaves_biases_alone():
    assert lines("1-1:tanh+l2=0.5") == [
        "z1_0 = W1_0_0*x_0 + b1_0 (affine 1)",
        "a1_0 = tanh(z1_0) (activation 1)",
        "c = (a1_0 - y_0)**2/2 (cost 1)",
        "R = W1_0_0**2*lam/2 (l2-cost 1)",
        "C = R + batch_sum(c)/m (cost 1)",
        "delta1_0 = (a1_0 - y_0)*dtanh(z1_0)/m (BP1 1)",
        "db1_0 = batch_sum(delta1_0) (BP3 1)",
        "gW1_0_0 = batch_sum(delta1_0*x_0) (BP4 1)",
        "dW1_0_0 = W1_0_0*lam + gW1_0_0 (l2 1)",
    ]


def test_matching_costs_leave_a_minus_y():
    assert "delta1_0 = (a1_0 - y_0)/m (BP1 1)" in lines("1-1/bce")
    assert "delta1_1 = (a1_1 - y_1)/m (BP1 1)" in lines("1-2/cross_entropy")


def test_the_gradient_for_the_inputs_is_there_when_asked_for():
    assert lines("2-1", dx=True)[:-2] == lines("2-1")
    assert lines("2-1", dx=True)[-2:] == ["dx_0 = W1_0_0*delta1_0 (BP2 0)", "dx_1 = W1_0_1*delta1_0 (BP2 0)"]


def test_each_statement_knows_only_earlier_names(spec):
    known = {f"{key}_{'_'.join(map(str, index))}" for key, index in parameter_entries(spec)}
    known |= {"x_0", "x_1", "y_0", "y_1", "m", "lam"}
    for statement in program(spec, dx=True).statements:
        assert {str(name) for name in statement.rhs.free_symbols} <= known, statement.name
        assert statement.name not in known
        known.add(statement.name)


def test_every_parameter_has_a_derivative_and_the_forward_part_knows_none(spec):
    names = [s.name for s in program(spec).statements]
    assert {f"d{key}_{'_'.join(map(str, index))}" for key, index in parameter_entries(spec)} <= set(names)
    forward = program(spec).forward
    assert forward[-1].name == "C" and not any(s.name.startswith(("d", "g", "h", "q", "s")) for s in forward)
    assert {s.rule for s in program(spec).statements} - set(FORWARD_RULES) <= {"BP1", "BP2", "BP3", "BP4", "l2"}


def test_symbolic_defines_every_activation_and_cost_of_the_notation():
    assert {*DEFINITIONS, "softmax"} - {"huber"} == set(ACTIVATIONS)
    assert set(COST_TERMS) == set(COSTS)
