"""NumPy, and what an assignment allows beside it, in an interpreter that looks nowhere but in the standard library."""

from __future__ import annotations

import importlib.machinery
import sys
from collections.abc import Mapping
from typing import Any


class Installed:
    """Finds the allowed names where they are installed, and nothing else there."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self.places = places

    def find_spec(self, name: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        """The spec of an allowed top-level name; parts of it are found by its own path."""
        if path is None and name in self.places:
            return importlib.machinery.PathFinder.find_spec(name, [self.places[name]], target)
        return None


def install(places: Mapping[str, str]) -> None:
    """Make these importable: top-level name to the directory that holds it."""
    sys.meta_path.append(Installed(places))
