"""Are the files of the toolkit as they were installed? Another project with a package `symbolic` writes over ours."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution

from gradcheck.commands.shared.libraries import DISTRIBUTION
from gradcheck.siblings import HOME


def spoilt() -> Iterator[str]:
    """Each file that is missing or is another one than was installed; none where it runs from its source tree."""
    try:
        files = distribution(DISTRIBUTION).files or []
    except PackageNotFoundError:
        return
    for file in files:
        place = os.path.realpath(str(file.locate()))
        if file.hash is None or file.suffix != ".py" or not place.startswith(HOME + os.sep):
            continue
        try:
            with open(place, "rb") as stream:
                found = hashlib.new(file.hash.mode, stream.read()).digest()
        except OSError:
            yield f"{place} is missing"
            continue
        if base64.urlsafe_b64encode(found).rstrip(b"=").decode() != file.hash.value:
            yield f"{place} is not the file that was installed"
