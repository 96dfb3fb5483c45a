"""Classes by their shape, without a process: the way that gives the gradient is among those found, and no other answers so."""

import ast
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from gradcheck.contracts.by_shape import search
from gradcheck.contracts.by_shape.making import makings
from gradcheck.contracts.by_shape.meanings import meaning
from gradcheck.contracts.by_shape.parts import arrays, leaves, name_of, put
from gradcheck.contracts.by_shape.roles import Form, own_sizes, parameters, without_biases
from gradcheck.contracts.by_shape.scripts import ScriptSource, discover, scripts_in
from gradcheck.contracts.common import Handed, Net, Problem
from gradcheck.contracts.table import found
from gradcheck.isolation.child.scripts.training import guarded, is_call_of_training, is_training, training
from gradcheck.isolation.child.source import compiled
from gradcheck.submissions.answers.chosen_way import Looked, best, exact_factor, power_of
from reference_nets.network import backward
from reference_nets.spec import NetworkSpec

FILES = Path(__file__).parents[3] / "benchmarks" / "files"


def of(source: str) -> dict:
    """The names of a file, as the confined process would have them."""
    names: dict = {"__name__": "student", "__text__": source}
    exec(compile(source, "student.py", "exec"), names)
    return names


def searched(source: str, network: str) -> tuple[search.ShapeSearch, list, Net, NetworkSpec]:
    spec = NetworkSpec.parse(network)
    net = Net(spec.sizes, spec.activations, spec.cost, spec.l2)
    one = search.ShapeSearch(of(source), net)
    one.ends += 100  # a busy machine
    return one, one.ways(), net, spec


def right_ways(source: str, network: str) -> list:
    """The ways that give the true gradient, up to a positive factor."""
    found, ways, net, spec = searched(source, network)
    net, point = search.point_of(net)
    true = backward(spec, point.params, point.x, point.y)
    return [way for way in ways if Looked.at(way.gradient(found.names, net, point, Handed()), true).whole is not None]


CLASS = """
import numpy as np
class Net:
    def __init__(self, {arguments}):
        {sizes}
        self.{W}1, self.{b}1 = np.random.randn({shape1}), np.zeros({bias}h{more})
        self.{W}2, self.{b}2 = np.random.randn({shape2}), np.zeros({bias}k{more})
    def {method}(self, {data}):
        m = len(x)
        h = np.tanh(x @ self.{W}1{T} + self.{b}1{flat})
        a = 1 / (1 + np.exp(-(h @ self.{W}2{T} + self.{b}2{flat})))
        d2 = (a - y) * a * (1 - a) / m
        d1 = d2 @ self.{W}2{back} * (1 - h ** 2)
        g = {{"{W}1": {dW1}, "{b}1": d1.sum(0){column}, "{W}2": {dW2}, "{b}2": d2.sum(0){column}}}
        {end}
"""
IN_OUT = {"shape1": "n, h", "shape2": "h, k", "T": "", "back": ".T", "dW1": "x.T @ d1", "dW2": "h.T @ d2"}
OUT_IN = {"shape1": "h, n", "shape2": "k, h", "T": ".T", "back": "", "dW1": "d1.T @ x", "dW2": "d2.T @ h"}
FLAT = {"bias": "", "more": "", "flat": "", "column": ""}
COLUMN = {"bias": "(", "more": ", 1)", "flat": "[:, 0]", "column": "[:, None]"}
UPDATES = "for key in g: setattr(self, key, getattr(self, key) - 0.05 * g[key])"
STYLES = {
    "numbers": {
        "arguments": "n, h, k", "sizes": "", "W": "W", "b": "b", "method": "backprop", "data": "x, y", "end": "return g",
    },
    "list": {
        "arguments": "layers", "sizes": "n, h, k = layers", "W": "weights_", "b": "bias_", "method": "gradient", "data": "x, y",
        "end": "return g['weights_1'], g['bias_1'], g['weights_2'], g['bias_2']",
    },
    "keywords": {
        "arguments": "n_in=3, n_hidden=4, n_out=2, seed=0", "sizes": "n, h, k = n_in, n_hidden, n_out", "W": "w", "b": "c",
        "method": "train_step", "data": "x, y, extra=None", "end": UPDATES,
    },
    "data": {
        "arguments": "X, Y", "sizes": "self.X, self.Y, n, h, k = X, Y, X.shape[1], 4, Y.shape[1]", "W": "syn", "b": "shift",
        "method": "back_propagation", "data": "x=None, y=None", "end": UPDATES,
    },
    "stored": {
        "arguments": "n, h, k, lr=0.1", "sizes": "self.lr = lr", "W": "theta", "b": "beta", "method": "backward",
        "data": "x, y", "end": "self.grads = g",
    },
    "fit": {
        "arguments": "n, h, k, learning_rate", "sizes": "self.learning_rate = learning_rate", "W": "pesos", "b": "sesgo",
        "method": "fit", "data": "x, y, epochs=100",
        "end": "for key in g: setattr(self, key, getattr(self, key) - self.learning_rate * g[key])",
    },
}  # fmt: skip


