"""The runner's life: import, confine, report READY, then answer requests one at a time until the channel closes."""

from __future__ import annotations

import importlib
import importlib.machinery
import json
import os
import struct
import sys
import time
from collections import ChainMap
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from functools import partial
from typing import Any

from . import exact, failures
from .confine import confine, refused
from .source import compiled, definition_around, parse, rewritten
from .wire import ANSWER, ANSWER_MAGIC, LARGEST_TEXT, REQUEST, SAID, SINGLE_PRECISION, STATUSES, read_exactly, write_all

Answer = tuple[int, bytes, str]  # flags, the bytes of float64, text


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


def prepared(header: Mapping[str, Any], arithmetic: bytes) -> _Service:
    """All that is imported; nothing of it depends on a submission."""
    install(header["installed"])
    return _Service(header, arithmetic)


def main(requests: int, results: int, texts: int, service: _Service | None = None) -> None:
    """Serve on three channels. Nothing of a submission is read before the answer to the first request is sent."""
    nonce, header, arithmetic = next_request(requests)
    service = service or prepared(header, arithmetic)
    write = _writer(results, texts)
    try:
        confine(header)
        told = {f"refused.{name}": str(held) for name, held in refused(header["canary"]).items()}
        told |= {"python": sys.version.split()[0], "numpy": service.numpy.__version__}
        write(nonce, "ok", (0, service.control(), _lines(told)), 0)
    except BaseException as error:
        write(nonce, "exception", (0, b"", f"confinement failed: {type(error).__name__}: {error}"), 0)
        return
    while True:
        nonce, header, payload = next_request(requests)
        status, answer, line = service.answer(header, payload)
        write(nonce, status, answer, line)


def next_request(channel: int) -> tuple[bytes, dict[str, Any], bytes]:
    """The next request: its nonce, its header and what follows; ends the process where nobody is left to ask."""
    try:
        _, nonce, json_bytes, size = REQUEST.unpack(read_exactly(channel, REQUEST.size))
        header = json.loads(read_exactly(channel, json_bytes))
        return nonce, header, read_exactly(channel, size)
    except EOFError:
        os._exit(0)


