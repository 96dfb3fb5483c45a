"""Whose time it is: readings and a clock made by hand, so that nothing here depends on how busy the machine is."""

import math
import threading
from dataclasses import dataclass, field, replace

import pytest

from gradcheck.isolation.kernel.accounts import Activity, Reading, family, read
from gradcheck.isolation.kernel.watch import LONGEST_TIMES, LOOK_EACH, MOST_SEEN, WALL_TIMES, Cause, Ended, Late, Watch

START = Reading(0.0, 0.0, 0, frozenset({7}), Activity.READY)
LIMIT = 10.0


@dataclass
class World:
    """A machine of which everything is said: what a process does in each second that passes, and how late looks come."""

    computing: float = 0.0  # processor seconds a second
    waiting: float | None = 0.0  # seconds on the queue a second; None where the kernel does not tell
    activity: Activity = Activity.ASLEEP
    reading_back: int = 0  # pages a look
    threads: int = 0  # new ones a look
    late: float = 0.0  # seconds that each look comes too late
    told: bool = True
    now: float = 0.0
    reading: Reading = field(default_factory=lambda: START)

    def pass_(self, seconds: float) -> None:
        self.now += seconds
        waited = None if self.waiting is None else (self.reading.waited or 0.0) + self.waiting * seconds
        self.reading = replace(
            self.reading,
            computed=self.reading.computed + self.computing * seconds,
            waited=waited,
            read_back=self.reading.read_back + self.reading_back,
            threads=frozenset(range(7, 8 + len(self.reading.threads) - 1 + self.threads)),
            activity=self.activity,
        )

    def watch(self) -> Watch:
        return Watch(
            LIMIT,
            lambda: self.reading if self.told else None,
            lambda: self.reading.computed if self.told else 0.0,
            lambda: self.now,
        )

    def until_late(self, watch: Watch, within: float = math.inf) -> Late:
        """One question that is never answered."""
        watch.begin(within)
        while self.now < 1e5:
            self.pass_(max(watch.pause(), 0.0) + self.late)
            try:
                watch.look()
            except Late as late:
                return late
        pytest.fail("it never ended")


def ends(**how) -> tuple[Cause, float, Watch]:
    world = World(**how)
    watch = world.watch()
    return world.until_late(watch).cause, world.now, watch


@pytest.mark.parametrize("late", [0.0, 0.3, 5.0])
@pytest.mark.parametrize("share", [1.0, 0.5, 1 / 12, 1 / 24])
def test_an_endless_loop_ends_by_its_processor_seconds_however_few_it_gets(share, late):
    cause, now, _ = ends(computing=share, waiting=1 - share, activity=Activity.READY, late=late)
    assert cause is Cause.COMPUTED
    assert LIMIT / share <= now <= LIMIT / share + 2 * (LOOK_EACH + late) + 1e-9


def test_four_threads_use_their_seconds_four_times_as_fast():
    cause, now, _ = ends(computing=4.0, activity=Activity.READY, threads=0)
    assert (cause, round(now, 1)) == (Cause.COMPUTED, LIMIT / 4)


@pytest.mark.parametrize(("computing", "waiting"), [(0.0, 0.0), (0.01, 0.0), (0.01, 0.3), (0.0, None)])
def test_sleep_is_the_submissions_own(computing, waiting):
    cause, now, watch = ends(computing=computing, waiting=waiting)
    assert cause is Cause.SLEPT and cause.is_own
    assert watch.asleep <= now - (computing + (waiting or 0.0)) * now + 1e-9  # never more than there can have been
    assert now <= LIMIT / (1 - (waiting or 0.0)) + 1


def test_a_sleeper_on_a_machine_that_stands_still_is_not_charged_for_what_nobody_saw():
    world = World(late=100.0)
    watch = world.watch()
    watch.begin()
    for _ in range(3):
        world.pass_(100.0)
        watch.look()
    assert watch.asleep <= 3 * MOST_SEEN


@pytest.mark.parametrize(
    ("how", "cause"),
    [
        ({"activity": Activity.STOPPED}, Cause.STOPPED),
        ({"activity": Activity.DISK}, Cause.DISK),
        ({"activity": Activity.DISK, "reading_back": 3}, Cause.DISK),
        ({"activity": Activity.UNKNOWN}, Cause.UNTOLD),
        ({"told": False}, Cause.UNTOLD),
        ({"activity": Activity.READY, "waiting": 1.0}, Cause.NO_PROCESSOR),
        ({"activity": Activity.READY, "waiting": 0.0}, Cause.NO_PROCESSOR),  # on the queue since before the first look
        ({"activity": Activity.READY, "waiting": None}, Cause.UNTOLD),
        ({"computing": 0.001, "waiting": None}, Cause.UNTOLD),  # asleep when looked at, and nobody knows what else
        ({"activity": Activity.ASLEEP, "reading_back": 1}, Cause.UNTOLD),
        ({"activity": Activity.ASLEEP, "threads": 1}, Cause.UNTOLD),
    ],
)
@pytest.mark.parametrize("late", [0.0, 1.0])
def test_what_the_machine_keeps_from_it_is_never_held_against_it(how, cause, late):
    found, _, watch = ends(**how, late=late)
    assert not found.is_own
    assert watch.spent <= LIMIT
    assert found is cause