@pytest.mark.parametrize("style", [one for one in STYLES if one != "data"])
@pytest.mark.parametrize("lies", [IN_OUT, OUT_IN], ids=["in-out", "out-in"])
@pytest.mark.parametrize("biases", [FLAT, COLUMN], ids=["flat", "column"])
def test_a_right_class_is_found_whatever_its_names_and_its_layout(style, lies, biases):
    source = CLASS.format(**STYLES[style], **lies, **biases)
    assert right_ways(source, "3-4:tanh-2")
    assert not right_ways(source.replace("(1 - h ** 2)", "h"), "3-4:tanh-2")


def test_a_class_that_keeps_its_data_is_asked_with_other_data():
    source = CLASS.format(**STYLES["data"], **IN_OUT, **FLAT).replace("m = len(x)", "x, y = self.X, self.Y; m = len(x)")
    assert right_ways(source, "3-4:tanh-2")


def test_a_class_of_other_sizes_than_its_own_is_given_the_arrays_of_the_network():
    source = (
        CLASS.format(**STYLES["numbers"], **IN_OUT, **FLAT)
        .replace("n, h, k):", "):")
        .replace("        \n", "        n, h, k = 5, 6, 3\n", 1)
    )
    assert right_ways(source, "5-6:tanh-3")
    assert right_ways(source, "3-4:tanh-2")


def test_of_a_class_without_biases_that_is_said():
    source = (FILES / "class_rashid.py").read_text(encoding="utf-8").replace("import scipy.special", "")
    source = source.replace("scipy.special.expit(x)", "1 / (1 + np.exp(-x))")
    found, ways, _, _ = searched(source, "3-4-2")
    assert ways == []
    assert found.problems[0][1].said["say"] == "no-biases"


def test_adam_and_a_fit_of_many_steps_give_no_gradient():
    adam = CLASS.format(
        **{**STYLES["stored"], "end": "for k in g: setattr(self, k, getattr(self, k) - 0.1 * np.sign(g[k]))"}, **IN_OUT, **FLAT
    )
    found, ways, _, _ = searched(adam, "3-4:tanh-2")
    assert ways == []
    assert "update-normalised" in {problem.said["say"] for _, problem in found.problems if isinstance(problem, Problem)}
    source = STYLES["fit"] | {
        "method": "train",
        "data": "x, y",
        "end": "[self.one(x, y) for _ in range(9)]\n    def one(self, x, y): pass",
    }
    assert searched(CLASS.format(**source, **IN_OUT, **FLAT), "3-4:tanh-2")[1] == []


