"""A forger who makes the hash anew: what can be recomputed is not believed, and what cannot is not confirmed."""

import copy
import functools
import json

import numpy as np
import pytest

from gradcheck import check_grad, check_vjp
from gradcheck.functions.certificate import function_certificate
from gradcheck.networks.certificate import certificate, digest
from gradcheck.recheck.function import recheck_function
from gradcheck.recheck.network import recheck
from gradcheck.recheck.reading import NoCertificate, Outcome
from gradcheck.witnesses.points import safe_point
from reference_nets.network import backward
from reference_nets.points import Point
from reference_nets.spec import NetworkSpec

# Networks: match, mismatch, kink, several activations and costs


def _network(notation, *, spoil=1.0, seed=3, m=2):
    spec = NetworkSpec.parse(notation)
    point = safe_point(spec, np.random.default_rng(seed), m=m)
    gradient = backward(spec, point.params, point.x, point.y)
    gradient["W1"][0, 0] *= spoil
    return certificate(spec, point, gradient, seed=seed)


def _network_at_a_kink():
    spec = NetworkSpec.parse("2-2:relu-1/mse")
    params = {"W1": np.array([[1.0, 1.0], [1.0, -1.0]]), "b1": np.zeros(2), "W2": np.array([[1.0, 2.0]]), "b2": np.array([0.5])}
    point = Point(params, np.array([[1.0, 1.0], [2.0, 1.0]]), np.array([[1.0], [2.0]]))
    return certificate(spec, point, backward(spec, params, point.x, point.y))


NETWORKS = {
    "match": lambda: _network("2-3-1"),
    "match, l2": lambda: _network("2-3:tanh-2/mse+l2=0.1"),
    "match, relu": lambda: _network("3-3:relu-2/cross_entropy"),
    "match, softmax": lambda: _network("2-2:gelu-3:softmax/bce"),
    "mismatch": lambda: _network("2-3-1", spoil=1 + 1e-9),
    "kink": _network_at_a_kink,
}
SETTLED = ("match", "match, l2", "match, relu", "mismatch", "kink")  # of which everything is confirmed

# Functions


def cubes(x):
    return np.sum(x**3)


def squares_and_cubes(x):
    return 3 * x**2


def wrong_squares(x):
    return 3 * x**2 * (1 + 1e-9)


def softmax(x):
    return np.exp(x) / np.sum(np.exp(x))


def softmax_vjp(x, v):
    return softmax(x) * (v - np.sum(v * softmax(x)))


def pair(p):
    return np.mean(np.tanh(p["W"] @ p["v"]))


def pair_gradient(p):
    d = (1 - np.tanh(p["W"] @ p["v"]) ** 2) / 2
    return {"W": np.outer(d, p["v"]), "v": p["W"].T @ d}


def sizes(x):
    return np.sum(np.abs(x))


X = np.array([0.3, -0.7, 1.25])
P = {"W": np.array([[0.5, -1.0], [0.25, 2.0]]), "v": np.array([0.3, -0.7])}
FUNCTIONS = {
    "match": (cubes, squares_and_cubes, X, check_grad),
    "mismatch": (cubes, wrong_squares, X, check_grad),
    "vjp": (softmax, softmax_vjp, X, check_vjp),
    "two leaves": (pair, pair_gradient, P, check_grad),
    "kink": (sizes, np.sign, np.array([0.0, 1.0]), check_grad),
}


@functools.cache
def made(kind, name):
    if kind == "network":
        return NETWORKS[name]()
    f, gradient, x, check = FUNCTIONS[name]
    return function_certificate(check(f, gradient, x, rng=1))


def looked_at(kind, name, text):
    if kind == "network":
        return recheck(text)
    return recheck_function(text, FUNCTIONS[name][0])


CERTIFICATES = [("network", name) for name in NETWORKS] + [("function", name) for name in FUNCTIONS]


@pytest.mark.parametrize(("kind", "name"), CERTIFICATES)
def test_a_true_certificate_holds(kind, name):
    found = looked_at(kind, name, json.dumps(made(kind, name)))
    assert found.outcome is Outcome.HOLDS, (found.faults, found.open)


# Forgeries: each changes a copy of the data


def _first(data):
    return next(iter(data["verdicts"]))


def _set(data, part, name, value, sub=None):
    """Another first entry in one array of the certificate."""
    home = data[part] if sub is None else data[part][name]
    key = name if sub is None else sub
    while isinstance(home[key], list):
        home, key = home[key], 0
    home[key] = value(float.fromhex(home[key])).hex() if callable(value) else value


def changed(part, value, sub=None):
    return lambda data: _set(data, part, _first(data), value, sub)


def _all(data, part, value, sub=None):
    def inside(one):
        return [inside(item) for item in one] if isinstance(one, list) else value(float.fromhex(one)).hex()

    for name in data[part]:
        if sub is None:
            data[part][name] = inside(data[part][name])
        else:
            data[part][name][sub] = inside(data[part][name][sub])


def everything(part, value, sub=None):
    return lambda data: _all(data, part, value, sub)


