"""Moving bytes between the judge and a child that may not cooperate: a watch for everything, a cap on everything."""

from __future__ import annotations

import os
import selectors
from dataclasses import dataclass, field

from gradcheck.isolation.kernel.watch import Watch
from gradcheck.isolation.limits import OUTPUT_ENDS, OUTPUT_KEPT

CHUNK = 1 << 16


class ChannelClosed(Exception):  # noqa: N818 - a state, not an error of ours
    """The child closed its end, or is gone."""


class Flood(Exception):  # noqa: N818
    """More output than anybody may print."""


@dataclass
class Output:
    """What was printed: the beginning is kept, the rest counted."""

    kept: bytearray = field(default_factory=bytearray)
    seen: int = 0

    def take(self, data: bytes) -> None:
        """Keep what there is room for; raises Flood beyond the cap."""
        self.seen += len(data)
        self.kept += data[: OUTPUT_KEPT - len(self.kept)]
        if self.seen > OUTPUT_ENDS:
            raise Flood


class Pump:
    """The judge's ends of the channels, all of them non-blocking."""

    def __init__(self, requests: int, results: int, texts: int, printed: int) -> None:
        self.requests, self.results, self.texts, self.printed = requests, results, texts, printed
        self.output = Output()
        self._open = [requests, results, texts, printed]
        for channel in self._open:
            os.set_blocking(channel, False)

    def send(self, data: bytes, watch: Watch) -> None:
        """All of the request; what is printed meanwhile is taken, what answers too early is left for the check."""
        view = memoryview(data)
        while view:
            self._wait(self.requests, selectors.EVENT_WRITE, watch)
            try:
                view = view[os.write(self.requests, view[:CHUNK]) :]
            except BlockingIOError:
                continue
            except BrokenPipeError:
                raise ChannelClosed from None

    def receive(self, channel: int, count: int, watch: Watch) -> bytes:
        """Exactly so many bytes of one channel."""
        data = bytearray()
        while len(data) < count:
            self._wait(channel, selectors.EVENT_READ, watch)
            part = self._read(channel, count - len(data))
            if part == b"":
                raise ChannelClosed
            data += part or b""
        return bytes(data)

    def pending(self) -> bool:
        """Whether bytes that nobody asked for lie in the result or the text channel."""
        return any(self._read(channel, 1) for channel in (self.results, self.texts))

    def drain(self) -> None:
        """Take what was printed so far, without waiting."""
        while self._open and (data := self._read(self.printed, CHUNK)):
            self.output.take(data)

    def close(self) -> None:
        """Close all ends; may be called twice."""
        while self._open:
            os.close(self._open.pop())

    def _wait(self, channel: int, event: int, watch: Watch) -> None:
        """Until a channel is ready; printed bytes are taken all the while, so that no child blocks on a full pipe."""
        with selectors.DefaultSelector() as selector:
            selector.register(channel, event)
            selector.register(self.printed, selectors.EVENT_READ)
            while True:
                pause = watch.pause()
                if pause <= 0:
                    watch.look()  # which ends the waiting, where the time is up
                    continue
                ready = {key.fd for key, _ in selector.select(pause)}
                if self.printed in ready:
                    data = self._read(self.printed, CHUNK)
                    if data == b"":
                        selector.unregister(self.printed)
                    self.output.take(data or b"")
                if channel in ready:
                    return

    def _read(self, channel: int, count: int) -> bytes | None:
        """Some bytes, b"" at the end, None where there are none yet."""
        try:
            return os.read(channel, min(count, CHUNK))
        except BlockingIOError:
            return None
