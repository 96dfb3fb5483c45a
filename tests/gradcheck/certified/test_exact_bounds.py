"""What floats may lose in products, systems, transforms and filters, and where eigenvalues lie: bounds worked out by hand."""

import math

import numpy as np
import pytest

from gradcheck.certified.code.reasons import CannotFollow
from gradcheck.certified.composed import convolutions
from gradcheck.certified.linear_algebra import eigen_enclosures
from gradcheck.certified.linear_algebra.eigen_enclosures import TINY, Cluster, Eigen, _clusters, _correction, enclose, frobenius
from gradcheck.certified.linear_algebra.eigenvalues import _across, _of_cluster, _pulled, _turn_like
from gradcheck.certified.linear_algebra.factorisations import _check_rank
from gradcheck.certified.linear_algebra.linear_maps import applied, fourier
from gradcheck.certified.linear_algebra.linear_systems import solve
from gradcheck.certified.linear_algebra.products import matmul, rounded_product
from gradcheck.certified.numbers.arrays import objects, wrap
from gradcheck.certified.numbers.choices import Choices, Mode
from gradcheck.certified.numbers.run_state import activated
from gradcheck.certified.rounding import RunFormat
from gradcheck.certified.runs import all_rules
from gradcheck.certified.runs.evaluate import run_values
from symbolic.balls import Ball, BallMatrix, precision

U = 2.0**-20
A, B = np.array([[1.0, -2.0, 4.0], [0.5, 8.0, -1.0]]), np.array([[2.0, 1.0], [-1.0, 3.0], [0.5, -4.0]])

assert all_rules  # importing it gives balls every function of NumPy


@pytest.fixture(autouse=True)
def _many_bits():
    with precision(192):
        yield


def balls(values):
    return wrap(objects(np.asarray(values, dtype=float)))


def matrix(rows):
    rows = [[entry if isinstance(entry, Ball) else Ball(entry) for entry in row] for row in rows]
    return BallMatrix(len(rows), len(rows[0]), [entry for row in rows for entry in row])


def radii(value):
    cells = objects(value)
    return np.array([float(cell.ball.rad()) for cell in cells.ravel()]).reshape(cells.shape)


def rads(value):
    return np.array([float(ball.rad()) for ball in value.entries()]).reshape(value.nrows(), value.ncols())


def mids(value):
    return np.array([float(ball.mid()) for ball in value.entries()]).reshape(value.nrows(), value.ncols())


def ends(ball):
    return pytest.approx((float(ball.lower()), float(ball.upper())), rel=1e-8, abs=1e-8)


def rounding(tiny=0.0):
    return activated(tape=None, unit=U, tiny=tiny)


# Products, systems and transforms


def test_a_product_of_matrices_rounds_by_its_terms_and_one():
    with rounding():
        assert radii(matmul(balls(A), balls(B))) == pytest.approx(4 * U * np.abs(A) @ np.abs(B), rel=1e-8)
        assert rads(rounded_product(matrix(A), matrix(B))) == pytest.approx(4 * U * np.abs(A) @ np.abs(B), rel=1e-8)
        zeros = radii(matmul(balls([[0.0, 0.0]]), balls([[1.0], [2.0]])))
    with rounding(tiny=0.25):
        assert radii(matmul(balls([[1.0]]), balls([[2.0]]))) == pytest.approx(0.25 + 4 * U, rel=1e-8)
        assert zeros.tolist() == [[0.0]] == radii(matmul(balls([[0.0]]), balls([[2.0]]))).tolist()
    with activated(tape=None):
        assert not radii(matmul(balls(A), balls(B))).any()


def test_a_system_is_solved_for_all_matrices_that_elimination_may_have_had():
    with rounding():
        found = radii(solve(balls([[2.0, 0.0], [0.0, 8.0]]), balls([4.0, 8.0])))
    perturbed = 4 * 4 * U * 8  # 4 n^2 u times the largest entry
    assert found == pytest.approx([perturbed * (2 + 1) / 2, perturbed * 3 / 8], rel=1e-3)
    with activated(tape=None):
        assert radii(solve(balls([[2.0, 0.0], [0.0, 8.0]]), balls([4.0, 8.0]))).max() < 1e-50


