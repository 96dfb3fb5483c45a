"""Which libraries the toolkit needs, in which range, and whether each does here what the toolkit asks of it."""

from __future__ import annotations

import configparser
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any, NamedTuple

DISTRIBUTION = "gradcheck-toolkit"
ROOT = Path(__file__).resolve().parents[3]
LOWER_BOUND = re.compile(r"""([\w-]+)>=([\w.]+)(?: *; *python_version *>= *["'](\d+)\.(\d+)["'])?$""")


class Use(NamedTuple):
    """A library: the module that is imported, what for, what the toolkit does with it, and which others that needs."""

    module: str
    purpose: str
    trial: Callable[[], bool]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Library:
    """A library: the version that is here, the range that is needed, what it is for, and what is wrong with it."""

    name: str
    version: str | None
    needed: str
    purpose: str
    trouble: str = ""

    def to_dict(self) -> dict[str, Any]:
        """In the shape of the schema."""
        return {
            "name": self.name,
            "version": self.version,
            "needed": self.needed,
            "for": self.purpose,
            "ok": not self.trouble,
            "trouble": self.trouble,
        }

    def __str__(self) -> str:
        return f"{self.name} {self.version or '(not installed)'}: {self.trouble or 'works'}"


# What the toolkit does with each. A trial goes through the toolkit's own module, because that is what must work.


def _numpy() -> bool:
    backward = import_module("reference_nets.network").backward
    spec, point = _network()
    return set(backward(spec, point.params, point.x, point.y)) == {"W1", "b1"}


def _sympy() -> bool:
    closed_form = import_module("symbolic.programs.compiled").closed_form
    spec, point = _network()
    return set(closed_form(spec)(point.params, point.x, point.y)) == {"W1", "b1"}


def _network() -> tuple[Any, Any]:
    numpy = import_module("numpy")
    spec = import_module("reference_nets.spec").NetworkSpec.parse("1-1")
    one = numpy.ones((1, 1))
    return spec, import_module("reference_nets.points").Point({"W1": one, "b1": one[0]}, one, one / 2)


def _flint() -> bool:
    balls = import_module("symbolic.balls")
    with balls.precision(200):
        value = balls.enclosure(balls.balls(import_module("numpy").array([2.0])) ** 2 + balls.decimal_ball("0.1"))
    return abs(float(value.mid[0]) - 4.1) < 1e-15 and bool(value.rad[0] < 1e-30)


def _mpmath() -> bool:
    mpmath = import_module("gradcheck.recheck.function").mpmath
    with mpmath.workdps(80):
        return bool(abs(mpmath.exp(mpmath.log(3)) - 3) < mpmath.mpf(10) ** -75)


def _hypothesis() -> bool:
    properties, spec = import_module("gradcheck.properties.check"), _network()[0]
    backward = import_module("reference_nets.network").backward

    def doubled(*point: Any) -> Any:
        return {key: 2 * value for key, value in backward(spec, *point).items()}

    found = properties.check_properties(doubled, spec, examples=5, shrink=1)
    return any(one.counterexample for one in found)


