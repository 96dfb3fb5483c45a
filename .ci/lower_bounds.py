"""Prints the lower bounds of setup.cfg and pyproject.toml as constraints, `numpy==1.26`, for the Python that runs it."""

import configparser
import sys
import tomllib

from gradcheck.commands.shared.libraries import LOWER_BOUND, lower_bounds


def requirements() -> list[str]:
    """Every requirement of the project: to build it, to run it, and of its extras."""
    config = configparser.ConfigParser()
    config.read("setup.cfg")
    with open("pyproject.toml", "rb") as file:
        build: list[str] = tomllib.load(file)["build-system"]["requires"]
    texts = [config["options"]["install_requires"], *config["options.extras_require"].values()]
    return [*build, *(line for text in texts for line in text.splitlines() if line)]


if __name__ == "__main__":
    lines = requirements()
    if odd := [line for line in lines if not LOWER_BOUND.match(line)]:
        raise SystemExit(f"{odd[0]!r}: expected name>=version, or name>=version; python_version >= \"3.13\"")
    for name, bound in lower_bounds(lines, sys.version_info[:2]).items():
        print(f"{name}=={bound}")
