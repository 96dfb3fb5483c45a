"""Runs every module of this folder that has a ``main() -> int``, or those named; exits 1 where a goal was missed.

What stands after the name of one alone goes to it: ``python -m benchmarks fuzz 10000 --seed 1``.
"""

import ast
import os
import sys
from importlib import import_module
from pathlib import Path

# One thread for everyone. NumPy, torch and JAX read these when they are first imported, so they are set before that.
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
ONE_THREAD["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

# What stands after these is theirs.
WITH_WORDS = ("answers", "confusion", "files", "fuzz", "interruptions", "mutation", "readers")
# Minutes of many processes: only when they are named.
ON_DEMAND = ("answers", "confusion", "files", "interruptions", "mutation")


def benchmarks() -> list[str]:
    """The modules here with a function main, by name."""
    files = [path for path in sorted(Path(__file__).parent.glob("*.py")) if not path.stem.startswith("_")]
    return [path.stem for path in files if _has_main(ast.parse(path.read_text(encoding="utf-8")))]


def _has_main(module: ast.Module) -> bool:
    return any(isinstance(node, ast.FunctionDef) and node.name == "main" for node in module.body)


def main(names: list[str]) -> int:
    known = benchmarks()
    os.environ.update(ONE_THREAD)
    if names and names[0] in WITH_WORDS:
        return int(import_module(f"benchmarks.{names[0]}").main(names[1:]))
    if unknown := sorted(set(names) - set(known)):
        print(f"no benchmark is named {', '.join(unknown)}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    wanted = names or [name for name in known if name not in ON_DEMAND]
    return max(import_module(f"benchmarks.{name}").main() for name in wanted)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
