"""Functions of other libraries as pairs of NumPy functions, `(f, grad)`, for `check_grad(*torch_pair(f), x)`.

Each pair takes and gives NumPy arrays (or a dict, list or tuple of them) in the format of x, float64 or float32; the gradient
is the library's own, custom backward passes included. Code of autograd and scikit-learn runs on balls as it is. That of
PyTorch and JAX cannot: say its formula once more in NumPy, as ``formula``, or differences judge. The library is imported
when its function is called; none is needed otherwise.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from gradcheck.arrays.plain_arrays import plain
from gradcheck.arrays.pytree import leaves, mapped, rebuilt
from gradcheck.certified.code.reasons import refuse
from gradcheck.certified.numbers.arrays import Array
from gradcheck.certified.numbers.scalars import Scalar
from gradcheck.certified.replacements.mentioned_formats import mentioned_formats
from gradcheck.judge.float_formats import coarsest, of_dtype
from gradcheck.sentences.sentence import Sentence

Function = Callable[..., Any]
Pair = tuple[Function, Function]


def torch_pair(f: Function, *, formula: Function | None = None, dtype: Any = None) -> Pair:
    """A function of PyTorch tensors, or the ``apply`` of an ``autograd.Function``, with the gradient of its backward pass.

    Parameters
    ----------
    f : from tensors in the structure of x to one tensor.
    formula : the same function in NumPy, for the certified witness; its value must be that of f.
    dtype : compute in this format whatever comes, for a model whose own weights are float32, or bfloat16 (a name will do).
    """
    import torch

    form = getattr(torch, _name_of(dtype)) if dtype is not None else None

    def tensors(x: Any, differentiable: bool) -> Any:
        def tensor(leaf: Any) -> Any:
            made = torch.tensor(_plain(leaf, "PyTorch", dtype))
            return (made if form is None else made.to(form)).requires_grad_(differentiable)

        return mapped(x, tensor)

    def value(x: Any) -> Any:
        with torch.no_grad():
            return plain(f(tensors(x, False)))

    def grad(x: Any, cotangent: Any = 1.0) -> Any:
        at = tensors(x, True)
        known = [leaf for _, leaf in leaves(at)]
        output = f(at)
        _same_value(formula, f, x, output)
        weights = torch.as_tensor(np.asarray(cotangent)).to(output.dtype).expand(output.shape)
        found = torch.autograd.grad(output, known, weights, allow_unused=True)
        return rebuilt(x, [plain(torch.zeros_like(k) if g is None else g) for g, k in zip(found, known, strict=True)])

    return _named(f, formula or value, grad, "torch.autograd")


def jax_pair(f: Function, *, formula: Function | None = None, dtype: Any = None) -> Pair:
    """A JAX function, with the gradient that `jax.vjp` gives (that of its ``custom_vjp``, if it has one).

    float64 is enabled within the calls only. Parameters as in `torch_pair`.
    """
    import jax

    enabled = jax.enable_x64 if hasattr(jax, "enable_x64") else jax.experimental.enable_x64

    def arrays(x: Any) -> Any:
        form = getattr(jax.numpy, _name_of(dtype)) if dtype is not None else None
        return mapped(x, lambda leaf: jax.numpy.asarray(_plain(leaf, "JAX", dtype), dtype=form))

    def value(x: Any) -> Any:
        with enabled(True):
            return np.asarray(f(arrays(x)))

    def grad(x: Any, cotangent: Any = 1.0) -> Any:
        with enabled(True):
            output, backward = jax.vjp(f, arrays(x))
            _same_value(formula, f, x, output)
            weights = np.broadcast_to(np.asarray(cotangent), output.shape)
            (found,) = backward(jax.numpy.asarray(weights, dtype=output.dtype))
            return mapped(found, np.array)

    return _named(f, formula or value, grad, "jax.vjp")


def autograd_pair(f: Function) -> Pair:
    """A function written with ``autograd.numpy``, with the gradient of HIPS autograd; its code itself runs on balls."""
    import autograd

    def grad(x: Any, cotangent: Any = 1.0) -> Any:
        backward, output = autograd.make_vjp(f)(mapped(x, lambda leaf: _plain(leaf, "autograd", None)))
        return mapped(backward(np.broadcast_to(np.asarray(cotangent), np.shape(output)) * 1.0), np.asarray)

    return _named(f, f, grad, "autograd")


def mlp_pair(model: Any, X: Any, y: Any) -> tuple[Function, Function, Any]:
    """The training loss of a fitted scikit-learn MLP and its backward pass: ``check_grad(*mlp_pair(model, X, y))``.

    The third is the point: the model's own ``{"coefs": [...], "intercepts": [...]}``. ``y`` as the network sees it, one column
    an output: one-hot for a classifier of three classes or more. The model is copied; yours stays as it is.
    """
    from copy import deepcopy

    X, y = np.asarray(X), np.asarray(y)
    if y.ndim != 2 or y.shape[1] != model.n_outputs_:
        raise ValueError(Sentence("inputs.y-shape", shape=y.shape, examples=len(X), outputs=model.n_outputs_))
    layers = model.n_layers_ - 1

    def both(x: Any) -> Any:
        network = deepcopy(model)
        network.coefs_, network.intercepts_ = list(x["coefs"]), list(x["intercepts"])
        activations = [X, *[None] * layers]
        return network._backprop(X, y, None, activations, [None] * layers, [None] * layers, [None] * layers)

    def loss(x: Any) -> Any:
        return both(x)[0]

    def backprop(x: Any) -> Any:
        _, coefs, intercepts = both(x)
        return {"coefs": list(coefs), "intercepts": list(intercepts)}

    at = {"coefs": [W.copy() for W in model.coefs_], "intercepts": [b.copy() for b in model.intercepts_]}
    return loss, backprop, at


def _plain(leaf: Any, library: str, dtype: Any) -> Any:
    """A copy that the library may have; balls end with a reason that the report can say."""
    if isinstance(leaf, Array | Scalar):
        refuse("foreign-code", Sentence("inputs.takes-floats", library=library))
    array = np.array(leaf)
    if dtype is not None and array.dtype.kind == "c":
        raise TypeError(Sentence("inputs.computes-in", library=library, dtype=_name_of(dtype)))
    return array


def _name_of(dtype: Any) -> str:
    """A format by its name, whichever library's it is: ``bfloat16`` of "bfloat16", `torch.bfloat16`, `jax.numpy.bfloat16`."""
    name = dtype if isinstance(dtype, str) else getattr(dtype, "__name__", None) or str(dtype)
    return name.rpartition(".")[2]


def _same_value(formula: Function | None, f: Function, x: Any, output: Any) -> None:
    """A formula that vouches for a function must be the same function: half of the digits of its format tell."""
    if formula is None:
        return
    expected, value = np.asarray(formula(x)), plain(output)
    short = coarsest({of_dtype(output.dtype), *mentioned_formats(f)})
    value = value.astype(np.float64)
    unit = short.u if short else float(np.finfo(np.float64).eps)
    close = np.sqrt(unit) * max(float(np.abs(expected).max(initial=0.0)), 1e-300)
    if expected.shape != value.shape or not np.allclose(value, expected, rtol=0, atol=close):
        raise ValueError(Sentence("inputs.formula-gives", expected=expected, value=value))


def _named(f: Function, value: Function, grad: Function, library: str) -> Pair:
    """Both with names that a report can print; a function that is handed on keeps its own."""
    name = getattr(f, "__name__", type(f).__name__)
    if value is not f:
        value.__name__ = value.__name__ if value.__name__ not in ("value", "<lambda>") else name
    grad.__name__ = library
    return value, grad
