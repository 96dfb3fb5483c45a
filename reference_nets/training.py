"""Training: step after step against the gradient, epoch after epoch, the best parameters kept."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from reference_nets.activations import Array
from reference_nets.network import Params, backward, cost, forward
from reference_nets.optimizers import OPTIMIZERS
from reference_nets.points import check_numbers, check_shapes, init_params
from reference_nets.spec import NetworkSpec

Pair = tuple[Array, Array]
Stopped = Literal["epochs", "target", "interrupted", "diverged"]
Score = Callable[[Array, Array], float]  # score(a, y): larger is better


@dataclass(frozen=True)
class Settings:
    """How to train; what is None follows from the optimizer and the data."""

    optimizer: str = "adam"
    learning_rate: float | None = None
    epochs: int = 100
    batch_size: int = 32
    target: float | None = None  # stop once the cost is at most this

    def __post_init__(self) -> None:
        if self.optimizer not in OPTIMIZERS:
            raise ValueError(f"unknown optimizer {self.optimizer!r}, expected one of {', '.join(OPTIMIZERS)}")
        if self.learning_rate is None:
            object.__setattr__(self, "learning_rate", OPTIMIZERS[self.optimizer].learning_rate)
        if not (isinstance(self.learning_rate, int | float) and 0 < self.learning_rate < math.inf):
            raise ValueError(f"the learning rate is {self.learning_rate}, expected a finite number > 0, as in 0.1")
        for name in ("epochs", "batch_size"):
            if not isinstance(getattr(self, name), int) or getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}, expected a whole number >= 1")


@dataclass(frozen=True)
class Epoch:
    """What is known after so many passes over the data; epoch 0 is before the first. Without held-out rows: nan."""

    number: int
    cost: float
    held_out_cost: float = math.nan
    score: float = math.nan  # on the held-out rows where there are any

    @property
    def judged_cost(self) -> float:
        """The cost that decides which parameters are best."""
        return self.cost if math.isnan(self.held_out_cost) else self.held_out_cost


@dataclass(frozen=True)
class TrainingResult:
    """The parameters of the best epoch, every epoch, and why training stopped."""

    spec: NetworkSpec
    params: dict[str, Array]
    history: tuple[Epoch, ...]
    best: Epoch
    stopped: Stopped

    @property
    def message(self) -> str:
        """One sentence on how it ended."""
        last, best = self.history[-1].number, f"kept: epoch {self.best.number}, cost {self.best.judged_cost:.4g}"
        return {
            "epochs": f"trained for {last} epochs; {best}",
            "target": f"the target was reached after {last} epochs; {best}",
            "interrupted": f"interrupted after {last} epochs; {best}",
            "diverged": f"the cost became {self.history[-1].cost} in epoch {last}: try a smaller learning rate; {best}",
        }[self.stopped]


def train(
    spec: NetworkSpec,
    x: Array,
    y: Array,
    *,
    rng: np.random.Generator,
    settings: Settings | None = None,
    params: Params | None = None,
    held_out: Pair | None = None,
    score: Score | None = None,
    on_epoch: Callable[[Epoch], None] | None = None,
) -> TrainingResult:
    """Train on the rows of x and y, starting from ``params`` (default: drawn); raises ValueError on unfit arrays.

    Best are the parameters with the smallest cost: on the ``held_out`` rows where there are any, else on x and y.
    Ctrl-C, or a cost that is no longer finite, ends the training and keeps the best so far. ``on_epoch`` hears of every
    epoch, from number 0, before the first step, on.
    """
    settings = settings or Settings()
    params = init_params(spec, rng, dtype=x.dtype) if params is None else params
    for rows in [(x, y)] + ([held_out] if held_out else []):
        check_shapes(spec, params, *rows)
        check_numbers(spec, params, *rows)
    run = _Run(spec, x, y, settings, params)
    history: list[Epoch] = []
    best: tuple[Epoch, Array] | None = None
    stopped: Stopped = "epochs"
    try:
        for number in range(settings.epochs + 1):
            if number:
                run.epoch(rng)
            epoch = _judge(spec, run.params, number, (x, y), held_out, score)
            history.append(epoch)
            if best is None or epoch.judged_cost < best[0].judged_cost:
                best = epoch, run.theta.copy()
            if on_epoch:
                on_epoch(epoch)
            if reason := _reason_to_stop(epoch, settings):
                stopped = reason
                break
    except KeyboardInterrupt:
        stopped = "interrupted"
    if best is None:
        raise KeyboardInterrupt  # before there was anything to keep
    return TrainingResult(spec, views(spec, best[1]), tuple(history), best[0], stopped)


def _reason_to_stop(epoch: Epoch, settings: Settings) -> Stopped | None:
    if not math.isfinite(epoch.cost):
        return "diverged"
    return "target" if settings.target is not None and epoch.judged_cost <= settings.target else None


class _Run:
    """The parameters on their way: ``params`` are views of one vector theta, which the optimizer changes in place."""

    def __init__(self, spec: NetworkSpec, x: Array, y: Array, settings: Settings, params: Params) -> None:
        optimizer = OPTIMIZERS[settings.optimizer]
        self.spec, self.x, self.y = spec, x, y
        self.theta = np.concatenate([params[key].ravel() for key in spec.keys])
        self.params, self.gradient = views(spec, self.theta), np.empty_like(self.theta)
        self.step = optimizer.start(self.theta, float(settings.learning_rate or optimizer.learning_rate))
        self.batch_size = len(x) if optimizer.full_batch else settings.batch_size

    def epoch(self, rng: np.random.Generator) -> None:
        """One pass over all rows, shuffled where a step takes only some of them."""
        x, y = self.x, self.y
        if self.batch_size < len(x):
            order = rng.permutation(len(x))
            x, y = x[order], y[order]
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):  # the cost after the epoch tells
            for start in range(0, len(x), self.batch_size):
                rows = slice(start, start + self.batch_size)
                grads = backward(self.spec, self.params, x[rows], y[rows])
                np.concatenate([grads[key].ravel() for key in grads], out=self.gradient)
                self.step(self.theta, self.gradient)


def views(spec: NetworkSpec, theta: Array) -> dict[str, Array]:
    """Parameters by key as views of one vector, which holds them in the order of ``spec.keys``."""
    sizes = [math.prod(shape) for shape in spec.shapes.values()]
    pieces = np.split(theta, np.cumsum(sizes)[:-1])
    return {key: piece.reshape(spec.shapes[key]) for key, piece in zip(spec.keys, pieces, strict=True)}


def _judge(
    spec: NetworkSpec, params: Mapping[str, Array], number: int, rows: Pair, held_out: Pair | None, score: Score | None
) -> Epoch:
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        epoch = Epoch(number, cost(spec, params, *rows))
        if held_out:
            epoch = replace(epoch, held_out_cost=cost(spec, params, *held_out))
        if score:
            x, y = held_out or rows
            epoch = replace(epoch, score=score(forward(spec, params, x), y))
    return epoch