def together(*changes):
    def change(data):
        for one in changes:
            one(data)

    return change


def field(value, *path):
    def change(data):
        home = data
        for key in path[:-1]:
            home = home[key]
        home[path[-1]] = value

    return change


def verdict(word):
    def change(data):
        name = _first(data)
        data["verdicts"][name] = word if data["verdicts"][name] != word else "match"
        if "verdict" in data and word in ORDER:
            data["verdict"] = max([*data["verdicts"].values(), *data["checks"].values()], key=ORDER.index)

    return change


def dropped(part):
    """The first quantity is missing in one part."""

    def change(data):
        del data[part][_first(data)]

    return change


def _without_first(data):
    name = _first(data)
    for part in ("claimed", "enclosure", "budget", "verdicts"):
        del data[part][name]


def _empty(data):
    for part in ("claimed", "enclosure", "budget", "verdicts"):
        data[part] = {}


def _swapped(part):
    def change(data):
        name = _first(data)
        home = data[part][name]
        while isinstance(home[0], list):
            home = home[0]
        if len(set(home)) < 2:
            home[0] = "0x1.8000000000000p+1"
        else:
            home.reverse()

    return change


ORDER = ("match", "kink", "inaccurate", "inconclusive", "skipped", "error", "mismatch")
HUGE = float.fromhex("0x1p+996")
FORGERIES = {
    "claim of 1e300 with a budget of 1e300": together(changed("claimed", lambda v: HUGE), changed("budget", lambda v: HUGE)),
    "that in all entries": together(everything("claimed", lambda v: HUGE), everything("budget", lambda v: HUGE)),
    "claim a little off": changed("claimed", lambda v: (v or 1) * (1 + 1e-8)),
    "claim a little off, budget fits": together(
        changed("claimed", lambda v: (v or 1) * (1 + 1e-8)), changed("budget", lambda v: 1e-6)
    ),
    "claim a little off, radius fits": together(
        changed("claimed", lambda v: (v or 1) * (1 + 1e-8)), changed("enclosure", lambda v: 1e-6, "rad")
    ),
    "claim of the other sign": everything("claimed", lambda v: -v or 1.0),
    "claim is NaN": changed("claimed", "nan"),
    "claim is infinite": changed("claimed", "inf"),
    "claims are zero": everything("claimed", lambda v: 0.0 if v else 5.0),
    "budget is NaN": changed("budget", "nan"),
    "budget is infinite": changed("budget", "inf"),
    "budget is negative": changed("budget", lambda v: -1.0),
    "budget is huge": changed("budget", lambda v: HUGE),
    "budget times 1e5": changed("budget", lambda v: 1e5 * v),
    "budgets times 1e6": everything("budget", lambda v: 1e6 * v),
    "budgets over 1e6": everything("budget", lambda v: 1e-6 * v),
    "radius is NaN": changed("enclosure", "nan", "rad"),
    "radius is infinite": changed("enclosure", "inf", "rad"),
    "radius is negative": changed("enclosure", lambda v: -1.0, "rad"),
    "radius is huge": changed("enclosure", lambda v: HUGE, "rad"),
    "radius of 1e-9": changed("enclosure", lambda v: 10.0, "rad"),
    "midpoint is off": changed("enclosure", lambda v: v + 1.0, "mid"),
    "midpoint is off by an ulp": changed("enclosure", lambda v: float(np.nextafter(v, 1e9)) if v else 1e-12, "mid"),
    "midpoint is NaN": changed("enclosure", "nan", "mid"),
    "low part is off": changed("enclosure", lambda v: v + 1e-9, "low"),
    "verdict says mismatch": verdict("mismatch"),
    "verdict says kink": verdict("kink"),
    "verdict says inaccurate": verdict("inaccurate"),
    "verdict says inconclusive": verdict("inconclusive"),
    "verdict is unknown": verdict("perfect"),
    "verdict is a number": verdict(1),
    "a quantity is dropped": _without_first,
    "no quantity is left": _empty,
    "a claim is dropped": dropped("claimed"),
    "a budget is dropped": dropped("budget"),
    "an enclosure is dropped": dropped("enclosure"),
    "a verdict is dropped": dropped("verdicts"),
    "the schema is dropped": lambda data: data.pop("schema"),
    "another version": field("gradcheck.certificate/2", "schema"),
    "the schema is a number": field(1, "schema"),
    "an unknown field": field(1, "trust"),
    "an unknown field inside": lambda data: data["enclosure"][_first(data)].update(more=1),
    "a seed that is none": field("7", "seed"),
    "a seed that is true": field(True, "seed"),
    "claims as numbers": lambda data: _set(data, "claimed", _first(data), 0.5),
    "claims as decimals": lambda data: _set(data, "claimed", _first(data), "0.5"),
    "budget as text": lambda data: _set(data, "budget", _first(data), "large"),
    "claims swapped": _swapped("claimed"),
    "claims of another shape": lambda data: data["claimed"].update({_first(data): ["0x0.0p+0"]}),
    "ragged claims": lambda data: data["claimed"].update({_first(data): [["0x0.0p+0"], "0x0.0p+0"]}),
    "the enclosure is a list": field([], "enclosure"),
    "the verdicts are a list": field([], "verdicts"),
    "verdicts are null": field(None, "verdicts"),
}
OF_NETWORKS = {
    "notation of another network": field("2-3:relu-1:sigmoid/quadratic", "network", "notation"),
    "sizes of another network": field([2, 4, 1], "network", "sizes"),
    "sizes are texts": field(["2", "3", "1"], "network", "sizes"),
    "sizes are negative": field([-2, 3, 1], "network", "sizes"),
    "sizes are true": field([True, True], "network", "sizes"),
    "another cost": field("huber", "network", "cost"),
    "an unknown cost": field("free", "network", "cost"),
    "a cost that is a list": field([], "network", "cost"),
    "another l2": field("0x1.0000000000000p-1", "network", "l2"),
    "a negative l2": field("-0x1.0000000000000p-1", "network", "l2"),
    "l2 is NaN": field("nan", "network", "l2"),
    "activations of another network": lambda data: data["network"].update(activations=["elu"] * len(data["point"]["W1"][0])),
    "an activation that is a list": lambda data: data["network"]["activations"].__setitem__(0, []),
    "an activation that is an object": lambda data: data["network"]["activations"].__setitem__(0, {}),
    "sizes with a list": lambda data: data["network"]["sizes"].__setitem__(0, [2]),
    "an unknown activation": lambda data: data["network"]["activations"].__setitem__(0, "free"),
    "x is moved": lambda data: data["point"]["x"][0].__setitem__(0, "0x1.8000000000000p+1"),
    "y is moved": lambda data: data["point"]["y"][0].__setitem__(0, "0x1.8000000000000p-3"),
    "W1 is moved": lambda data: data["point"]["W1"][0].__setitem__(0, "0x1.8000000000000p+1"),
    "W1 is NaN": lambda data: data["point"]["W1"][0].__setitem__(0, "nan"),
    "an example less": lambda data: data["point"].update(x=data["point"]["x"][:1], y=data["point"]["y"][:1]),
    "no examples": lambda data: data["point"].update(x=[], y=[]),
}
OF_FUNCTIONS = {
    "source of another function": field("def cubes(x):\n    return np.sum(x**4)\n", "function", "source"),
    "name of another function": field("elsewhere:other", "function", "name"),
    "x is moved": lambda data: _first_leaf(data["x"]).__setitem__(0, "0x1.8000000000000p+1"),
    "x is text": field("0.3", "x"),
    "x is deep": lambda data: data.update(x=functools.reduce(lambda tree, _: {"list": [tree]}, range(60), data["x"])),
    "a check failed": lambda data: data["checks"].update({"inputs-unchanged": "mismatch"}),
    "the whole is better than its parts": lambda data: data.update(
        verdict="match", verdicts=dict.fromkeys(data["verdicts"], "mismatch")
    ),
    "the whole is worse than its parts": lambda data: data.update(verdict="error"),
    "another cotangent": lambda data: data.update(cotangent=_doubled(data)),
    "bits are text": field("192", "bits"),
}