def test_a_transform_rounds_by_the_logarithm_of_its_length():
    columns = balls([[1.0, 2.0], [-3.0, 0.5], [0.0, 4.0], [2.0, -1.0]])
    with rounding(tiny=2.0**-30):
        found = radii(applied(fourier("rfft", 4), objects(columns)))
    expected = 4 * (1 + 2) * U * np.array([6.0, 7.5]) + 2.0**-30
    assert found.shape == (6, 2) and found == pytest.approx(np.broadcast_to(expected, (6, 2)), rel=1e-8)
    with activated(tape=None):
        assert radii(applied(fourier("rfft", 4), objects(columns))).max() < 1e-50


def test_a_convolution_by_transforms_rounds_by_the_lengths_of_both():
    a, b = objects(balls([3.0, 4.0])), objects(balls([5.0, 12.0, 0.0, 0.0, 0.0, 0.0]))
    with rounding():
        error = 4 * (1 + 3) * U * 5 * 13
        assert convolutions._transform_error(a, b) == pytest.approx(error)
        direct, automatic, by_transform = (
            radii(convolutions.OF_SCIPY_SIGNAL[name](balls([3.0, 4.0]), balls([1.0, 2.0]), **options))
            for name, options in (("convolve", {"method": "direct"}), ("convolve", {}), ("fftconvolve", {}))
        )
        of_two = 4 * (1 + 2) * U * 5 * math.sqrt(5)
        assert automatic - direct == pytest.approx(np.full(3, of_two)) and (by_transform == automatic).all()
        assert direct == pytest.approx(3 * U * np.array([3.0, 10.0, 8.0]))
        mean = radii(convolutions.uniform_filter1d(balls([1.0, -2.0, 5.0]), 2))
        thirds = 3 * U * np.array([1.0, 1.5, 3.5])  # of two terms, each of which is halved exactly
        assert mean - thirds == pytest.approx(np.full(3, 4 * U * 8), rel=0.01)
    with activated(tape=None):
        assert convolutions._transform_error(a, b) == 0.0
        assert not radii(convolutions.uniform_filter1d(balls([1.0, 2.0]), 2)).any()


ROUNDED = {
    "einsum": lambda x: np.einsum("ij,kj->ik", x, x),
    "solve": lambda x: np.linalg.solve(x[:, :3] + 5 * np.eye(3, dtype=x.dtype), x),
    "det": lambda x: np.linalg.det(x[:, :3] + 5 * np.eye(3, dtype=x.dtype)) / 100,
    "slogdet": lambda x: np.linalg.slogdet(x[:, :3] + 5 * np.eye(3, dtype=x.dtype))[1],
    "inv": lambda x: np.linalg.inv(x[:, :3] + 5 * np.eye(3, dtype=x.dtype)),
    "eigvalsh": lambda x: np.linalg.eigvalsh(x[:, :3] + x[:, :3].T),
    "svd": lambda x: np.linalg.svd(x, compute_uv=False),
    "fft": lambda x: np.fft.rfft(x).imag,
    "norm": lambda x: np.linalg.norm(x, axis=1),
    "cumprod": lambda x: np.cumprod(x, axis=1),
    "std": lambda x: np.std(x, axis=0),
    "exp": lambda x: np.exp(x) / np.sum(np.exp(x), axis=1, keepdims=True),
    "power": lambda x: np.abs(x) ** 1.7 + x**3,
    "median": lambda x: np.median(x, axis=1) * np.max(x, axis=1),
    "convolve": lambda x: np.convolve(x[0], x[1]),
}


@pytest.mark.parametrize("name", ROUNDED)
def test_floats_stay_within_their_rounding_which_is_small(name):
    x = np.float32([[1.5, -2.25, 0.75, 3.125], [0.5, 4.5, -1.125, 2.625], [-3.5, 1.25, 2.125, -0.375]])
    (cells,), _ = run_values(ROUNDED[name], x.astype(float), RunFormat.of(np.float32).settings(midpoint=True))
    short, exact = np.asarray(ROUNDED[name](x), dtype=float), np.asarray(ROUNDED[name](x.astype(float)))
    allowed = radii(cells)
    assert (np.abs(short - exact) <= allowed + 2.0**-23 * np.abs(exact)).all()
    assert (allowed <= 2e-3 * (1 + np.abs(exact))).all() and (allowed > 0).any()


