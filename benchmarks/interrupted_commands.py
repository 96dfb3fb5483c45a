"""Every command that writes, with what it reads and what it leaves: what `benchmarks.interruptions` stops."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

from gradcheck.commands import cli, demo
from gradcheck.networks.certificate import digest
from reference_nets.models import load_model

FORMER = b"what was there before\n"
SUBMISSION = demo.SUBMISSION
ROWS = "x,y,place\n" + "".join(
    f"{x},{y},{'in' if x * x + y * y < 1 else 'out'}\n" for x in (-1.5, -0.5, 0.5, 1.5) for y in (-1, 0, 0.4, 1.3)
)
POINT = json.dumps({"W1": [[0.5, -0.25]], "b1": [0.1], "x": [[1.0, 2.0], [0.5, -1.0]], "y": [[1.0], [0.0]]})
ENGINE = '#!/bin/sh\nsleep 0.1\nprintf "%%PDF-1.5 %%%%EOF" > report.pdf\n'  # stands for TeX, which is seldom at hand
REPORTS = ("r.txt", "r.md", "r.html", "r.tex", "r.json")

DEMO = ("verification.md", "verification.html", "verification.json", "validation.html", "guess-two.md", "guess-three.md")


@dataclass(frozen=True)
class Task:
    """A command line, the files that it writes, those that it reads, and its exit codes where nobody stops it."""

    name: str
    words: tuple[str, ...]
    outputs: tuple[str, ...]
    inputs: tuple[str, ...] = ()
    codes: tuple[int, ...] = (0,)


def _task(line: str, *outputs: str, inputs: tuple[str, ...] = (), codes: tuple[int, ...] = (0,)) -> Task:
    words = [*line.split(), *(word for name in outputs if name.startswith("r.") for word in ("--output", name))]
    return Task(line.split()[0], tuple(words), outputs, inputs, codes)


TASKS = (
    _task(
        "train 2-6:tanh-1/bce --data d.csv --epochs 60 --learning-rate 0.05 --model m.npz", "m.npz", *REPORTS, inputs=("d.csv",)
    ),
    _task("predict trained.npz --data d.csv", *REPORTS, inputs=("trained.npz", "d.csv")),
    _task("verify 2-1 --point p.json --certificate c.json", "c.json", *REPORTS, inputs=("p.json",)),
    _task("derive 2-1 --numbers", *REPORTS, "r.pdf", inputs=("out/xelatex",)),
    _task("validate s.py --network 3-4:tanh-2 --examples 1", *REPORTS, inputs=("s.py",), codes=(1,)),
    _task("recheck given.json", *REPORTS, inputs=("given.json",)),
    _task("networks", *REPORTS),
    _task("explain weight-gradient-uses-z", *REPORTS),
    _task("qualify 2-1 --pairs 2", *REPORTS),
    Task(
        "demo",
        (),
        tuple(f"out/{name}" for name in DEMO),
        ("out/student.py",),
    ),
)


def prepare(task: Task, folder: Path) -> dict[str, bytes]:
    """Put the task's inputs and what its outputs were before into the folder; return the inputs."""
    (folder / "out").mkdir(exist_ok=True)
    for name in task.inputs:
        (folder / name).write_bytes(_INPUTS[name] if name in _INPUTS else _made(name))
        (folder / name).chmod(0o755)
    for name in task.outputs:
        (folder / name).write_bytes(FORMER)
    return {name: (folder / name).read_bytes() for name in task.inputs}


_INPUTS = {
    "d.csv": ROWS.encode(),
    "p.json": POINT.encode(),
    "s.py": SUBMISSION.encode(),
    "out/student.py": SUBMISSION.encode(),
    "out/xelatex": ENGINE.encode(),
}


def _made(name: str) -> bytes:
    """A model or a certificate, made once by the commands themselves."""
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / name
        (Path(place) / "d.csv").write_text(ROWS)
        words = {
            "trained.npz": ["train", "2-6:tanh-1/bce", "--data", f"{place}/d.csv", "--epochs", "9", "--model", str(path)],
            "given.json": ["verify", "2-1", "--certificate", str(path)],
        }[name]
        cli.main([*words, "--quiet", "--format", "text", "--output", os.devnull])
        return _INPUTS.setdefault(name, path.read_bytes())


def work(task: Task) -> int:
    """Do the task in this process; a demo of few networks, for the sake of time."""
    if task.name == "demo":
        demo.default_networks = lambda: ["1-1", "2-1"]  # type: ignore[attr-defined]
        demo.TRAINED = {}
        return demo.main()
    os.environ["PATH"] = f"{os.getcwd()}/out:/usr/bin:/bin"
    return cli.main(task.words)


def is_whole(path: Path) -> bool:
    """Whether a file is a complete one of its kind."""
    try:
        if path.suffix == ".npz":
            return bool(load_model(path))
        content = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            data = json.loads(content)
            return path.name != "c.json" or data["sha256"] == digest(data)
    except (ValueError, OSError):
        return False
    ending = {".html": "</html>\n", ".tex": "\\end{document}\n", ".pdf": "%EOF"}.get(path.suffix, "\n")
    return len(content) > len(ending) and content.endswith(ending)
