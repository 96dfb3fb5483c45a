"""The first file that the fresh interpreter runs: it knows where the runner lies, and nothing else of the toolkit.

The runner and the contracts become the packages ``_runner`` and ``_contracts``; no directory of the toolkit enters
``sys.path``, so nothing of it can be imported by a submission.
"""

import importlib
import importlib.machinery
import importlib.util
import sys


def package(name: str, directory: str) -> None:
    """Make a directory importable as a package of this name."""
    spec = importlib.machinery.ModuleSpec(name, None, is_package=True)
    spec.submodule_search_locations = [directory]
    sys.modules[name] = importlib.util.module_from_spec(spec)


def main() -> None:
    """``boot.py RUNNER CONTRACTS REQUESTS RESULTS TEXTS``: two directories and three open channels."""
    runner, contracts, *channels = sys.argv[1:]
    package("_runner", runner)
    package("_contracts", contracts)
    sys.argv = [""]
    importlib.import_module("_runner.serve").main(*map(int, channels))


if __name__ == "__main__":
    main()