def test_the_wall_clock_is_some_times_the_limit_and_longer_for_what_waits_in_the_queue():
    _, stopped, _ = ends(activity=Activity.STOPPED)
    _, queued, _ = ends(activity=Activity.READY, waiting=1.0)
    assert stopped == pytest.approx(WALL_TIMES * LIMIT, abs=1)
    assert queued == pytest.approx(LONGEST_TIMES * LIMIT, abs=1)


def test_a_machine_that_was_suspended_for_a_day_costs_nothing():
    world = World(computing=1.0, activity=Activity.READY)
    watch = world.watch()
    watch.begin()
    world.now += 86_400.0
    watch.look()
    assert (watch.spent, watch.wall, watch.unexplained) == (0.0, 1.0, 0.0)
    world.pass_(1.0)
    watch.look()
    assert watch.spent == 1.0


def test_what_the_judge_grants_is_not_the_submissions():
    world = World(computing=1.0, activity=Activity.READY)
    watch = world.watch()
    watch.begin()
    world.pass_(9.5)
    watch.count()
    watch.grant(4.0)
    watch.begin()
    world.pass_(3.0)
    watch.count()
    watch.grant(-1.0)
    assert watch.spent == pytest.approx(9.5)
    assert world.until_late(watch).cause is Cause.COMPUTED
    with pytest.raises(Late):
        watch.begin()


def test_a_shorter_time_than_what_is_left():
    world = World(computing=1.0, activity=Activity.READY)
    watch = world.watch()
    assert world.until_late(watch, within=1.0).cause is Cause.COMPUTED
    assert world.now == pytest.approx(1.0, abs=0.11)


def test_seconds_of_a_process_that_is_gone_are_not_given_back():
    world = World(computing=1.0, activity=Activity.READY)
    watch = world.watch()
    watch.begin()
    world.pass_(3.0)
    watch.count()
    world.reading = replace(world.reading, computed=0.0, activity=Activity.GONE)
    watch.count()
    assert watch.spent == 3.0


def test_what_has_ended_is_noticed_though_a_channel_is_open():
    world = World(activity=Activity.GONE)
    watch = world.watch()
    watch.begin()
    world.pass_(LOOK_EACH)
    watch.look()  # an answer may still lie in the channel
    world.pass_(LOOK_EACH)
    with pytest.raises(Ended):
        watch.look()


# Readings of real processes


def test_a_reading_of_this_process():
    import os

    released = threading.Event()
    waiting = [threading.Thread(target=released.wait) for _ in range(3)]
    before = read([os.getpid()])
    for thread in waiting:
        thread.start()
    now = read([os.getpid()])
    released.set()
    assert now.activity is Activity.READY  # this thread
    assert len(now.threads - before.threads) == 3
    assert now.computed >= before.computed > 0


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import time; print(flush=True); time.sleep(60)", Activity.ASLEEP),
        ("input()", Activity.ASLEEP),
        ("import threading\nl = threading.Lock(); l.acquire(); print(flush=True); l.acquire()", Activity.ASLEEP),
        ("import os; print(flush=True); os.kill(os.getpid(), 19)", Activity.STOPPED),
        ("print(flush=True)\nwhile True: pass", Activity.READY),
        ("import os, time\nif os.fork():\n  print(flush=True); time.sleep(60)\nwhile True: pass", Activity.READY),
        ("import threading\nthreading.Thread(target=sum, args=(iter(int, 1),)).start(); print(flush=True)", Activity.READY),
    ],
)  # fmt: skip
def test_a_reading_of_another_process(code, expected):
    import subprocess
    import sys
    import time

    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            end = time.monotonic() + 30  # until it has come so far
            now = read(family(process.pid))
            while (now.activity is not expected or not now.computed) and time.monotonic() < end:
                time.sleep(0.02)
                now = read(family(process.pid))
            assert now.activity is expected
            assert now.computed > 0
        finally:
            for pid in reversed(family(process.pid)):
                import os

                os.kill(pid, 9)


def test_a_process_that_never_was_is_gone():
    gone = read([2**22 + 1])
    assert (gone.activity, gone.computed, gone.threads) == (Activity.GONE, 0.0, frozenset())