@pytest.mark.parametrize(
    ("entries", "cutoff", "full"),
    [
        ((1.0, 5e-16), None, True),
        ((1.0, 3e-16), None, False),
        ((1.0, 0.2), 0.1, True),
        ((1.0, 0.05), 0.1, False),
        ((1.0, 0.0), 0.0, False),
        ((1.0, 3e-16), -1.0, False),
        ((1.0, 5e-16), -1.0, True),
        ((100.0, 20.0), 0.1, True),
        ((100.0, 5.0), 0.1, False),
        ((0.0, 0.0), None, False),
    ],
)
def test_a_matrix_is_of_full_rank_where_its_smallest_singular_value_counts(entries, cutoff, full):
    matrix = objects(balls(np.diag(entries)))
    if full:
        _check_rank(matrix, cutoff, "lstsq")
        return
    with pytest.raises(CannotFollow, match="no-rule"):
        _check_rank(matrix, cutoff, "lstsq")


# Eigenvalues


def test_eigenvalues_of_a_diagonal_are_those_but_for_radii_and_rounding():
    found = enclose(matrix([[3.0, 0.0], [0.0, -4.0]]), 0.0)
    assert [float(value.mid()) for value in found.values()] == [-4, 3] and found.skew <= 1e-200
    assert found.error <= 1e-200 and [cluster.places for cluster in found.clusters] == [(0,), (1,)]
    assert enclose(matrix([[3.0, 0.0], [0.0, -4.0]]), U).error == pytest.approx(2 * U * 5, rel=1e-9)
    wide = enclose(matrix([[Ball(3, 0.5), 0.0], [0.0, Ball(-4, 0.25)]]), 0.0)
    assert wide.error == pytest.approx(math.hypot(0.5, 0.25), rel=1e-6)
    for entry in (float("inf"), float("nan")):
        assert enclose(matrix([[entry, 0.0], [0.0, 1.0]]), 0.0) is None
    middle = enclose(matrix([[2.0, 1.0, 0.0], [1.0, 2.0, 1.0], [0.0, 1.0, 2.0]]), 0.0)
    assert [float(v.mid()) for v in middle.values()] == pytest.approx([2 - math.sqrt(2), 2, 2 + math.sqrt(2)], rel=1e-15)
    assert all(v.contains(e) for v, e in zip(middle.values(), (2 - Ball(2).sqrt(), Ball(2), 2 + Ball(2).sqrt()), strict=True))
    assert middle.error < 1e-50 and middle.skew < 1e-50 and max(cluster.reach for cluster in middle.clusters) < 1e-50


def test_norms_hold_what_floats_lose():
    assert frobenius(matrix([[3.0, 4.0]])) == pytest.approx(5) and frobenius(matrix([[3.0, 4.0]])) > 5
    assert frobenius(matrix([[0.0, 0.0]])) == 0.0 and frobenius(matrix([[Ball("inf"), 0.0]])) == math.inf
    tiny = frobenius(matrix([[Ball(2) ** -1100, 0.0]]))
    assert tiny in (TINY, pytest.approx(TINY)) and tiny >= TINY
    assert frobenius(matrix([[1e200, 1e200]])) == pytest.approx(math.sqrt(2) * 1e200)


def test_neighbours_are_taken_together_up_to_four_times_the_error():
    row = lambda *numbers: [Ball(number) for number in numbers]
    assert [c.places for c in _clusters(row(0, 4.5, 8, 20), 1.0)] == [(0,), (1, 2), (3,)]
    assert [c.places for c in _clusters(row(0, 4), 1.0)] == [(0, 1)]
    (one, two, three) = _clusters(row(0, 10, 30), 2.0)
    assert one.reach == pytest.approx(2 / 8, rel=1e-9) == two.reach and three.reach == pytest.approx(2 / 18, rel=1e-9)
    assert one.reach > 2 / 8
    (alone,) = _clusters(row(5), 1.0)
    assert alone.places == (0,) and alone.reach == 0.0


