"""Stand-ins for the modules that course files name; beside them a submission may import NumPy, Python's own and its files.

A stand-in lets the import statement pass and raises where it is used. A few helpers that course code computes with
(sigmoid, relu and their backward forms) work.
"""

from __future__ import annotations

import importlib.machinery
import linecache
import re
from collections.abc import Callable
from types import ModuleType
from typing import Any, cast

import numpy as np

from .failures import StandInUsed, saying

STAND_INS = re.compile(
    r"(matplotlib|mpl_toolkits|pylab|seaborn|h5py|PIL|imageio|skimage|cv2|pandas|sklearn|scipy|IPython|ipywidgets|nose|pytest"
    r"|planar_utils|public_tests\w*|test_utils|test[cC]ases?\w*|dnn_(app_)?utils\w*|(init|reg|gc|opt)_utils\w*|utils_?w?\d*"
    r"|mnist_loader|lr_utils|cs231n|past|future|six|cPickle|tqdm|numba)(\..*)?"
)
NEVER = re.compile(r"(torch|jax|jaxlib|autograd|tensorflow|keras|sympy|flint|gradcheck|reference_nets|symbolic|reports)(\..*)?")


def _sigmoid(z: Any) -> Any:
    e = np.exp(-np.abs(z))
    return np.where(z > 0, 1, e) / (1 + e)


def _relu(z: Any) -> Any:
    return np.maximum(0, z)


def _logsumexp(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    top = np.max(a, axis=axis, keepdims=True)
    total = top + np.log(np.sum(np.exp(a - top), axis=axis, keepdims=True))
    return total if keepdims else np.squeeze(total, axis=axis)


def _softmax(a: Any, axis: Any = None) -> Any:
    return np.exp(a - _logsumexp(a, axis, True))


def _undecorated(*arguments: Any, **_: Any) -> Any:
    """A decorator without effect, with or without options."""
    return arguments[0] if arguments and callable(arguments[0]) else _undecorated


def _with_cache(phi: Callable[[Any], Any]) -> Callable[[Any], tuple[Any, Any]]:
    return lambda Z: (phi(Z), Z)


# The course's helper files, by the beginning of their names: in dnn_utils a function returns its input as the cache, too.
HELPERS: dict[str, dict[str, Callable[..., Any]]] = {
    "dnn_": {
        "sigmoid": _with_cache(_sigmoid),
        "relu": _with_cache(_relu),
        "sigmoid_backward": lambda dA, cache: dA * _sigmoid(cache) * (1 - _sigmoid(cache)),
        "relu_backward": lambda dA, cache: np.where(cache > 0, dA, 0),
    },
    "planar_utils": {"sigmoid": _sigmoid},
    "init_utils": {"sigmoid": _sigmoid, "relu": _relu},
    "reg_utils": {"sigmoid": _sigmoid, "relu": _relu},
    "gc_utils": {"sigmoid": _sigmoid, "relu": _relu},
    "scipy.special": {"expit": _sigmoid, "softmax": _softmax, "logsumexp": _logsumexp},
    "numba": {"jit": _undecorated, "njit": _undecorated, "prange": range},
    "past.builtins": {"xrange": range, "basestring": str},
    "tqdm": {"tqdm": lambda items, **_: items, "trange": range},
    "six.moves": {"xrange": range, "range": range, "zip": zip},
}


class Inert(ModuleType):
    """A module or name that is not there: may be imported and passed about, raises where it is used."""

    __path__: list[str] = []  # noqa: RUF012 - that of a package, which lies nowhere

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return [n for start, helpers in HELPERS.items() if self.__name__.startswith(start) for n in helpers]
        if name.startswith("__"):
            raise AttributeError(name)
        for start, helpers in HELPERS.items():
            if self.__name__.startswith(start) and name in helpers:
                return helpers[name]
        return Inert(f"{self.__name__}.{name}")

    def __call__(self, *_: Any, **__: Any) -> Any:
        """Raise StandInUsed, as every other use does."""
        words = f"{self.__name__} is not here: it was imported, but it cannot be used"
        raise saying(StandInUsed(words), "stand-in", name=self.__name__)

    def __iter__(self) -> Any:
        return self()

    def __getitem__(self, _: Any) -> Any:
        return self()

    def _operator(self, _: Any) -> Any:
        return self()

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __matmul__ = _operator
    __lt__ = __gt__ = __le__ = __ge__ = _operator

    def __setitem__(self, _: Any, __: Any) -> None:
        """As for attributes: a setting without effect."""

    def __setattr__(self, name: str, value: Any) -> None:
        """Settings such as ``plt.rcParams`` may be made; they have no effect."""


class StandIns:
    """The last finder: knows the modules that course files name, and says of others why they are not here."""

    def __init__(self) -> None:
        self.used: dict[str, None] = {}  # in order of use

    def find_spec(self, name: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        """A stand-in for a name on the list; ModuleNotFoundError with a reason for one that must not be here."""
        del path, target
        if NEVER.fullmatch(name):
            words = f"{name} is not available to a submission: the gradient is to be derived by hand"
            raise saying(ModuleNotFoundError(words, name=name), "never-here", name=name)
        if STAND_INS.fullmatch(name):
            self.used[name.partition(".")[0]] = None
            return importlib.machinery.ModuleSpec(name, cast(Any, self), is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """The inert module."""
        return Inert(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing runs."""


def remember_lines(name: str, text: str) -> None:
    """Let tracebacks and ``inspect`` find the source of a file that lies nowhere."""
    linecache.cache[name] = (len(text), None, [f"{line}\n" for line in text.split("\n")], name)