def test_a_batch_that_is_gone_through_one_by_one_is_asked_for_one():
    source = (FILES / "class_sequential_add.py").read_text(encoding="utf-8").replace("net.fit(", "(lambda *a, **k: 0)(")
    source = source.replace("print(", "str(")
    ways = right_ways(source, "2-3:tanh-1:tanh/mse")
    assert [way.batch.x for way in ways] == ["one stack"]


ROWS = """
import numpy as np
def softmax(z):
    e = np.exp(z)
    return e / e.sum(axis=1, keepdims=True)
class Classifier:
    def __init__(self, d, h, k):
        self.W1, self.b1 = np.random.randn(d, h), np.zeros(h)
        self.W2, self.b2 = np.random.randn(h, k), np.zeros(k)
    def loss(self, X, y):
        hidden = np.tanh(X @ self.W1 + self.b1)
        probs = softmax(hidden @ self.W2 + self.b2)
        d = (probs - y) / len(X)
        back = d @ self.W2.T * (1 - hidden ** 2)
        return {"W1": X.T @ back, "b1": back.sum(axis=0), "W2": hidden.T @ d, "b2": d.sum(axis=0)}
"""


def test_code_for_several_examples_that_fails_with_them_is_not_asked_for_one():
    network = "3-4:tanh-3/cross_entropy"
    assert {way.batch.x for way in right_ways(ROWS, network)} == {"rows"}
    for right, wrong in ((", keepdims=True", ""), ("d.sum(axis=0)", "d.sum(axis=1)")):
        found, ways, _, _ = searched(ROWS.replace(right, wrong), network)
        assert ways == [] and isinstance(search.nearest(found.problems), Problem | ValueError)
    several, ways, _, _ = searched(ROWS.replace("axis=1, keepdims=True", "axis=1"), network)
    told = search.nearest(several.problems)
    assert isinstance(told, ValueError) and told.is_near
    one = ROWS.replace("d.sum(axis=0)", "d.reshape(self.b2.size)").replace("back.sum(axis=0)", "back.reshape(self.b1.size)")
    assert {way.batch.x for way in right_ways(one, network)} == {"one row"}  # it is written for one


def test_the_slope_of_a_wrong_cost_of_the_file_is_not_replaced_by_a_right_one():
    source = (FILES / "class_torch_like.py").read_text(encoding="utf-8")
    assert right_ways(source, "4-5:relu-3/cross_entropy")
    assert not right_ways(source.replace("-= 1", "-= 2"), "4-5:relu-3/cross_entropy")


@pytest.mark.parametrize("name", ["class_bias_row", "class_momentum", "class_deep_lists_three", "class_book_layers"])
def test_files_of_other_kinds(name):
    networks = {
        "class_bias_row": "3-4:tanh-2/bce", "class_momentum": "3-4:tanh-2:tanh",
        "class_deep_lists_three": "3-5:relu-4:relu-2:identity", "class_book_layers": "4-5:relu-3/cross_entropy",
    }  # fmt: skip
    assert right_ways((FILES / f"{name}.py").read_text(encoding="utf-8"), networks[name])


# What was judged wrongly once: what a file is called with, and what of it is read


def ways_of(name: str, network: str) -> list:
    return searched((FILES / f"{name}.py").read_text(encoding="utf-8"), network)[1]


def test_a_pass_that_reads_what_the_forward_pass_keeps_comes_after_it():
    assert {way.steps.forward.method for way in ways_of("class_backprop_after_forward", "3-4-2")} == {"forward"}


def test_gradients_that_a_fit_stores_and_then_applies_may_change_the_parameters():
    ways = ways_of("class_keras_sequential_compile", "3-4:relu-2:sigmoid/mse")
    assert {(way.read, way.moves) for way in ways} == {("stored", True)}


def test_a_velocity_is_the_step_and_no_gradient_and_an_object_that_is_returned_is_no_result():
    assert {way.read for way in ways_of("class_minibatch_fit_momentum", "3-4:tanh-2:sigmoid/mse")} == {"update"}


