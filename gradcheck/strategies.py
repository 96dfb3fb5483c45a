"""Hypothesis strategies by their public name: `networks()`, `params(spec)`, `batches(spec)`, away from kinks."""

from gradcheck.properties.strategies import batches, networks, params, points

__all__ = ["batches", "networks", "params", "points"]