def _pytest() -> bool:
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import pytest; sys.exit(pytest.main(sys.argv[1:]))"
    alone = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # pytest 8.1 refuses a plugin by two names
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-c", code, "-p", "pytest_gradcheck", "-p", "no:cacheprovider", "--version"]
        done = subprocess.run(words, cwd=folder, env=alone, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode != 0:
        raise RuntimeError(f"the plugin does not load: {(done.stderr or done.stdout).strip()[-300:]}")
    return True


def _tabulate() -> bool:
    document = import_module("reports.document")
    table = document.Document("t", [document.Table(["a"], [["b"]])])
    render = import_module("reports.render").render
    return all("b" in render(table, format) for format in ("text", "markdown"))


def _latex2mathml() -> bool:
    return "<mfrac>" in (import_module("reports.formats.mathml").to_mathml(r"\frac{1}{2}") or "")


def _tqdm() -> bool:
    return list(import_module("gradcheck.commands.shared.progress").progress([1], label="", quiet=True)) == [1]


CORE = {
    "numpy": Use("numpy", "the reference networks, every array", _numpy),
    "sympy": Use("sympy", "derivations, closed forms", _sympy, ("numpy",)),
    "python-flint": Use("flint", "ball arithmetic: enclosures of the true value", _flint, ("numpy",)),
    "mpmath": Use("mpmath", "certificates checked again by other means", _mpmath),
    "hypothesis": Use(
        "hypothesis", "properties at random points, shrinking", _hypothesis, ("numpy", "sympy", "python-flint", "mpmath")
    ),
    "pytest": Use("pytest", "running the suite and submissions as tests", _pytest),
    "tabulate": Use("tabulate", "tables", _tabulate),
    "latex2mathml": Use("latex2mathml.converter", "mathematics in HTML", _latex2mathml),
    "tqdm": Use("tqdm", "progress", _tqdm),
}


def core_libraries(*, tried: bool = True) -> list[Library]:
    """Each core library against its range, imported and, with ``tried``, used as the toolkit uses it."""
    needed = lower_bounds(requirements(), sys.version_info[:2])
    found = [_imported(name, use, needed.get(name)) for name, use in CORE.items()]
    if not tried:
        return found
    broken = {one.name for one in found if one.trouble}
    return [one if one.trouble or broken & {*CORE[one.name].needs} else _used(one, CORE[one.name]) for one in found]


def first_broken() -> Library | None:
    """The first core library that is missing, cannot be imported or is too old: why something else has failed."""
    return next((one for one in core_libraries(tried=False) if one.trouble), None)


def _imported(name: str, use: Use, least: str | None) -> Library:
    here, needed = version_of(name), f">={least}" if least else ""
    library = Library(name, here, needed, use.purpose)
    if least and here and _numbers(here) < _numbers(least):
        return replace(library, trouble=f"expected {needed}, got {here}; try: pip install '{name}{needed}'")
    problem = _problem(lambda: import_module(use.module))
    remedy = f"try: pip install {'--force-reinstall ' if here else ''}'{name}{needed}'"
    if problem and here is None:
        return replace(library, trouble=f"expected {needed or 'it'}, got none ({problem}); {remedy}")
    return replace(library, trouble=f"import {use.module}: {problem}; {remedy}") if problem else library


def _used(library: Library, use: Use) -> Library:
    def trial() -> None:
        if not use.trial():
            raise ValueError("it gives another result than expected")

    problem = _problem(trial)
    if problem is None:
        return library
    words = f"does not do what is needed: {problem}; expected {library.needed}, got {library.version}"
    return replace(library, trouble=f"{words}; try: pip install --force-reinstall '{library.name}{library.needed}'")


def _problem(action: Callable[[], object]) -> str | None:
    """What an action raises, in words; a broken library may raise anything, even an exit."""
    try:
        action()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return f"{type(error).__name__}: {str(error)[:300]}"
    return None


def requirements() -> list[str]:
    """What has to be installed, a line each: of the source tree that this runs from, or else as it was installed."""
    config = configparser.ConfigParser()
    try:
        config.read(ROOT / "setup.cfg", encoding="utf-8")
    except (configparser.Error, OSError, UnicodeDecodeError):  # of another project
        config.clear()
    if config.get("metadata", "name", fallback=None) == DISTRIBUTION:
        return config["options"]["install_requires"].split("\n")
    try:
        return requires(DISTRIBUTION) or []
    except PackageNotFoundError:
        return []


def lower_bounds(lines: Iterable[str], python: tuple[int, ...]) -> dict[str, str]:
    """Name -> lower bound; of several lines of one name the last whose condition holds for this Python.

    >>> lower_bounds(["numpy>=1.26", 'numpy>=2.1; python_version >= "3.13"', 'jax>=0.4; extra == "bench"'], (3, 13))
    {'numpy': '2.1'}
    """
    found = {}
    for line in lines:
        if read := LOWER_BOUND.match(line):
            name, bound, *since = read.groups()
            if since[0] is None or tuple(map(int, since)) <= python[:2]:
                found[name] = bound
    return found


def _numbers(text: str) -> tuple[int, ...]:
    """The leading numbers of a version, to compare by; zeros at the end say nothing.

    >>> _numbers("6.170.15rc1"), _numbers("1.13.0")
    ((6, 170, 15), (1, 13))
    """
    found = re.match(r"\d+(\.\d+)*", text)
    return tuple(map(int, re.sub(r"(\.0+)+$", "", found[0]).split("."))) if found else ()


def version_of(name: str) -> str | None:
    """The version of a library that is installed here."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None