@pytest.mark.parametrize(
    ("name", "network"),
    [("class_softmax_labels_loss_grads", "4-5:relu-3/cross_entropy"), ("class_single_sample_lists", "3-4-2")],
)
def test_a_class_called_two_layers_and_a_rate_of_any_name_are_found(name, network):
    assert right_ways((FILES / f"{name}.py").read_text(encoding="utf-8"), network)


def test_a_network_that_has_only_the_names_of_the_book_is_told_its_own_error():
    source = """
import numpy as np
class Network:
    def __init__(self, sizes):
        self.W = [np.ones((k, n)) for n, k in zip(sizes, sizes[1:])]
        self.b = [np.ones((k, 1)) for k in sizes[1:]]
    def backprop(self, x, y):
        a = [x]
        for W, b in zip(self.W, self.b):
            a.append(np.tanh(W @ a[-1] + b))
        return [self.W[1] @ (a[-1] - y)], []
"""
    net = Net((3, 4, 2), ("tanh", "tanh"), "quadratic", 0.0)
    with pytest.raises(ValueError, match="core dimension"):
        found("auto", of(source), [search.point_of(net)])


# Parts


class Holder:
    def __init__(self):
        self.layers = [{"W": np.ones((2, 3))}, {"W": np.ones((3, 1))}]
        self.first = self.layers[0]["W"]
        self.b = [np.zeros(3), np.zeros(1)]
        self.vel_b = [np.zeros(3), np.zeros(1)]
        self.lr = 0.5


def test_every_path_to_an_array_is_found_and_can_be_set():
    one = Holder()
    named = {name_of(path) for path, _ in arrays(one)}
    assert {"layers[0]['W']", "first", "b[1]", "vel_b[0]"} <= named
    assert "lr" in {name_of(path) for path, value in leaves(one) if isinstance(value, float)}
    (held, *_) = parameters(one, (2, 3, 1))
    assert {name_of(path) for path in held.paths["W1"]} == {"layers[0]['W']", "first"}
    assert name_of(held.paths["b1"][0]) == "b[0]"
    values = {"W1": np.full((3, 2), 7.0), "b1": np.ones(3), "W2": np.ones((1, 3)), "b2": np.ones(1)}
    held.put(one, values, in_place=False)
    assert one.first[0, 0] == 7
    assert one.first is one.layers[0]["W"]
    assert not put((1, 2), (("item", 0),), 3)


@pytest.mark.parametrize("form", [Form(), Form(in_out=True, b="row"), Form(True, "first"), Form(False, "last")])
def test_what_is_put_into_a_form_comes_back(form):
    rng = np.random.default_rng(0)
    params = {"W1": rng.normal(size=(4, 3)), "b1": rng.normal(size=4)}
    back: dict = {}
    for key in ("W1",) if form.bias else ("W1", "b1"):
        array = form.held(key, params)
        assert array.shape == form.shape(key, (3, 4))
        back |= form.back(key, array)
    assert all(np.array_equal(back[key], params[key]) for key in params)


def test_sizes_are_read_off_the_arrays_in_either_orientation():
    assert (2, 3, 1) in own_sizes(
        {"W1": np.ones((3, 2)), "b1": np.ones((3, 1)), "W2": np.ones((1, 3)), "b2": np.ones((1, 1))}, 2
    )
    assert (2, 3, 1) in own_sizes([np.ones((2, 3)), np.ones((1, 3)), np.ones((3, 1)), np.ones((1, 1))], 2)
    assert without_biases([np.ones((2, 3)), np.ones((3, 1))], (2, 3, 1))


@pytest.mark.parametrize(
    ("name", "meant"),
    [("learning_rate", "lr"), ("X_train", "x"), ("y_true", "y"), ("n_hidden", "n_hidden"), ("epochs", "epochs"), ("foo", None)],
)
def test_names_have_meanings(name, meant):
    assert meaning(name) == meant