def test_eigenvectors_and_projectors_are_as_wide_as_the_angle():
    vectors = matrix([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    found = Eigen([Ball(1), Ball(5), Ball(5)], vectors, 0.5, 0.125, (Cluster((0,), 0.25), Cluster((1, 2), 0.125)))
    assert rads(found.enclosed_vectors())[0] == pytest.approx([1.5 * 0.25 + 2 * 0.125, 2.0, 2.0])
    assert [ends(value) for value in found.values()] == [(0.5, 1.5), (4.5, 5.5), (4.5, 5.5)]
    projector = found.projector(found.clusters[1])
    assert mids(projector).tolist() == [[0, 0, 0], [0, 1, 0], [0, 0, 1]]
    assert rads(projector) == pytest.approx(np.full((3, 3), 0.125 + 3 * 0.125))


def test_the_first_correction_of_columns():
    rotated, lack = matrix([[1.0, 0.5], [0.25, 3.0]]), matrix([[0.125, 0.0625], [0.25, 0.5]])
    found = mids(_correction(rotated, lack, [Ball(1), Ball(3)], 1.0))
    assert found == pytest.approx(np.array([[0.0625, (0.5 + 3 * 0.0625) / 2], [(0.25 + 0.25) / -2, 0.25]]))
    close = mids(_correction(rotated, lack, [Ball(1), Ball(3)], 2.0))
    assert close == pytest.approx(np.array([[0.0625, 0.03125], [0.125, 0.25]]))


def test_columns_are_turned_like_those_of_floats():
    vectors = matrix([[1.0, 0.0, 0.5], [0.0, -1.0, 0.5]])
    _turn_like(vectors, np.array([[-1.0, 0.0, 0.5], [0.0, -1.0, -0.5]]))
    assert mids(vectors).tolist() == [[-1, 0, 0.5], [0, -1, 0.5]]


def test_equal_eigenvalues_hold_all_between_their_adjoints():
    vectors = matrix([[1.0, 0.0], [0.0, 1.0]])
    cluster = Cluster((0, 1), 0.0)
    found = Eigen([Ball(5), Ball(5)], vectors, 0.0, 0.0, (cluster,))
    projector = found.projector(cluster)
    with activated(choices=Choices()) as run:
        equal = _of_cluster(found, cluster, projector, [Ball(3), Ball(3)], "eigh")
        assert mids(equal).tolist() == [[3, 0], [0, 3]] and rads(equal).max() < 1e-30 and run.choices.asked == 0
        open_ones = _of_cluster(found, cluster, projector, [Ball(0), Ball(4)], "eigh")
        assert [ends(ball) for ball in open_ones.entries()] == [(0, 4), (-2, 2), (-2, 2), (0, 4)]
        assert run.choices.asked == 1 and [tie.operation for tie in run.choices.ties] == ["eigh"]
        wide = _of_cluster(found, cluster, projector, [Ball(0, 1), Ball(4, 2)], "eigh")
        assert [ends(ball) for ball in wide.entries()] == [(-1, 6), (-3.5, 3.5), (-3.5, 3.5), (-1, 6)]
    with activated(choices=Choices(Mode.MIDPOINT)):
        one_each = _of_cluster(found, cluster, projector, [Ball(0), Ball(4)], "eigh")
        assert mids(one_each).tolist() == [[0, 0], [0, 4]] and rads(one_each).max() < 1e-30


def test_the_adjoint_of_a_matrix_from_those_of_its_parts():
    vectors = matrix([[1.0, 0.0], [0.0, 1.0]])
    found = Eigen([Ball(1), Ball(5)], vectors, 0.0, 0.0, (Cluster((0,), 0.0), Cluster((1,), 0.0)))
    with activated(choices=Choices()):
        values_alone = _pulled(found, vectors, matrix([[2.0, 3.0], [0.0, 0.0], [0.0, 0.0]]), "eigh")
        assert mids(values_alone).tolist() == [[2, 0], [0, 3]]
        both = _pulled(found, vectors, matrix([[2.0, 3.0], [0.0, 8.0], [0.0, 0.0]]), "eigh")
        assert mids(both).tolist() == [[2, 8 / 4], [0, 3]]
    three = matrix(np.eye(3))
    several = Eigen([Ball(1), Ball(5), Ball(5)], three, 0.0, 0.0, (Cluster((0,), 0.0), Cluster((1, 2), 0.0)))
    of_vectors = matrix([[0.0, 0.0, 0.0], [6.0, 0.0, 0.0], [2.0, 0.0, 0.0]])
    cluster = several.clusters[1]
    across = _across(several, cluster, several.projector(cluster), matrix([[1.0], [0.0], [0.0]]), [0], of_vectors, [0])
    assert mids(across).tolist() == [[0, 0, 0], [6 / -4, 0, 0], [2 / -4, 0, 0]]
    assert eigen_enclosures.MAX_STEPS == 24
