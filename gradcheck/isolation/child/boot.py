"""The first file that the fresh interpreter runs: it knows where the runner lies, and nothing else of the toolkit.

The runner and the contracts become the packages ``_runner`` and ``_contracts``; no directory of the toolkit enters
``sys.path``, so nothing of it can be imported by a submission. With one channel it is a template, of which processes are
forked that find everything imported; with three it serves at once.
"""

import gc
import importlib
import importlib.machinery
import importlib.util
import os
import struct
import sys
import traceback
from types import ModuleType

CHANNELS = struct.Struct("4i")  # of a fork: requests, results, texts, what it prints


def package(name: str, directory: str) -> None:
    """Make a directory importable as a package of this name."""
    spec = importlib.machinery.ModuleSpec(name, None, is_package=True)
    spec.submodule_search_locations = [directory]
    sys.modules[name] = importlib.util.module_from_spec(spec)


def main() -> None:
    """``boot.py RUNNER CONTRACTS CHANNEL...``: two directories and open channels, one of orders or three of a session."""
    runner, contracts, *channels = sys.argv[1:]
    package("_runner", runner)
    package("_contracts", contracts)
    sys.argv = [""]
    serve = importlib.import_module("_runner.serve")
    if len(channels) == 1:
        obey(serve, int(channels[0]))
    else:
        serve.main(*map(int, channels))


def obey(serve: ModuleType, orders: int) -> None:
    """Import everything, then fork and bury as ordered, until nobody is left who orders."""
    import _socket as socket  # as confinement does: what is forked finds no module that a fresh process lacks

    wire = importlib.import_module("_runner.wire")
    _, header, arithmetic = serve.next_request(orders)
    service = serve.prepared(header, arithmetic)
    control = socket.socket(fileno=orders)
    del header, arithmetic
    gc.collect()
    gc.freeze()  # or each fork would copy what its collector touches
    while True:
        told, handed, _, _ = control.recvmsg(wire.ORDER.size, socket.CMSG_SPACE(CHANNELS.size))
        if len(told) != wire.ORDER.size:
            os._exit(0)
        what, number = wire.ORDER.unpack(told)
        if what == wire.BURY:
            buried, status = os.waitpid(number, os.WNOHANG)
            ended = os.waitstatus_to_exitcode(status) if buried else wire.LIVES
            control.sendall(wire.ENDED.pack(number, ended))
            continue
        channels = CHANNELS.unpack(handed[0][2])
        number = os.fork()
        if number == 0:
            control.close()
            serve_one(serve, service, channels)
        for channel in channels:
            os.close(channel)
        handle = os.pidfd_open(number)
        attached = (socket.SOL_SOCKET, socket.SCM_RIGHTS, struct.pack("i", handle))
        control.sendmsg([wire.ENDED.pack(number, wire.LIVES)], [attached])
        os.close(handle)


def serve_one(serve: ModuleType, service: object, channels: tuple[int, ...]) -> None:
    """What a fork does until it ends: it never comes back to its template's orders."""
    try:
        *three, printed = channels
        os.setsid()
        for standard in (1, 2):
            os.dup2(printed, standard)
        os.close(printed)
        serve.main(*three, service)
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(1)


if __name__ == "__main__":
    main()