def test_a_layer_with_units_first_is_made_the_right_way_round():
    names = of("class Dense:\n    def __init__(self, units, input_dim):\n        self.d = (input_dim, units)")
    making = next(iter(makings(names["Dense"], Net((5, 8), ("sigmoid",), "quadratic", 0.0), "")))
    assert names["Dense"](**making.values(Net((5, 8), ("sigmoid",), "quadratic", 0.0), None, None, 1.0)).d == (5, 8)


# The judge's choice


def test_a_right_way_goes_before_one_of_another_scale_and_a_nearly_right_one_before_nonsense():
    true = {"W1": np.array([[1.0, 2.0]]), "b1": np.array([3.0])}
    right, twice = (Looked.at({key: factor * value for key, value in true.items()}, true) for factor in (1.0, 2.0))
    nearly = Looked.at({**true, "b1": np.array([-3.0])}, true)
    flipped = Looked.at({key: -value for key, value in true.items()}, true)
    assert best([(flipped, False), (nearly, False), (twice, False), (right, True), (right, False)]) == 4
    assert best([(flipped, False), (nearly, False), (right, True), (twice, False)]) == 3
    assert best([(flipped, False), (nearly, False)]) == 1
    assert (twice.common, nearly.common, flipped.common) == (2.0, 1.0, 1.0)


def test_a_single_number_tells_no_factor():
    true = {"W1": np.array([[1.0, 2.0]]), "b1": np.array([3.0])}
    assert not Looked.at({"W1": np.array([[1.0, 5.0]]), "b1": np.array([2.5])}, true).has_factor
    assert Looked.at({"W1": np.array([[2.0, 4.0]]), "b1": np.array([2.5])}, true).common == 2


@pytest.mark.parametrize(("rate", "m"), [(0.1, 7), (0.05, 5), (1.0, 6), (1e-3, 9)])
def test_the_factor_of_an_update_is_exact(rate, m):
    for power, batch in ((0, 1), (1, m), (-1, 1 / m)):
        for number in (1, 2):
            found = exact_factor(rate * number * batch * (1 + 1e-15), m, power, 3)
            assert found == Fraction(rate) * number * (Fraction(m) ** power)
        assert power_of(rate * batch, rate * batch * 2.0**power, 2.0) == power
    assert exact_factor(0.123456789123, m, 0, 3) == Fraction(0.123456789123)


# Scripts


def loops_of(source: str) -> dict:
    names: dict = {"__name__": "student", "__text__": source}
    found = []
    for statement in ast.parse(source).body:
        if is_training(statement, names):
            found.append(training(statement, compiled, "student.py", names))
            found[-1].run(names)
        else:
            exec(compile(ast.Module([statement], []), "student.py", "exec"), names)
    return names | {"__trainings__": lambda: found}


@pytest.mark.parametrize(
    ("name", "network", "right"),
    [
        ("script_columns_while", "2-3:tanh-1/bce", True), ("script_one_by_one", "3-4-2", True),
        ("script_dict_three_layers", "3-5:relu-4:relu-2/mse", True), ("script_logistic_extra_slope", "3-1/bce", False),
        ("script_two_biases", "2-3-1", True), ("script_weights_after_update", "3-4-2", False),
    ],
)  # fmt: skip
def test_one_pass_of_a_loop_is_a_step(name, network, right):
    spec = NetworkSpec.parse(network)
    names = loops_of((FILES / f"{name}.py").read_text(encoding="utf-8"))
    net, point = search.point_of(Net(spec.sizes, spec.activations, spec.cost, 0.0))
    ways, _ = scripts_in(names, net, ScriptSource.of(0, names["__trainings__"]()[0]))
    true = backward(spec, point.params, point.x, point.y)
    assert (Looked.at(ways[0].gradient(names, net, point, Handed()), true).whole is not None) == right


