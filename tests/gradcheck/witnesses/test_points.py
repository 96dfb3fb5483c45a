import json
import re

import numpy as np
import pytest

from gradcheck.rounding.budget import rounding_budget
from gradcheck.witnesses.points import batch_size, load_point, safe_point
from reference_nets.network import weighted_inputs
from reference_nets.spec import ACTIVATIONS, COSTS, NetworkSpec

SPEC = NetworkSpec.parse("2-3:relu-1")
KINKED = ["2-3:relu-1", "3-5:relu-5:relu-5:leaky_relu-2:relu/mse", "2-1:relu-1:relu-1:relu/huber", "4-6:tanh-6:relu-3/bce"]


def points(notation, count=40, **options):
    spec, rng = NetworkSpec.parse(notation), np.random.default_rng(0)
    for _ in range(count):
        point = safe_point(spec, rng, **options)
        yield spec, point, weighted_inputs(spec, point.params, point.x)[0]


def kinked_layers(spec):
    return [layer for layer in spec.layers if spec.activations[layer - 1] in ("relu", "leaky_relu")]


@pytest.mark.parametrize("m", [None, 1, 2, 16])
@pytest.mark.parametrize("notation", KINKED)
def test_no_weighted_input_lies_near_a_kink_and_every_example_has_a_live_unit(notation, m):
    for spec, _, z in points(notation, m=m):
        for layer in kinked_layers(spec):
            assert np.abs(z[layer]).min() > 1e-6
            assert (z[layer] > 0).any(axis=1).all() and (z[layer][:, 0] > 0).all()


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("notation", KINKED)
def test_no_subgradient_has_to_be_chosen(notation, dtype):
    for spec, point, _ in points(notation, 20, dtype=dtype):
        budget = rounding_budget(spec, point.params, point.x, point.y, dtype=dtype)
        assert all((budget.lowest[key] == budget.highest[key]).all() for key in spec.keys)
        assert {array.dtype for array in (*point.params.values(), point.x, point.y)} == {np.dtype(dtype)}


@pytest.mark.parametrize("m", [None, 3])
def test_units_die_for_some_example_and_none_for_all(m):
    for spec, _, z in points("3-5:relu-5:relu-2", m=m):
        for layer in kinked_layers(spec):
            live = (z[layer] > 0).mean(axis=0)
            assert live[0] == 1 and (live[1:] < 1).any() and (live > 0).all()


@pytest.mark.parametrize("notation", ["2-3-1", "4-5-6-7", "2-3-3-2", "5-4"])
def test_the_batch_is_as_large_as_no_layer(notation):
    spec = NetworkSpec.parse(notation)
    assert batch_size(spec) >= 4 and batch_size(spec) not in spec.sizes
    assert len(safe_point(spec, np.random.default_rng(0)).x) == batch_size(spec)


@pytest.mark.parametrize("cost", COSTS)
def test_targets_lie_in_the_domain_of_the_cost(cost):
    for _, point, _ in points(f"2-3:tanh-4/{cost}", 5):
        if cost == "cross_entropy":
            assert (point.y.sum(axis=1) == 1).all() and set(point.y.ravel()) == {0.0, 1.0}
        if cost == "bce":
            assert set(point.y.ravel()) <= {0.0, 1.0}
        assert (point.y * 8 == np.round(point.y * 8)).all()  # exact in every format


@pytest.mark.parametrize("name", ACTIVATIONS[:-1])
def test_nothing_hides_a_mistake(name):
    for _, point, _ in points(f"2-3:{name}-2", 5):
        assert all((value != 0).all() for value in point.params.values())
        assert 0.05 < np.abs(point.params["W1"]).max() < 10


def test_a_batch_needs_an_example():
    with pytest.raises(ValueError, match=r"^m is 0, expected a batch of at least one example$"):
        safe_point(SPEC, np.random.default_rng(0), m=0)


ARRAYS = {"W1": np.ones((3, 2)), "b1": np.zeros(3), "W2": np.ones((1, 3)), "b2": [0.5], "x": [[1, 2]], "y": [[0.0]]}


