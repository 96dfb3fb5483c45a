"""Every kind of place in which code keeps something is put back, and what code names is found wherever it stands."""

import functools
import types
from collections import OrderedDict, deque

import numpy as np
import pytest

from gradcheck.certified.code.reach import LONGEST, reach
from gradcheck.certified.replacements.kept import arrays_as_balls, remember, unchanged
from gradcheck.certified.replacements.mentioned_formats import DEEP, mentioned_formats, mentions_short_format
from gradcheck.certified.replacements.small_constants import LARGEST_SMALL_CONSTANT, small_constants
from gradcheck.certified.replacements.table import held_functions, replaced_functions
from gradcheck.judge.float_formats import BY_NAME

kept_numbers = [1.0]


class Slotted:
    __slots__ = ("number", "unset")

    def __init__(self):
        self.number = 1.0


class Owner:
    shared = [1.0]  # noqa: RUF012 - that is what it is about
    count = 0

    def __init__(self):
        self.number, self.within = 1.0, {"deep": [1.0]}

    def method(self, x=0):
        return x * self.number

    @property
    def doubled(self):
        return 2 * behind_a_property[0]

    @staticmethod
    def fixed():
        return behind_a_static_method[0]

    @classmethod
    def made(cls):
        return behind_a_class_method[0]


class Listed(list):
    def __init__(self, *items):
        super().__init__(items)
        self.extra = [1.0]


behind_a_property, behind_a_static_method, behind_a_class_method = [1.0], [1.0], [1.0]


def make(name, text, **globals_of_it):
    """A module of the user's with some code in it."""
    module = types.ModuleType(name)
    vars(module).update(globals_of_it)
    exec(text, vars(module))
    return module


def closed_over(value):
    def f():
        return value

    return f


def counting():
    count = 0

    def f():
        nonlocal count
        count += 1
        return count

    return f


def filled_later():
    def f():
        return cell

    if f is None:
        cell = 0
    return f


MODULE = make("users", "def f():\n    global fresh\n    fresh = 1\n    return held, later")
SIBLING = make("sibling", "numbers = [1.0]\nother = 2.0")
USES = make("uses", "def f():\n    return sibling.numbers, sibling.other", sibling=SIBLING)


def through_a_module():
    module = SIBLING

    def f():
        return module.numbers, module.other

    return f


def keyed(**more):
    return more


def with_defaults(x, box=[1.0], *, key=[1.0]):  # noqa: B006 - that is what it is about
    return box, key


def with_attributes():
    return with_attributes.calls


with_attributes.calls = 1

PREPARED = functools.partial(keyed, first=[1.0], second=2.0)
OWNER, SLOTTED, LISTED = Owner(), Slotted(), Listed([1.0], 2.0)
BAG = {"list": [1.0, [2.0]], "queue": deque([1.0, 2.0]), "set": {1.0}, "pair": ([1.0],), "ordered": OrderedDict(a=1.0, b=2.0)}


def uses_all_of_it():
    return OWNER.method, SLOTTED, LISTED, BAG, kept_numbers, PREPARED


def change(target, text):
    """Do something to what a name stands for."""
    exec(text, {"it": target, "np": np})