def test_data_that_is_not_here_is_known_by_its_names():
    source = (FILES / "script_columns_tanh_z.py").read_text(encoding="utf-8").replace("1 - Z1 ** 2", "1 - A1 ** 2")
    source = source.replace('data = np.loadtxt("train.csv", delimiter=",")', "").replace("m = 50", "m = 1")
    lines = [line for line in source.split("\n") if not line.startswith(("X =", "Y ="))]
    names = loops_before("\n".join(lines))
    net, point = search.point_of(Net((3, 4, 1), ("tanh", "sigmoid"), "bce", 0.0))
    ways, _ = scripts_in(names, net, ScriptSource.of(0, names["__trainings__"]()[0]))
    true = backward(NetworkSpec.parse("3-4:tanh-1/bce"), point.params, point.x, point.y)
    assert Looked.at(ways[0].gradient(names, net, point, Handed()), true).whole is not None


def loops_before(source: str) -> dict:
    """As above, where the loop itself cannot run."""
    names: dict = {"__name__": "student", "__text__": source}
    found = []
    for statement in ast.parse(source).body:
        if is_training(statement, names):
            found.append(training(statement, compiled, "student.py", names))
        else:
            exec(compile(ast.Module([statement], []), "student.py", "exec"), names)
    return names | {"__trainings__": lambda: found}


def test_a_loop_that_nobody_can_read_is_printed_as_a_function():
    source = "import numpy as np\nw = np.ones(3)\nfor i in range(100):\n    g = w * 2\n    w -= 0.1 * g\n"
    problem = discover(loops_of(source), [search.point_of(Net((3, 4, 2), ("sigmoid",) * 2, "quadratic", 0.0))])
    assert isinstance(problem, Problem)
    assert problem.said["say"] == "wrap-these-lines"
    assert (problem.said["values"]["first"], problem.said["values"]["last"]) == (4, 5)
    text = problem.said["values"]["function"]["values"]["text"]
    assert text.startswith("def step(w, X, y, learning_rate):\n    g = w * 2\n")
    compile(text, "step.py", "exec")


@pytest.mark.parametrize(
    ("loop", "trains"),
    [
        ("for i in range(9): W -= 0.1 * g", True), ("while True: W = W - lr * g.T.dot(d)", True),
        ("for i in range(9): p['W'] += g * 2", True), ("for i in range(9): net.update(x)", True),
        ("for i in range(9): net.W -= 0.1 * g", True), ("for i in range(9): layers[0].W = layers[0].W - 0.1 * g", True),
        ("for i in range(9): empty.n += 2 * i", False), ("for i in range(9): N.n += 2 * i", False),
        ("for i in range(9): n += 2 * i", False), ("for i in range(9): W[i] = 2 * i", False), ("if n: W -= 0.1 * g", False),
    ],
)  # fmt: skip
def test_what_a_loop_that_trains_is(loop, trains):
    before = "W = g = np.ones((2, 2)); p = {'W': W}; n = 0; net.W = W; layers = [net]; empty = N()"
    names = of(f"import numpy as np\nclass N: pass\nnet = N()\n{before}")
    assert is_training(ast.parse(loop).body[0], names) == trains


def test_calls_that_only_train_are_passed_over_and_classes_are_made():
    names = of("class N:\n    def fit(self): pass\nnet = N()\ndef train(x): pass\nclass SGD: pass")
    told = {
        line: is_call_of_training(ast.parse(line).body[0], names)
        for line in ("net.fit()", "h = net.fit()", "train(3)", "o = SGD()", "print(3)")
    }
    assert list(told.values()) == [True, True, True, False, False]


def test_what_a_file_does_when_started_is_found_in_a_main_of_its_own():
    source = "def main():\n    x = 1\n    y = 2\n\nif __name__ == '__main__':\n    z = 0\n    main()\n"
    assert [ast.unparse(one) for one in guarded(ast.parse(source).body)] == ["z = 0", "x = 1", "y = 2"]
