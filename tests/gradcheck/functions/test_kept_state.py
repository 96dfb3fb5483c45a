"""Code that keeps something between calls: it is judged all the same, and holds afterwards what it held before."""

import collections
import contextlib
import copy
import functools
import importlib
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from gradcheck.functions.certificate import function_certificate
from gradcheck.functions.check import check_grad
from gradcheck.functions.enclosed_gradient import certified_gradient
from gradcheck.functions.linear_maps import check_hvp, check_jvp, check_vjp
from gradcheck.functions.order_evidence import convergence
from gradcheck.judge.verdicts import Verdict
from gradcheck.networks.check import check_network

X = np.random.default_rng(3).standard_normal((5, 3))
W = np.random.default_rng(4).standard_normal((3, 2))
DATA = np.random.default_rng(5).standard_normal((4, 3)) / 3
BUFFER = np.zeros((3, 2))
CALLS = 0
LOG = []


class BatchNorm:
    """Compact backward pass, running statistics, gradients added up in kept buffers, a cache of the forward pass."""

    def __init__(self, n, wrong=0.0):
        self.running = {"m": np.zeros(n), "v": np.ones(n)}
        self.g, self.b = np.linspace(0.5, 1.5, n), np.zeros(n)
        self.dg, self.db = np.zeros(n), np.zeros(n)
        self.seen, self.wrong = [], wrong

    def forward(self, p):
        self.g[...], self.b[...] = p["g"], p["b"]  # parameters overwritten in place
        x = p["x"]
        m, v = x.mean(0), x.var(0)
        self.running["m"] = 0.9 * self.running["m"] + 0.1 * m
        self.running["v"] *= 0.9
        self.running["v"] += 0.1 * v
        self.s = np.sqrt(v + 0.5)
        self.h = (x - m) / self.s
        self.seen.append(x)
        return self.g * self.h + self.b

    def backward(self, d):
        self.dg[:] = 0
        self.db.fill(0)
        self.dg += (d * self.h).sum(0)
        np.add(self.db, d.sum(0), out=self.db)
        d = d * self.g
        dx = (d - d.mean(0) - self.h * (d * self.h).mean(0)) / self.s + self.wrong * self.h
        return {"x": dx, "g": self.dg, "b": self.db}


class Dense:
    def __init__(self, wrong=0.0):
        self.W, self.dW, self.calls, self.wrong = np.zeros((3, 2)), np.zeros((3, 2)), 0, wrong

    def __call__(self, p):
        self.calls += 1
        self.x, self.a = p["x"], np.tanh(p["x"] @ p["W"])
        self.W = p["W"]
        return self.a

    def back(self, p, d):
        z = d * (1 - self.a**2) * (1 + self.wrong)
        self.dW[...] = 0
        np.add.at(self.dW, slice(None), self.x.T @ z)
        return {"x": z @ self.W.T, "W": self.dW}


