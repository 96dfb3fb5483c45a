"""An independent look at a certificate of any function: its form, its hash, and f itself in 80 digits.

Nothing that wrote the certificate is used. Given the function, each derivative is a difference quotient in mpmath's numbers
with a step of 1e-25 of the entry, whose error is of order 1e-50, wherever f runs on such numbers; what rounding may do is
seen from runs of f whose every operation is moved by its rounding error. Where f runs on floats alone, or is not at hand,
the certificate is not confirmed: it may be refuted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath

from gradcheck.recheck.floats import enclosed, weak_derivatives
from gradcheck.recheck.look import RepeatedDerivatives, as_float, plain
from gradcheck.recheck.numbers import DIGITS
from gradcheck.recheck.reading import (
    FUNCTION,
    VERDICTS,
    Recheck,
    at,
    expect,
    expect_keys,
    hash_faults,
    indices,
    kind_of,
    read_certificate,
    shape_of,
)
from gradcheck.recheck.subject import CertifiedFunction, Leaf, flat, identity_faults, leaves_of, number, rebuilt
from gradcheck.recheck.verdicts import NEAR_ESTIMATE, RecheckedEntry, judged, worst
from gradcheck.recheck.watch import TimeAllowance, TimeSpent

SAME_FORMULA = mpmath.mpf(10) ** -35  # of the largest entry: formulas that differ by less are one
TRUSTED = (
    f"the exact size of each budget: it lies within a factor of {NEAR_ESTIMATE:.0f} of an estimate of rounding made anew",
    "the checks of behaviour (inputs unchanged, the same answer twice, and such)",
    "toolkit, seed, bits, subject and witness: they are remarks",
)


def is_of_function(text: str) -> bool:
    """Whether a text says that it is such a certificate."""
    return f'"{FUNCTION}"' in text


def recheck_function(
    text: str,
    f: Callable[..., Any] | None = None,
    gradient: Callable[..., Any] | None = None,
    watch: TimeAllowance | None = None,
) -> Recheck:
    """What does not hold in a certificate; with f each derivative is taken again, with its gradient the claim as well.

    What the time of ``watch`` does not suffice for stays open, so that the certificate is not confirmed.
    ValueError where the text is no certificate of a function, or f cannot be called with its argument.
    """
    data = read_certificate(text)
    names = _check_form(data)
    faults, left, trusted = hash_faults(data), list[str](), list(TRUSTED)
    subject = None if f is None else CertifiedFunction(f, data["x"], data["cotangent"], watch or TimeAllowance())
    faults += [] if f is None else identity_faults(data["function"], f, "function")
    if f is not None and data["function"]["source"] is None:
        trusted.append("that the function at hand is the one of the certificate, which has no source of it")
    try:
        how, look = _looked_at(data, subject, faults, left, trusted)
    except TimeSpent:
        assert subject is not None
        left.append(f"the derivatives: {subject.watch.spent}")
        how, look = "each verdict looked at beside its numbers", None
    formula = _formula(data, subject, gradient, look, faults, trusted)
    for name, verdict in data["verdicts"].items():
        found = judged(
            name,
            verdict,
            look.entries(name) if look else _by_itself(data, name),
            formula_differs=data["formula"] == "different" if formula is None else not formula[name],
            formula_equal=data["formula"] == "equal within constants" if formula is None else formula[name],
            formula_seen=formula is not None,
            together=look is not None and name in look.kinked and not look.kinks.reached,
        )
        faults += found.faults
        left += found.open
    verdict = worst([*data["checks"].values(), *data["verdicts"].values()])
    if verdict != data["verdict"]:
        faults.append(f"the verdict is {data['verdict']}, but its parts say {verdict}")
    left += [f"{name}: {told}" for name, told in data["checks"].items() if told not in ("match", "skipped") and told == verdict]
    return Recheck("function", names, verdict, data["verdicts"], tuple(faults), tuple(left), tuple(trusted), how)


# Its form


def _check_form(data: dict[str, Any]) -> int:
    """Raise ValueError where it is not that of a certificate of a function; the number of entries."""
    expect(data["schema"] == FUNCTION, "it is one of a network")
    for part in ("subject", "formula"):
        expect(isinstance(data[part], str), f"{part} is {kind_of(data[part])}, expected a text")
    for part in ("function", "gradient"):
        expect_keys(data[part], {"name", "source"}, part)
        expect(all(value is None or isinstance(value, str) for value in data[part].values()), f"{part} holds no texts")
    expect(type(data["bits"]) is int and data["bits"] > 0, "bits is expected to be a whole number")
    expect(isinstance(data["checks"], dict), f"checks is {kind_of(data['checks'])}, expected an object")
    for name, verdict in {**data["checks"], "verdict": data["verdict"]}.items():
        expect(verdict in VERDICTS, f"{name[:40]} is {str(verdict)[:40]!r}, expected one of {', '.join(VERDICTS)}")
    if data["cotangent"] is not None:
        list(leaves_of(data["cotangent"], "cotangent"))
    leaves = {leaf.name: leaf for leaf in leaves_of(data["x"], "x")}
    floats = {name for name, leaf in leaves.items() if leaf.is_float}
    expect(len(leaves) == len(list(leaves_of(data["x"], "x"))), "two leaves of x have one name")
    judged_names = set(data["verdicts"])
    expect(judged_names == floats, f"it judges {sorted(judged_names)[:9]}, the argument has {sorted(floats)[:9]}")
    return sum(_check_shape(data, leaves[name]) for name in data["verdicts"])


def _check_shape(data: dict[str, Any], leaf: Leaf) -> int:
    found = shape_of(data["claimed"][leaf.name], leaf.name, finite=False)
    expect(found == leaf.shape, f"the claimed {leaf.name} has shape {found}, the argument {leaf.shape}")
    return sum(1 for _ in indices(found))


# Its numbers


def _looked_at(
    data: dict[str, Any], subject: CertifiedFunction | None, faults: list[str], left: list[str], trusted: list[str]
) -> tuple[str, RepeatedDerivatives | None]:
    """How the entries were looked at; faults and what stays open are added to the lists."""
    if subject is None:
        left.append("the derivatives: they were not taken again; give --function to take them")
        return "each verdict looked at beside its numbers; give --function to take the derivatives again", None
    with mpmath.workdps(DIGITS):
        try:
            look = RepeatedDerivatives(data, subject)
        except TimeSpent:
            raise
        except Exception:  # f runs on floats alone, whatever it raises here
            pass
        else:
            faults += look.faults()
            left += look.kinks.open
            if look.kinks.hull:
                trusted.append("which of the subgradients the enclosure of an entry has at a kink")
            return f"each derivative taken again in {DIGITS} digits", look
        try:
            more, silent = weak_derivatives(data, subject)
        except TimeSpent:
            raise
        except Exception as error:
            raise ValueError(f"the function cannot be called with the argument of the certificate: {error}") from error
    faults += more
    told = f", and {silent} of them say nothing" if silent else ""
    how = f"each derivative taken again by differences of floats: weak evidence, f runs on nothing else{told}"
    left.append("the derivatives: the function runs on floats alone, and their differences confirm few digits")
    return how, None


def _by_itself(data: dict[str, Any], name: str) -> list[RecheckedEntry]:
    """The entries beside the certificate's own enclosure: it may contradict itself."""
    found = []
    for index in indices(shape_of(data["claimed"][name], name, finite=False)):
        mid, low, rad = enclosed(data, name, index)
        claimed, budget = number(at(data["claimed"][name], index)), number(at(data["budget"][name], index))
        with mpmath.workdps(400):
            off = abs(claimed - mid - low)
            within = bool(off <= budget + rad)
        found.append(RecheckedEntry(index, as_float(off), within, as_float(budget), None, None))
    return found