def write(path, arrays):
    arrays = {key: np.asarray(value, dtype=float) for key, value in arrays.items()}
    if path.suffix == ".npz":
        np.savez(path, **arrays)
    else:
        path.write_text(json.dumps({key: value.tolist() for key, value in arrays.items()}))
    return path


@pytest.mark.parametrize("name", ["point.npz", "point.json"])
def test_a_point_is_read_from_a_file(tmp_path, name):
    point = load_point(write(tmp_path / name, ARRAYS), SPEC)
    assert point.x.tolist() == [[1.0, 2.0]] and point.params["b2"].tolist() == [0.5]
    assert list(point.params) == list(SPEC.keys)


BAD = [
    ({"W1": np.ones((2, 3))}, "W1 has shape (2, 3), expected (3, 2) = (n_out, n_in); did you store the transpose?"),
    ({"x": [[1, 2, 3]]}, "x has shape (1, 3), expected (m, 2): one row an example"),
    ({"y": [[np.nan]]}, "y[0, 0] is nan, expected a finite number"),
]


@pytest.mark.parametrize("name", ["point.npz", "point.json"])
@pytest.mark.parametrize(("changed", "message"), BAD)
def test_a_point_that_does_not_fit_is_refused(tmp_path, name, changed, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        load_point(write(tmp_path / name, ARRAYS | changed), SPEC)


@pytest.mark.parametrize("name", ["point.npz", "point.json"])
def test_what_is_missing_is_named(tmp_path, name):
    path = write(tmp_path / name, {key: value for key, value in ARRAYS.items() if key not in ("b1", "y")})
    with pytest.raises(ValueError, match=re.escape(f"{path} lacks b1, y; a point of {SPEC} has W1, b1, W2, b2, x, y")):
        load_point(path, SPEC)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("point.json", b"{", "holds no point: it is no JSON (line 1, column 2: Expecting property name"),
        ("point.json", b"[1, 2]", "holds no point: a point is an object with the keys W1 b1 ... x y"),
        ("point.json", b'{"W1": [[1, 2], [3]]}', "holds no point: "),
        ("point.json", b'{"W1": {"a": 1}}', "holds no point: "),
        ("point.json", b"\xff\xfe", "holds no point: "),
        ("point.npz", b"PK\x03\x04 cut off", "holds no point: "),
        ("point.npz", b"no archive", "holds no point: "),
        ("point.npz", b"", "holds no point: "),
        ("point.txt", b"1 2 3", "is neither .npz nor .json; a point has the keys W1 b1 ... x y"),
    ],
)
def test_a_file_that_holds_no_point_is_named_with_the_reason(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ValueError, match=re.escape(f"{path} {message}")):
        load_point(path, SPEC)


def test_pickled_objects_are_never_loaded(tmp_path):
    np.savez(tmp_path / "point.npz", W1=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="holds no point"):
        load_point(tmp_path / "point.npz", SPEC)


@pytest.mark.parametrize("name", ["point.npz", "point.json"])
def test_a_file_that_is_not_there_is_named(tmp_path, name):
    with pytest.raises(ValueError, match=rf"^cannot read the point .*{name}: No such file or directory$"):
        load_point(tmp_path / name, SPEC)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_without_biases_units_of_kinked_layers_are_live_for_some_example_and_away_from_zero(dtype):
    for network in ("3-4:relu-3:leaky_relu-2+nobias", "2-1:relu-3:relu-3:relu-1/mse+nobias", "4-5:relu-3/cross_entropy+nobias"):
        spec = NetworkSpec.parse(network)
        for seed in range(20):
            point = safe_point(spec, np.random.default_rng(seed), dtype=dtype)
            z, a = weighted_inputs(spec, point.params, point.x)
            for layer, name in enumerate(spec.activations, 1):
                if name in ("relu", "leaky_relu") and a[layer - 1].any():
                    assert (z[layer] > 0).any(axis=0).all()
                    reached = np.abs(z[layer][a[layer - 1].any(axis=1)])
                    assert (reached > 1e-4 * reached.max(axis=0)).all()
