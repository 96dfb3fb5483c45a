"""Training an epoch of digits: this toolkit against scikit-learn's MLPClassifier, same network, batches and solver."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable

import numpy as np

from reference_nets.examples.datasets import load_dataset
from reference_nets.preparation import inputs, prepare, targets
from reference_nets.spec import NetworkSpec
from reference_nets.training import Settings, train

EPOCHS, REPEATS, BATCH = 10, 5, 32
CASES = [(activation, solver) for activation in ("relu", "sigmoid", "tanh") for solver in ("adam", "sgd")]


def main() -> int:
    """Print milliseconds an epoch and their ratio, one row a case; 1 where the peer is faster."""
    try:
        from sklearn.neural_network import MLPClassifier
        from threadpoolctl import threadpool_limits
    except ImportError as error:
        print(f"training: NOT RUN ({error}; pip install -e '.[bench]')")
        return 0
    table = load_dataset("digits")
    print(f"an epoch of digits (1797 rows), 64-30-10, batch {BATCH}, one thread: milliseconds, best of {REPEATS}")
    print(f"{'activation':<12}{'solver':<8}{'ours':>8}{'scikit-learn':>14}{'ratio':>8}")
    slower = False
    with threadpool_limits(limits=1):
        for activation, solver in CASES:
            spec = NetworkSpec.parse(f"64-30:{activation}-10/cross_entropy")
            prepared = prepare(spec, table)
            x, y = inputs(prepared, table.features), targets(spec, prepared, table)
            peer = MLPClassifier(
                (30,),
                activation={"sigmoid": "logistic"}.get(activation, activation),
                solver=solver,
                momentum=0,
                alpha=0,
                batch_size=BATCH,
                max_iter=EPOCHS,
                n_iter_no_change=EPOCHS + 1,
            )
            settings = Settings(solver, epochs=EPOCHS, batch_size=BATCH)
            ours, theirs = fastest(
                lambda spec=spec, x=x, y=y, settings=settings: train(
                    spec, x, y, rng=np.random.default_rng(0), settings=settings
                ),
                lambda peer=peer, x=x: peer.fit(x, table.labels),
            )
            print(f"{activation:<12}{solver:<8}{ours:>8.2f}{theirs:>14.2f}{theirs / ours:>7.1f}x")
            slower |= ours > theirs
    return int(slower)


def fastest(*runs: Callable[[], object]) -> list[float]:
    """Milliseconds an epoch of each run, the best of several taken in turn, so that a busy moment hurts all alike."""
    best = [float("inf")] * len(runs)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the peer warns that so few epochs do not converge
        for _ in range(REPEATS):
            for index, run in enumerate(runs):
                start = time.perf_counter()
                run()
                best[index] = min(best[index], (time.perf_counter() - start) / EPOCHS * 1e3)
    return best


if __name__ == "__main__":
    raise SystemExit(main())