def _first_leaf(tree):
    while "array" not in tree:
        tree = tree["dict"]["W"]
    home = tree["array"]
    while isinstance(home[0], list):
        home = home[0]
    return home


def _doubled(data):
    leaf = copy.deepcopy(data["cotangent"] or {"number": "0x1.0000000000000p+1", "name": "v", "dtype": "float64"})
    if "array" in leaf:
        leaf["array"] = [(2 * float.fromhex(v)).hex() for v in leaf["array"]]
    return leaf


CASES = [
    (kind, name, forgery)
    for kind, name in CERTIFICATES
    for forgery in {**FORGERIES, **(OF_NETWORKS if kind == "network" else OF_FUNCTIONS)}
]
# Other numbers that are as wrong: the certificate says so, and holds
ANY_SUBGRADIENT = [("kink", "midpoint is off"), ("kink", "midpoint is off by an ulp"), ("kink", "low part is off")]
AS_WRONG = [forgery for forgery in FORGERIES if forgery.startswith("claim")]


@pytest.mark.parametrize(("kind", "name", "forgery"), CASES)
def test_no_forgery_holds(kind, name, forgery):
    data = copy.deepcopy(made(kind, name))
    {**FORGERIES, **(OF_NETWORKS if kind == "network" else OF_FUNCTIONS)}[forgery](data)
    if data == made(kind, name):
        return  # it was so
    data["sha256"] = digest(data)
    try:
        found = looked_at(kind, name, json.dumps(data))
    except NoCertificate:
        return
    if kind == "function" and (name, forgery) in ANY_SUBGRADIENT:
        assert any("which of the subgradients" in told for told in found.trusted)
    elif found.outcome is Outcome.HOLDS:
        assert found.verdict == "mismatch" and name == "mismatch" and forgery in AS_WRONG