# Its gradient code


def _formula(
    data: dict[str, Any],
    subject: CertifiedFunction | None,
    gradient: Callable[..., Any] | None,
    look: RepeatedDerivatives | None,
    faults: list[str],
    trusted: list[str],
) -> dict[str, bool] | None:
    """For each quantity whether the gradient code's own formula is right, in 80 digits; None where it was not asked."""
    if gradient is None or subject is None:
        trusted.append("that the gradient code gave the claimed numbers, and what is said of its formula")
        return None
    faults += identity_faults(data["gradient"], gradient, "gradient code")
    more = [data["cotangent"]] if data["cotangent"] is not None else []
    try:
        given = flat(gradient(rebuilt(data["x"], {}, False), *(rebuilt(tree, {}, False) for tree in more)))
    except Exception as error:
        raise ValueError(f"the gradient code cannot be called with the argument of the certificate: {error}") from error
    claims = [
        at(data["claimed"][name], index)
        for name in data["verdicts"]
        for index in indices(shape_of(data["claimed"][name], name, finite=False))
    ]
    if len(given) != len(claims) or any(
        abs(float(a) - float.fromhex(b)) > 2.0**-40 * abs(float.fromhex(b)) for a, b in zip(given, claims, strict=True)
    ):
        faults.append("the gradient code gives other numbers than the certificate claims")
        return None
    if look is None:
        return None
    with mpmath.workdps(DIGITS):
        try:
            exact = flat(gradient(rebuilt(data["x"], {}, True), *(rebuilt(tree, {}, True) for tree in more)))
            numbers = [mpmath.mpf(plain(value)) for value in exact]
        except Exception:  # it runs on floats alone
            trusted.append("what is said of the formula of the gradient code, which runs on floats alone")
            return None
        look.take_in(lambda: flat(gradient(rebuilt(data["x"], {}, True), *(rebuilt(tree, {}, True) for tree in more))))
        places = iter(numbers)
        found = {}
        for name in data["verdicts"]:
            pairs = [(next(places), look.slopes[name, index]) for index in indices(look.shapes[name])]
            largest = max((abs(slope) for _, slope in pairs), default=0)
            found[name] = all(abs(value - slope) <= SAME_FORMULA * largest for value, slope in pairs)
    return found