def _writer(results: int, texts: int) -> Callable[[bytes, str, Answer, int], None]:
    pack, statuses, write = ANSWER.pack, {name: number for number, name in enumerate(STATUSES)}, write_all

    def send(nonce: bytes, status: str, answer: Answer, line: int) -> None:
        flags, numbers, words = answer
        text = words.encode("utf-8", "backslashreplace")[:LARGEST_TEXT]
        line = line if 0 <= line < 2**32 else 0
        write(results, pack(ANSWER_MAGIC, nonce, statuses[status], flags, line, len(text), len(numbers) // 8) + numbers)
        write(texts, text)

    return send


def _lines(told: Mapping[str, str]) -> str:
    """``key<TAB>value`` lines: a form so plain that reading it cannot go wrong."""
    plain = ((key, value.replace("\t", " ").replace("\n", " ")) for key, value in told.items())
    return "\n".join(f"{key}\t{value}" for key, value in plain)


def _arithmetic(code: bytes, home: str) -> tuple[Mapping[str, Any], str]:
    """The ball arithmetic, or none and why; a submission is judged by its floats alone then."""
    try:
        return exact.load(code, home), ""
    except Exception as error:
        return {}, f"no ball arithmetic in the confined process: {type(error).__name__}: {error}"


def _changed(arrays: list[Any], before: list[Any]) -> list[str]:
    """Which of the arrays, by their numbers, are no longer what they were."""
    pairs = enumerate(zip(arrays, before, strict=False))
    return [str(n) for n, (now, then) in pairs if now.shape != then.shape or now.tobytes() != then.tobytes()]


class _Service:
    """What the runner can do: a control computation, loading, and calls."""

    def __init__(self, header: Mapping[str, Any], arithmetic: bytes) -> None:
        self.numpy = importlib.import_module("numpy")
        self.calls = importlib.import_module("_runner.calls")
        self.loading = importlib.import_module("_runner.loading")
        self.definitions = importlib.import_module("_runner.definitions")
        self.tracing = importlib.import_module("_runner.trace.tracing")
        self.contracts = importlib.import_module("_contracts.table")
        self.exact, self.exact_missing = _arithmetic(arithmetic, header["exact_home"])
        self.loaded: Any = None
        self.adapter: Any = None
        self.sources: dict[str, bytes] = {}
        self.entered: set[tuple[str, int]] = set()
        self.traced: Any = None
        self.instead: dict[str, str] = {}
        self.how: tuple[Any, ...] = ()
        self.contract = self.teacher = ""
        self.redefined: tuple[int, int] | None = None  # the definition that is another one than that of the text

    def control(self) -> bytes:
        """A computation whose result the judge knows: confined or not, NumPy works."""
        n = self.numpy
        matrix = n.arange(1.0, 10.0).reshape(3, 3) + n.eye(3)
        return bytes((matrix @ n.linalg.inv(matrix) @ n.arange(3.0)).round(6).astype("<f8").tobytes())

    def answer(self, header: Mapping[str, Any], payload: bytes) -> tuple[str, Answer, int]:
        """Do what is asked; whatever a submission raises becomes a status, a sentence and a line."""
        try:
            known = {"load": self._load, "call": self._call, "layer": self._layer, "exact": self._exact, "probe": self._probe}
            known |= {"defined": self._defined, "again": self._again, "trace": self._trace, "traced": self._traced}
            known |= {"choose": self._choose, "tries": self._tries, "rewrite": self._rewrite, "trace-layer": self._trace_layer}
            operation = known[header["op"]]
            with self.definitions.Entered(self.sources, self.entered) if header.get("watch") else nullcontext():
                return "ok", operation(header, payload), 0
        except BaseException as error:
            status, said = self._told(error)
            return status, (SAID, b"", said), failures.line_of(error, self.sources)

    def _told(self, error: BaseException) -> tuple[str, str]:
        """The status, and a sentence as data."""
        if type(error) is self.contracts.Problem:
            kind = getattr(error, "kind", "")
            return kind if kind in STATUSES else "exception", failures.written(getattr(error, "said", {}))
        return failures.kind_of(error), failures.written(failures.sentence(error))

    def _load(self, header: Mapping[str, Any], payload: bytes) -> Answer:
        """Run the files, find the contract and the layout; run them anew where finding it may have left traces."""
        self.sources, start = {}, 0
        self.entered.clear()
        for name, size in header["files"]:
            self.sources[name] = payload[start : start + size]
            start += size
        self.contracts.know(header["activations"])
        how = self.how = (header["entry"], header["root"], frozenset(header["notebooks"]))
        self.instead, self.teacher = {}, header["adapter"]
        self.loaded = self.loading.load(self.sources, *how)
        if header["adapter"]:
            self.adapter = self._teachers()
            return 0, b"", _lines(self._found("adapter", None))
        probes = []
        for probe in header["probes"]:
            probes.append(self.calls.unpack(self.contracts, probe, payload[start : start + probe["bytes"]]))
            start += probe["bytes"]
        names = self._names()
        contract, self.adapter, problem, used = self.contracts.found(header["contract"], names, probes, header["skip"])
        self.contract = contract
        if used < len(probes) - 1:
            self.loaded = self.loading.load(self.sources, *how)
            self.adapter = self.contracts.adapter(contract, self._names(), self.adapter.layout)
        return 0, b"", _lines(self._found(contract, problem))

    def _names(self) -> Mapping[str, Any]:
        """What the file defines, as it is now; its text, and what of it trains, beside."""
        entry, more = self.how[0], self.contracts
        loops = partial(self.loading.trainings, self.loaded, entry)
        return ChainMap(self.loaded.module.__dict__, {more.TEXT: self.loaded.texts.get(entry, ""), more.TRAININGS: loops})

    def _choose(self, header: Mapping[str, Any], payload: bytes) -> Answer:
        """From now on go another one of the ways that were found."""
        del payload
        self.adapter = self.adapter.chosen(header["way"])
        return 0, b"", _lines(self._found(self.contract, None))

    def _teachers(self) -> Any:
        name = next(name for n in range(len(self.sources) + 1) if (name := "./" * n + "adapter.py") not in self.sources)
        teacher = self.loading.load_beside(self.teacher, name, self.loaded).module
        return self.contracts.teacher.Adapter(teacher.__dict__["Adapter"](self.loaded.module))

    def _renew(self, instead: dict[str, str]) -> None:
        """Run the files anew, some of them with other texts, called in the layout that is known."""
        layout = getattr(self.adapter, "layout", None)
        self.loaded, self.redefined = self.loading.load(self.sources, *self.how, instead), None
        self.adapter = self._teachers() if self.teacher else self.contracts.adapter(self.contract, self._names(), layout)
        self.instead = instead

    def _found(self, contract: str, problem: BaseException | None) -> dict[str, str]:
        layout = getattr(self.adapter, "layout", None)
        told = {"contract": contract, "offers": " ".join(self.adapter.offers)}
        told |= {f"layout.{key}": value for key, value in (layout.told() if layout else {}).items()}
        told |= {f"skipped.{n}": failures.written(said) for n, said in enumerate(self.loaded.skipped)}
        told |= {"stand-ins": " ".join(self.loaded.stand_ins.used), "python2": "yes" if self.loaded.python2 else ""}
        if problem is not None:
            told["discovery"] = self._told(problem)[1]
        return told

    def _call(self, header: Mapping[str, Any], payload: bytes) -> Answer:
        """Ask the adapter for a quantity at a point."""
        net, point = self.calls.unpack(self.contracts, header, payload)
        handed, told = self.contracts.Handed(), {}
        method = getattr(self.adapter, header["quantity"])
        if header["count"]:
            with self.calls.CallCounter(self.sources) as counter:
                value = method(net, point, handed)
            told = {f"calls.{name}": str(count) for name, count in list(counter.calls.items())[:200]}
            told |= {"complex": "yes" if counter.complex else "", "busiest": "{} {}".format(*counter.busiest)}
        else:
            value = method(net, point, handed)
        if changed := list(dict.fromkeys(handed.changed())):
            told["changed"] = " ".join(changed)
        if header["quantity"] == "gradient":
            numbers, single = self.calls.flatten(net, value)
            return SINGLE_PRECISION * single, numbers, _lines(told)
        return 0, self.numpy.asarray(value, dtype="<f8").ravel().tobytes(), _lines(told)

    def _trace(self, header: Mapping[str, Any], payload: bytes) -> Answer:
        """Trace the gradient at a point; how many numbers the trace is, which are asked for next."""
        at = self.calls.unpack(self.contracts, header, payload)
        if header["anew"]:
            self._renew(self.instead)
        handed = self.contracts.Handed()
        call = partial(self.adapter.gradient, *at, handed)
        watched = handed.changed if header["inputs"] else None
        self.traced = self.tracing.traced(call, self.loaded.texts, header["slowdown"], header["least"], watched, at[0])
        return 0, struct.pack("<d", len(self.traced.numbers) // 8), ""

    def _trace_layer(self, header: Mapping[str, Any], payload: bytes) -> Answer:
        """The same of a single layer function."""
        arrays, shapes = self._arrays(header, payload), [tuple(shape) for shape in header["results"]]
        call = partial(self.adapter.call, header["function"], arrays, shapes)
        before = [array.copy() for array in arrays]
        watched = partial(_changed, arrays, before) if header["inputs"] else None
        slowdown = 0.0 if header["inputs"] else header["slowdown"]  # a call before it would have changed them already
        self.traced = self.tracing.traced(call, self.loaded.texts, slowdown, header["least"], watched, None)
        return 0, struct.pack("<d", len(self.traced.numbers) // 8), ""

    def _traced(self, header: Mapping[str, Any], payload: bytes) -> Answer:
        """The trace that was made last."""
        del header, payload
        found, self.traced = self.traced, None
        return 0, found.numbers, _lines(found.told)

    def _tries(self, header: Mapping[str, Any], payload: bytes) -> Answer:
        """What is asked with each of several changes of the text; not-a-number where one gives nothing."""
        ask, size = self._asking(header, payload)
        numbers = []
        nothing = self.numpy.full(size, self.numpy.nan).tobytes()
        texts, before = dict(self.loaded.texts), self.instead
        ends = time.perf_counter() + header["seconds"]
        for edits in header["tries"]:
            try:
                if time.perf_counter() > ends:
                    raise TimeoutError
                if not edits or header.get("behaves") or not self._redefine(texts, edits):
                    self._renew(before | rewritten(texts, edits))
                numbers.append(ask())
            except (Exception, SystemExit):
                numbers.append(nothing)
        self._renew(before)
        return 0, b"".join(numbers), ""

    def _asking(self, header: Mapping[str, Any], payload: bytes) -> tuple[Callable[[], bytes], int]:
        """The gradient at a point, or the results of a layer function that leaves its inputs alone; and how many numbers."""
        if "function" in header:
            shapes = [tuple(shape) for shape in header["results"]]
            return partial(self._results, header, payload), sum(int(self.numpy.prod(shape)) for shape in shapes)
        at = self.calls.unpack(self.contracts, header, payload)
        ask = self._steadily if header.get("behaves") else self._plainly
        return partial(ask, header, payload), at[0].n_params

    def _plainly(self, header: Mapping[str, Any], payload: bytes) -> bytes:
        net, point = self.calls.unpack(self.contracts, header, payload)
        return bytes(self.calls.flatten(net, self.adapter.gradient(net, point, self.contracts.Handed()))[0])

    def _steadily(self, header: Mapping[str, Any], payload: bytes) -> bytes:
        """The gradient, if equal calls give it again, of one object, too, and what is handed over stays as it is."""
        net, point = self.calls.unpack(self.contracts, header, payload)
        handed = self.contracts.Handed()
        one, other = (self.calls.flatten(net, self.adapter.gradient(net, point, handed))[0] for _ in range(2))
        again = self.adapter.again(net, point).grads if hasattr(self.adapter, "again") else []
        same = all(self.numpy.array_equal(again[0][key], more[key]) for more in again[1:] for key in net.shapes)
        if one != other or handed.changed() or not same:
            raise self.contracts.Problem("exception", "not-defined")
        return bytes(one)

    def _results(self, header: Mapping[str, Any], payload: bytes) -> bytes:
        arrays, last = self._arrays(header, payload), header["function"].endswith("_backward")
        before = [array.copy() for array in arrays]
        results = self.adapter.call(header["function"], arrays, [tuple(shape) for shape in header["results"]])
        changed = _changed(arrays[:-1] if last else arrays, before)
        fill = self.numpy.nan if changed else 0.0
        return bytes(self.numpy.concatenate([r.ravel().astype("<f8") + fill for r in results]).tobytes())

    def _redefine(self, texts: dict[str, str], edits: list[Any]) -> bool:
        """Run the changed text of the one definition that changes, and leave all else as it is; False where that is no way."""
        entry = self.how[0]
        if any(edit[0] != entry for edit in edits) or self.teacher:
            return False
        around = definition_around(texts[entry], entry, edits)
        if around is None or self.redefined not in (None, around):
            self.redefined = None
            return False
        first, end = around
        lines = rewritten(texts, edits)[entry].split("\n")
        end += len(lines) - len(texts[entry].split("\n"))
        text = "\n" * (first - 1) + "\n".join(lines[first - 1 : end - 1])
        exec(compiled(parse(text, entry)[0], entry), self.loaded.module.__dict__)
        self.redefined = around
        self.adapter = self.contracts.adapter(self.contract, self._names(), self.adapter.layout)
        return True

    def _rewrite(self, header: Mapping[str, Any], payload: bytes) -> Answer:
        """Run the files with some lines changed from now on; without edits, as they were handed in.

        With a ``seed`` random numbers begin elsewhere, whatever seed the files have set.
        """
        del payload
        self._renew({})
        if header["edits"]:
            self._renew(rewritten(self.loaded.texts, header["edits"]))
        if "seed" in header:
            self._reseed(header["seed"])
        return 0, b"", ""

    def _reseed(self, seed: int) -> None:
        """Another beginning for the generators of NumPy and Python, and for those that the files have made."""
        random = self.numpy.random
        random.seed(seed)
        importlib.import_module("random").seed(seed)
        makers = {random.Generator: random.default_rng, random.RandomState: random.RandomState}
        known = self.loaded.module.__dict__
        for name, value in list(known.items()):
            if type(value) in makers:
                known[name] = makers[type(value)](seed)

    def _exact(self, header: Mapping[str, Any], payload: bytes) -> Answer:
        """The gradient on balls, three floats an entry."""
        if not self.exact:
            raise self.contracts.Problem("not-followed", "cannot-follow", why=self.exact_missing)
        at = self.calls.unpack(self.contracts, header, payload)
        own = [m for m in list(sys.modules.values()) if getattr(m, "__file__", None) in self.sources]
        modules = [self.loaded.module, *(m for m in own if m is not self.loaded.module)]
        try:
            return 0, exact.gradient(self.exact, self.contracts, self.adapter, modules, header, at), ""
        except self.exact["reasons"].CannotFollow as reason:
            raise self.contracts.Problem("not-followed", "cannot-follow", why=str(reason)) from None

    def _again(self, header: Mapping[str, Any], payload: bytes) -> Answer:
        """The gradients of one object that is asked several times; not-a-number for calls that failed."""
        net, point = self.calls.unpack(self.contracts, header, payload)
        found = self.adapter.again(net, point)
        numbers = [self.calls.flatten(net, grads)[0] for grads in found.grads]
        missing = header["times"] - len(numbers)
        nothing = self.numpy.full(missing * net.n_params, self.numpy.nan).tobytes()
        told = {"moved": " ".join(found.moved), "ended": found.ended, "reset": found.reset}
        return 0, b"".join(numbers) + nothing, _lines(told)

    def _arrays(self, header: Mapping[str, Any], payload: bytes) -> list[Any]:
        """What a layer function is handed."""
        n, start, arrays = self.numpy, 0, []
        numbers = n.frombuffer(payload, dtype="<f8")
        for shape in header["arrays"]:
            count = int(n.prod(shape))
            arrays.append(numbers[start : start + count].reshape(shape).copy())
            start += count
        return arrays

    def _layer(self, header: Mapping[str, Any], payload: bytes) -> Answer:
        """Ask a single layer function for its results."""
        n, arrays = self.numpy, self._arrays(header, payload)
        before = [array.copy() for array in arrays]
        results = self.adapter.call(header["function"], arrays, [tuple(shape) for shape in header["results"]])
        numbers = n.concatenate([r.ravel().astype("<f8") for r in results]).tobytes()
        return 0, numbers, _lines({"changed": " ".join(_changed(arrays, before))})

    def _defined(self, header: Mapping[str, Any], payload: bytes) -> Answer:
        """What the files define, and whether it ran while it was watched."""
        del header, payload
        told, numbers = {}, {name: number for number, name in enumerate(self.sources)}
        for number, one in enumerate(self.definitions.definitions(self.loaded.texts)):
            ran = (one.file, one.line) in self.entered
            told[f"defined.{number}"] = f"{one.line} {int(ran)} {int(one.pair)} {one.name} {numbers[one.file]}"
        return 0, b"", _lines(told)

    def _probe(self, header: Mapping[str, Any], payload: bytes) -> Answer:
        """Run a self-test of the judge's own: the names of what was refused."""
        scope: dict[str, Any] = {"told": {}, "facts": header["facts"]}
        exec(payload.decode(), scope)
        return 0, struct.pack("<d", len(scope["told"])), _lines(scope["told"])