# What the code is, what is done to what it reaches, and what it is asked afterwards.
CHANGES = {
    "a list": (uses_all_of_it, kept_numbers, "it.append(3.0); it[0] = 9.0", lambda: kept_numbers == [1.0]),
    "a list in a list": (uses_all_of_it, BAG, "it['list'][1].clear()", lambda: BAG["list"] == [1.0, [2.0]]),
    "a queue": (uses_all_of_it, BAG["queue"], "it.rotate(1); it.append(0)", lambda: list(BAG["queue"]) == [1.0, 2.0]),
    "a set": (uses_all_of_it, BAG["set"], "it.add(2.0); it.discard(1.0)", lambda: BAG["set"] == {1.0}),
    "a list in a pair": (uses_all_of_it, BAG["pair"][0], "it[0] = 5.0", lambda: BAG["pair"] == ([1.0],)),
    "an order": (uses_all_of_it, BAG["ordered"], "it.move_to_end('a')", lambda: list(BAG["ordered"]) == ["a", "b"]),
    "a key": (uses_all_of_it, BAG, "it['new'] = 1; del it['set']", lambda: "new" not in BAG and "set" in BAG),
    "an attribute": (uses_all_of_it, OWNER, "it.number = 7.0; it.more = 1", lambda: vars(OWNER).keys() == {"number", "within"}),
    "within an attribute": (uses_all_of_it, OWNER, "it.within['deep'][0] = 0", lambda: OWNER.within == {"deep": [1.0]}),
    "of a class": (
        uses_all_of_it,
        Owner,
        "it.count = 5; it.shared.append(1)",
        lambda: (Owner.count, Owner.shared) == (0, [1.0]),
    ),
    "behind a property": (uses_all_of_it, behind_a_property, "it[0] = 2.0", lambda: behind_a_property == [1.0]),
    "behind a static method": (uses_all_of_it, behind_a_static_method, "it[0] = 2.0", lambda: behind_a_static_method == [1.0]),
    "behind a class method": (uses_all_of_it, behind_a_class_method, "it[0] = 2.0", lambda: behind_a_class_method == [1.0]),
    "a slot": (
        uses_all_of_it,
        SLOTTED,
        "it.number = 2.0; it.unset = 1",
        lambda: SLOTTED.number == 1.0 and not hasattr(SLOTTED, "unset"),
    ),
    "a list of the user's kind": (
        uses_all_of_it,
        LISTED,
        "it.append(1); it.extra[0] = 0",
        lambda: LISTED == [[1.0], 2.0] and LISTED.extra == [1.0],
    ),
    "a prepared argument": (
        uses_all_of_it,
        PREPARED,
        "it.keywords['first'][0] = 0; it.keywords['second'] = 0",
        lambda: PREPARED() == {"first": [1.0], "second": 2.0},
    ),
    "a default": (
        with_defaults,
        with_defaults,
        "it.__defaults__[0][0] = 0; it.__kwdefaults__['key'].append(1)",
        lambda: with_defaults(0) == ([1.0], [1.0]),
    ),
    "another default": (
        with_defaults,
        with_defaults,
        "it.__defaults__ = (3,); it.__kwdefaults__ = {'key': 4}",
        lambda: with_defaults(0) == ([1.0], [1.0]),
    ),
    "an attribute of a function": (
        with_attributes,
        with_attributes,
        "it.calls += 1; it.new = 2",
        lambda: vars(with_attributes) == {"calls": 1},
    ),
    "a name that is made": (MODULE.f, vars(MODULE), "it['fresh'] = 1", lambda: "fresh" not in vars(MODULE)),
    "a name that is gone": (USES.f, vars(SIBLING), "del it['other']", lambda: vars(SIBLING).get("other") == 2.0),
    "in another module": (
        USES.f,
        SIBLING,
        "it.numbers[0] = 0; it.other = 5",
        lambda: SIBLING.numbers == [1.0] and SIBLING.other == 2.0,
    ),
    "in a module closed over": (
        through_a_module(),
        SIBLING,
        "it.numbers[0] = 0; it.other = 5",
        lambda: SIBLING.numbers == [1.0] and SIBLING.other == 2.0,
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_place_is_put_back(name):
    code, target, text, as_before = CHANGES[name]
    assert as_before()
    with unchanged(code) as kept:
        assert not kept.is_changed()
        change(target, text)
        assert kept.is_changed() and not as_before()
    assert as_before()


def test_cells_that_are_counted_in_filled_or_emptied():
    f, late = counting(), filled_later()
    with unchanged(f, late):
        assert f() == 1 and f() == 2
        late.__closure__[0].cell_contents = 5
        assert late() == 5
    assert f() == 1
    with pytest.raises(NameError):
        late()


def test_views_that_the_module_does_not_have_yet_are_no_names_of_it():
    names = [set(holder.read()) for holder in reach([USES.f]).holders]
    assert {"sibling"} not in names and any({"numbers", "other"} <= found for found in names)
    assert not any("fresh" in found for found in names)
    fresh = [set(holder.read()) for holder in reach([MODULE.f]).holders]
    assert any({"fresh", "held", "later"} <= found for found in fresh)


def test_libraries_and_what_is_too_long_are_left_alone():
    long, short = [0.0] * (LONGEST + 1), [0.0] * LONGEST
    held = [holder.read() for holder in reach([closed_over(long)]).holders]
    assert not any(len(holder) == LONGEST + 1 for holder in held) and held[0][None] is long
    assert any(len(holder.read()) == LONGEST for holder in reach([closed_over(short)]).holders)
    assert reach([np.sum, np.linalg.solve, functools]).functions == []
    found = reach([functools.wraps(uses_all_of_it)(functools.partial(with_defaults, 1))])
    assert with_defaults in found.functions


def test_containers_are_looked_into_up_to_a_length(monkeypatch):
    monkeypatch.setattr("gradcheck.certified.code.reach.LONGEST", 2)
    for short, long in (
        ([[0.5], 1.0], [[0.5], 1.0, 2.0]),
        ({"a": [0.5], "b": 1.0}, {"a": [0.5], "b": 1.0, "c": 2.0}),
        (([0.5], 1.0), ([0.5], 1.0, 2.0)),
        (deque([[0.5], 1.0]), deque([[0.5], 1.0, 2.0])),
    ):
        found, none = ([holder.read() for holder in reach([closed_over(value)]).holders] for value in (short, long))
        assert {0: 0.5} in found and {0: 0.5} not in none
    for value, held in (({1.0, 2.0}, True), ({1.0, 2.0, 3.0}, False)):
        assert (dict(enumerate(value)) in [holder.read() for holder in reach([closed_over(value)]).holders]) is held


def test_numbers_in_an_array_are_noticed_and_put_back():
    array = np.arange(3.0)
    kept = remember([closed_over(array)])
    array[1] = 9.0
    assert kept.is_changed()
    kept.put_back()
    assert array.tolist() == [0, 1, 2] and not kept.is_changed()


def test_what_is_not_changed_is_not_written():
    kept = remember([uses_all_of_it])
    assert not kept.is_changed()
    kept.put_back()
    assert not kept.is_changed() and PREPARED() == {"first": [1.0], "second": 2.0}


# Formats


def mentions(text, **more):
    return make("users_code", f"def f(x):\n    {text}", np=np, **more).f


def nested(value, levels):
    for _ in range(levels):
        value = [value]
    return value


class Holding:
    def __init__(self, value):
        self.value = value

    def method(self, x):
        return x

    def __call__(self, x):
        return x.astype(np.float16)


def inner(x):
    return x.astype("float32")


@pytest.mark.parametrize(
    ("code", "formats"),
    [
        (mentions("return np.float32(x)"), {"float32"}),
        (mentions("return x.astype('float16')"), {"float16"}),
        (mentions("return x.astype(np.single)"), {"float32"}),
        (mentions("return x.astype('f2')"), {"float16"}),
        (mentions("return x.astype('f4') + np.half(x)"), {"float32", "float16"}),
        (mentions("return np.float64(x)"), set()),
        (mentions("return x + held", held=np.zeros(2, np.float32)), {"float32"}),
        (mentions("return x + held", held=np.zeros(2)), set()),
        (mentions("return x + held", held=np.float16(1)), {"float16"}),
        (mentions("return x + held[0]", held=[np.float32(1)]), {"float32"}),
        (mentions("return held['a']", held={"a": np.zeros(1, np.float16)}), {"float16"}),
        (mentions("return x + held", held=np.zeros(2, int)), set()),
        (mentions("return (lambda y: y.astype('float32'))(x)"), {"float32"}),
        (mentions("return inner(x)", inner=inner), {"float32"}),
        (mentions("return x", other=np.zeros(1, np.float32)), set()),
        (mentions("return x.astype(kind)", kind=np.float32), {"float32"}),
        (functools.partial(inner), {"float32"}),
        (functools.partial(with_defaults, np.float16(1)), {"float16"}),
        (functools.partial(with_defaults, box=np.float16(1)), {"float16"}),
        (closed_over(np.float32(1)), {"float32"}),
        (Holding(1).method, {"float16"}),
        (Holding(np.zeros(1, np.float32)).method, {"float16", "float32"}),
        (Holding(1), {"float16"}),
        (mentions("return held", held=nested(np.float32(1), DEEP - 1)), {"float32"}),
        (mentions("return held", held=nested(np.float32(1), DEEP)), set()),
    ],
)
def test_the_formats_that_code_mentions(code, formats):
    assert mentioned_formats(code) == {BY_NAME[name] for name in formats}
    assert mentions_short_format(code) is bool(formats)


# Small constants

UNITS = {float(np.finfo(np.float64).eps), float(np.finfo(np.float32).eps), float(np.finfo(np.float64).tiny)}


class Small:
    eps, large = 1e-9, 0.5

    def __init__(self):
        self.tiny, self.layers = 1e-10, [SmallLayer()]

    def loss(self, x):
        return x + self.tiny + self.eps + self.other(x)

    def other(self, x):
        return x + 1e-11


class SmallLayer:
    def __call__(self, x):
        return x + 1e-13


def machine(x):
    return x + np.finfo(float).eps


def no_machine(x):
    return x.eps


def helper(x, floor=1e-8, *, roof=1 - 1e-7):
    return x


@pytest.mark.parametrize(
    ("code", "constants"),
    [
        (lambda x: x + 1e-12, {1e-12}),
        (lambda x: x + 1e-6, {1e-6}),
        (lambda x: x + 1.1e-6, set()),
        (lambda x: x - 1e-9, {1e-9}),
        (lambda x: x * (1 - 1e-7), {1 - 1e-7}),
        (lambda x: x + 0.0 + 1.0, set()),
        (lambda x: x + 1, set()),
        (lambda x: x + 0.5, set()),
        (helper, {1e-8, 1 - 1e-7}),
        (mentions("return x + eps", eps=1e-9), {1e-9}),
        (mentions("return x", eps=1e-9), set()),
        (closed_over(1e-9), {1e-9}),
        (closed_over({"eps": 1e-9, "more": 3.0}), {1e-9}),
        (mentions("return g(x)", g=helper), {1e-8, 1 - 1e-7}),
        (mentions("return (lambda y: y + 1e-9)(x)"), {1e-9}),
        (functools.partial(helper, 1.0), {1e-8, 1 - 1e-7}),
        (functools.partial(np.add, machine), UNITS),
        (Small().loss, {1e-9, 1e-10, 1e-11, 1e-13}),
        (Small().other, {1e-9, 1e-10, 1e-11, 1e-13}),
        (SmallLayer(), {1e-13}),
        (machine, UNITS),
        (no_machine, set()),
        (np.sum, set()),
        (Small, set()),
        (len, set()),
        (np.add, set()),
    ],
)
def test_the_small_constants_that_code_names(code, constants):
    assert small_constants((code,)).keys() == constants and LARGEST_SMALL_CONSTANT == 1e-6


def test_functions_are_looked_into_up_to_a_depth():
    module = types.ModuleType("users_chain")
    lines = [f"def f{k}(x):\n    return f{k + 1}(x) + {10.0 ** -(7 + k)}" for k in range(6)]
    exec("\n".join([*lines, "def f6(x):\n    return x"]), vars(module))
    assert small_constants((module.f0,)).keys() == {10.0 ** -(7 + k) for k in range(5)}
    assert small_constants((module.f2,)).keys() == {10.0 ** -(7 + k) for k in range(2, 6)}


def test_what_objects_hold_is_exchanged_but_for_classes():
    held, replaced = held_functions(), replaced_functions()
    assert id(np.float64) in replaced and id(np.float64) not in held and id(np.zeros) in held
    assert replaced.keys() - held.keys() == {key for key, (original, _) in replaced.items() if isinstance(original, type)}


def test_small_constants_are_told_with_the_first_line_that_names_them():
    code = make("lines", "def f(x):\n    y = x + 1e-9\n    return y + 1e-9 + 1e-8").f
    found = small_constants((code, lambda x: x + 1e-9))
    assert {value: place.line for value, place in found.items()} == {1e-9: 2, 1e-8: 3}
    assert {place.file for place in found.values()} == {"<string>"}
    (default,) = small_constants((closed_over(1e-9),)).values()
    assert default.line == closed_over.__code__.co_firstlineno + 2


def test_floats_that_are_looked_at_as_other_numbers_are_left_as_they_are():
    floats, others = np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0])
    bits = floats.view(np.int64)
    assert set(arrays_as_balls([floats, others])) == {id(floats), id(others)}
    assert set(arrays_as_balls([floats, bits, others])) == {id(others)}