def described(value, deep=4):
    """Types, identities and numbers of an object and of what it holds."""
    if isinstance(value, np.ndarray):
        return id(value), type(value), value.dtype, value.tobytes()
    if isinstance(value, dict):
        return id(value), {key: described(item, deep - 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return id(value), [described(item, deep - 1) for item in value]
    if deep and hasattr(value, "__dict__") and not callable(value):
        return id(value), described(vars(value), deep - 1)
    return id(value) if deep else None


def norm_point():
    return {"x": X, "g": np.array([1.5, -0.5, 0.75]), "b": np.array([0.1, 0.2, -0.3])}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("wrong", [0.0, 1e-13])
def test_a_normalisation_with_running_statistics_and_kept_buffers(seed, wrong):
    layer = BatchNorm(3, wrong)
    before = described(layer)
    for check in (check_vjp, check_hvp, check_grad):
        result = check(layer.forward, lambda p, d: layer.backward(d), norm_point(), rng=seed)
        expected = (Verdict.MISMATCH, "different") if wrong else (Verdict.MATCH, "equal")
        assert (result.verdict, result.formula) == expected, str(result)
        assert described(layer) == before


@pytest.mark.parametrize("wrong", [0.0, 1e-13])
def test_a_layer_that_is_called_itself_and_reads_its_cache(wrong):
    layer = Dense(wrong)
    before = described(vars(layer))
    result = check_vjp(layer, layer.back, {"x": X, "W": W}, rng=0)
    assert (result.verdict, result.formula) == ((Verdict.MISMATCH, "different") if wrong else (Verdict.MATCH, "equal"))
    assert described(vars(layer)) == before


@pytest.mark.parametrize(
    "hold",
    [
        lambda layer: lambda p, d: layer.back(p, d),
        lambda layer: functools.partial(lambda held, p, d: held.back(p, d), layer),
        lambda layer: lambda p, d, held=layer: held.back(p, d),
        lambda layer: lambda p, d, held=(layer,): held[0].back(p, d),
        lambda layer: (lambda held: lambda p, d: held["layers"][0].back(p, d))({"layers": [layer]}),
        lambda layer: (lambda held: lambda p, d: held.net.back(p, d))(SimpleNamespace(net=layer)),
    ],
)
def test_wherever_a_layer_is_held(hold):
    layer = Dense()
    result = check_vjp(layer, hold(layer), {"x": X, "W": W}, rng=0)
    assert (result.verdict, result.formula) == (Verdict.MATCH, "equal"), str(result)
    assert layer.calls == 0 and not hasattr(layer, "x")


def counts(x):
    global CALLS, NEW
    CALLS += 1
    NEW = x
    LOG.append(x)
    counts.last = x
    return np.sum(x**2)


def test_globals_and_attributes_of_functions_are_put_back():
    assert check_grad(counts, lambda x: 2 * x, X).formula == "equal"
    certified_gradient(counts, X)
    assert CALLS == 0 and not LOG and "NEW" not in globals() and not hasattr(counts, "last")


def helper(a, d):
    BUFFER[...] = 0
    BUFFER.__iadd__(a.T @ d)
    return BUFFER.copy()


def test_a_global_buffer_that_is_written_to():
    back = lambda p, d: {"x": (u := d * (1 - np.tanh(p["x"] @ p["w"]) ** 2)) @ p["w"].T, "w": helper(p["x"], u)}
    result = check_vjp(lambda p: np.tanh(p["x"] @ p["w"]), back, {"x": X, "w": W}, rng=0)
    assert (result.verdict, result.formula) == (Verdict.MATCH, "equal")
    assert type(BUFFER) is np.ndarray and not BUFFER.any()


@pytest.mark.parametrize("wrong", [0.0, 1e-14])
def test_data_that_the_code_closes_over_are_exact(wrong):
    data = np.random.default_rng(5).standard_normal((4, 3)) / 3
    f = lambda x: np.sum((DATA - DATA.mean(0)) @ x * data.sum())
    closed = lambda x, held=DATA[::-1]: (held.sum(0) - 4 * data.mean(0) + wrong) * held.sum()
    result = check_grad(f, closed, X[0], rng=0)
    assert (result.verdict, result.formula) == ((Verdict.MISMATCH, "different") if wrong else (Verdict.MATCH, "equal"))


def test_views_of_one_array_stay_views_of_one():
    flat = np.zeros(8)
    parts = {"a": flat[:3], "b": flat[3:7:2][::-1], "whole": flat.reshape(2, 4).T}

    def f(x):
        parts["a"][...] = x[:3]
        parts["b"][:] = x[3:]
        return np.sum(parts["whole"] ** 2 * np.arange(1, 9).reshape(2, 4).T) + 0 * flat.sum()

    g = lambda x: 2 * x * np.array([1, 2, 3, 6, 4])
    assert check_grad(f, g, np.arange(1.0, 6.0)).formula == "equal"
    assert check_grad(f, lambda x: 2 * x * np.array([1, 2, 3, 4, 6]), np.arange(1.0, 6.0)).verdict is Verdict.MISMATCH
    assert not flat.any() and parts["a"].base is flat


def test_jacobians_and_tangents_of_layers_with_a_cache():
    layer = Dense()
    f = lambda x: layer({"x": x[None], "W": W})[0]
    jacobian = lambda x: W.T * (1 - layer.a[0] ** 2)[:, None]
    assert check_grad(f, jacobian, X[0], jacobian=True).formula == "equal"
    along = lambda x, t: (t @ W) * (1 - layer.a[0] ** 2)
    assert check_jvp(f, along, X[0], vjp=lambda x, v: layer.back(None, v[None])["x"][0]).formula == "equal"
    assert layer.calls == 0


def test_an_exception_of_the_code_leaves_no_trace():
    kept = []

    def f(x):
        kept.append(x)
        if len(kept) > 2:
            raise ValueError("the third call")
        return np.sum(x)

    with pytest.raises(ValueError, match="the third call"):
        check_grad(f, np.ones_like, X)
    assert not kept


def test_compiled_code_that_takes_floats_alone_is_given_its_floats():
    table = np.array([3.0, 1.0, 2.0])
    count = np.histogram  # no rule, called through a name that nothing replaces
    f = lambda x: np.sum(x * np.fft.fft(table).real[:3]) + 0 * count(table)[0][0]
    result = check_grad(f, lambda x: np.fft.fft(table).real * np.ones(3), X[0])
    assert result.verdict is Verdict.MATCH and result.witness == "certified formula", str(result)


def test_check_network_leaves_no_trace():
    from reference_nets.network import backward as reference
    from reference_nets.spec import NetworkSpec

    spec, kept = NetworkSpec.parse("2-3:tanh-1"), []

    def backward(params, x, y):
        kept.append(copy.copy(params))
        by_key = {f"{n}{k}": a for k, pair in enumerate(params, 1) for n, a in zip("Wb", pair, strict=True)}
        return reference(spec, by_key, x, y)

    assert check_network(spec, backward, rng=0).verdict is Verdict.MATCH and not kept


INSTALLED = {
    "__init__.py": "from . import ops\n",
    "ops.py": """
import numpy as np

SCRATCH = np.zeros((4, 2))


def affine(x, W):
    out = np.zeros((x.shape[0], W.shape[1]))
    for i in range(x.shape[0]):
        for j in range(W.shape[1]):
            out[i, j] = float(sum(x[i, k] * W[k, j] for k in range(x.shape[1])))
    return out
""",
    "dense.py": """
import numpy as np
from . import ops


class Dense:
    made = 0

    def __init__(self):
        self.W, self.dW = np.arange(6.0).reshape(3, 2) / 7, np.zeros((3, 2))

    def forward(self, x):
        Dense.made += 1
        self.x, self.out = x, np.tanh(ops.affine(x, self.W))
        return self.out

    def backward(self, d):
        g = np.empty(d.shape)
        for i in range(d.shape[0]):
            g[i] = d[i] * (1 - self.out[i] ** 2)
        self.dW[...] = self.x.T @ g
        return g @ self.W.T
""",
}


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A package as it is installed, of which the tests see nothing but an object."""
    home = tmp_path_factory.mktemp("environment") / "site-packages"
    (home / "layers_of_others").mkdir(parents=True)
    for name, text in INSTALLED.items():
        (home / "layers_of_others" / name).write_text(text)
    sys.path.insert(0, str(home))
    yield importlib.import_module("layers_of_others.dense").Dense()
    sys.path.remove(str(home))


POINT = np.random.default_rng(8).standard_normal((4, 3))


WAYS = {
    "itself": (lambda layer: layer, lambda held: held),
    "list": (lambda layer: [layer], lambda held: held[0]),
    "dict": (lambda layer: {"k": (layer,)}, lambda held: held["k"][0]),
    "space": (lambda layer: SimpleNamespace(layer=layer), lambda held: held.layer),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_layer_of_an_installed_package_that_only_an_object_leads_to(installed, way):
    hold, read = WAYS[way]
    held = hold(installed)
    one = lambda: read(held)
    result = check_vjp(lambda x: one().forward(x), lambda x, d: one().backward(d), POINT, rng=0)
    assert (result.verdict, result.formula) == (Verdict.MATCH, "equal"), str(result)
    assert type(installed).made == 0 and not hasattr(installed, "x") and not installed.dW.any()
    wrong = check_vjp(lambda x: one().forward(x), lambda x, d: one().backward(d) + one().W[1, 0] / 3e12, POINT, rng=0)
    assert wrong.verdict is Verdict.MISMATCH


def test_a_buffer_of_another_module_is_a_ball_for_the_run(installed):
    package = sys.modules["layers_of_others"]

    def f(x):
        package.ops.SCRATCH[...] = x[:, :2]
        return np.sum(package.ops.SCRATCH**2)

    result = check_grad(f, lambda x: 2 * x * np.array([1, 1, 0]), POINT)
    assert (result.verdict, result.formula) == (Verdict.MATCH, "equal"), str(result)
    assert type(package.ops.SCRATCH) is np.ndarray and not package.ops.SCRATCH.any()


class Holds:
    shared, count, log = np.zeros(3), 0, collections.OrderedDict()

    @property
    def w(self):
        return self._w

    @w.setter
    def w(self, value):
        self._w = value

    @classmethod
    def note(cls, x):
        cls.count += 1
        cls.log[cls.count] = x
        cls.shared[...] = x
        return cls.shared

    def f(self, x):
        self.w = x
        return np.sum(np.sin(self.note(self.w)))


def test_state_of_a_class_is_put_back():
    one = Holds()
    assert check_grad(one.f, lambda x: np.cos(x), X[0]).formula == "equal"
    assert Holds.count == 0 and not Holds.log and not Holds.shared.any() and not vars(one)


def test_containers_of_every_kind_are_put_back():
    queue, members, lists, slots = collections.deque(maxlen=3), set(), collections.defaultdict(list), Slotted()

    def f(x):
        queue.append(x)
        members.add(len(queue))
        lists["x"].append(x)
        slots.total += x
        slots.calls += 1
        return np.sum(x**3)

    assert check_grad(f, lambda x: 3 * x**2, X[0]).formula == "equal"
    assert not queue and not members and not lists and slots.calls == 0 and not slots.total.any()


class Slotted:
    __slots__ = ("calls", "total")

    def __init__(self):
        self.calls, self.total = 0, np.zeros(3)


def test_functions_held_in_a_container_are_those_of_balls():
    makers = {"new": np.zeros, "of": np.array}

    def f(x):
        out = makers["new"](3)
        out[:] = x**3
        return out.sum()

    assert check_grad(f, lambda x: makers["of"]([3 * v * v for v in x]), X[0]).formula == "equal"
    assert makers == {"new": np.zeros, "of": np.array}


def test_read_only_data_stay_so():
    data = np.array([1.0, 2.0, 3.0])
    data.flags.writeable = False

    def f(x):
        with contextlib.suppress(ValueError):
            data[0] = x[0]
        return np.sum(data * x)

    assert check_grad(f, lambda x: data, X[0]).formula == "equal"


class Loud(dict):
    """A dict of the user's that does something else when it is written to."""

    def __setitem__(self, key, value):
        raise TypeError("use put")

    def put(self, key, value):
        super().__setitem__(key, value)


def test_containers_of_the_users_are_put_back_without_their_own_methods():
    counter, loud = collections.Counter(a=2), Loud()
    data = loud.put("w", np.array([1.0, 2.0, 4.0])) or loud["w"]

    def f(x):
        counter["b"] += 3
        loud.put("x", x)
        return np.sum(loud["w"] * x)

    assert check_grad(f, lambda x: loud["w"] * 1.0, X[0]).formula == "equal"
    assert counter == {"a": 2} and list(loud) == ["w"] and loud["w"] is data


class Memory:
    """It has a method of the name that files have, too."""

    def __init__(self):
        self.cells = np.zeros(3)

    def write(self, x):
        self.cells[...] = x
        return self.cells


def test_a_layer_whose_method_is_called_write():
    memory = Memory()
    assert check_grad(lambda x: np.sum(memory.write(x) ** 2), lambda x: 2 * x, X[0]).formula == "equal"
    assert not memory.cells.any()


def test_order_evidence_leaves_no_trace():
    kept = []
    f = lambda x: kept.append(x) or np.sum(np.exp(x))
    assert convergence(f, np.exp, X[0], rng=0).verdict is Verdict.MATCH and not kept
    spoils = lambda x: np.exp(x, out=x)
    assert convergence(lambda x: np.sum(np.exp(x)), spoils, X[0], rng=0).verdict is Verdict.MATCH


def test_functions_inside_of_wrappers_of_libraries_are_reached():
    buffer, results = np.zeros(3), []

    @functools.lru_cache
    def scale():
        return 3.0

    def entry(v):
        buffer[0] = v
        return buffer[0] ** 2 * scale()

    @contextlib.contextmanager
    def noting(x):
        results.append(x)
        yield

    def f(x):
        with noting(x):
            return np.sum(np.vectorize(entry)(x))

    assert check_grad(f, lambda x: 6 * x, X[0]).formula == "equal"
    assert not buffer.any() and not results


def test_a_certificate_names_the_backward_pass_and_leaves_no_trace():
    layer = Dense()
    data = function_certificate(check_vjp(layer, layer.back, {"x": X, "W": W}, rng=0))
    assert data["gradient"]["name"].endswith(":Dense.back") and set(data["verdicts"].values()) == {"match"}
    assert layer.calls == 0 and not hasattr(layer, "x")
