"""OSC as python-osc's own server hears it: addresses, types, values; nobody there is no matter."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.live.conftest import Said, noise, odd_blocks

import tonotope as tt
from tonotope.live import osc
from tonotope.live.listening import Listening
from tonotope.live.osc import OscSender, parse_target
from tonotope.live.sound_source import ArraySource
from tonotope.prediction.ensemble import Ensemble

pytest.importorskip("pythonosc")


class Receiver:
    """A server of python-osc on a port of its own."""

    def __init__(self) -> None:
        from pythonosc.dispatcher import Dispatcher
        from pythonosc.osc_server import BlockingOSCUDPServer

        self.heard: list[tuple[str, list[Any]]] = []
        self.arrived = threading.Semaphore(0)
        dispatcher = Dispatcher()
        dispatcher.set_default_handler(self._take)
        self.server = BlockingOSCUDPServer(("127.0.0.1", 0), dispatcher)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _take(self, address: str, *values: Any) -> None:
        self.heard.append((address, list(values)))
        self.arrived.release()

    def wait_for(self, count: int) -> None:
        for _ in range(count):
            assert self.arrived.acquire(timeout=10), self.heard

    def all_of(self, address: str) -> list[list[Any]]:
        return [values for name, values in self.heard if name == address]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    yield found
    found.server.shutdown()
    found.server.server_close()


def listening(model: Any, seconds: float = 6.0, **options: Any) -> Listening:
    return Listening(
        Ensemble(model), ArraySource(odd_blocks(noise(seconds)), 8000), hop_s=0.2, **options
    )


def send_all(found: Listening, receiver: Receiver, said: Said | None = None) -> list[Any]:
    """Each reading sent, and waited for, so that UDP loses none."""
    told = Said() if said is None else said
    sender = OscSender(f"127.0.0.1:{receiver.port}", found.layout, found.labels, progress=told)
    readings, first = [], True
    for reading in found:
        sender.send(reading)
        receiver.wait_for(2 + first + reading.changed)
        readings.append(reading)
        first = False
    sender.close()
    assert told.lines == []
    return readings


def test_a_class_is_sent_as_wekinator_sends_it(
    build: Callable[..., Any], receiver: Receiver
) -> None:
    found = listening(build(), threshold=0.4)
    readings = send_all(found, receiver)
    scores = np.array([one.row.scores for one in readings])
    assert receiver.all_of("/wek/outputs") == [[float(one + 1)] for one in scores.argmax(axis=1)]
    assert all(type(one[0]) is float for one in receiver.all_of("/wek/outputs"))
    sent = np.array(receiver.all_of("/tonotope/probs"))
    np.testing.assert_array_equal(sent, scores.astype(np.float32))
    assert receiver.all_of("/tonotope/names") == [["cat", "dog", "owl"]]
    changes = [one for one in readings if one.changed]
    assert len(changes) < len(readings)
    expected = [
        [one.label, np.float32(one.heard[0].score), found.ensemble.classes.index(one.label) + 1.0]
        if one.label
        else ["", 0.0, 0.0]
        for one in changes
    ]
    assert receiver.all_of("/tonotope/label") == expected
    assert {one[0] for one in expected} - {""}


def test_tags_are_three_values_each_and_quantities_have_their_own_address(
    receiver: Receiver,
) -> None:
    head = tt.Multitask(
        tasks=(
            tt.Part(name="pitch", head=tt.Regress(targets=("hz",), means=(0,), spreads=(1,))),
            tt.Part(name="what", head=tt.Tag(labels=("rain", "wind"))),
            tt.Part(name="who", head=tt.Classify(classes=("a", "b"))),
        )
    )
    representation = tt.LogMel(rate_hz=8000, window_s=0.032, hop_s=0.016, bands=16)
    layers: Any = ["conv 4 3x3", "relu", "globalpool time mean+max"]
    model = tt.Model.build(
        representation, tt.Layers(layers=layers), head, clip_samples=8000, seed=0
    )
    found = listening(model.eval(), 1.3, threshold=0.2)
    sender = OscSender(f"{receiver.port}", found.layout, found.labels)
    reading = next(iter(found))
    sender.send(reading)
    receiver.wait_for(5)
    hz, rain, wind, a, b = (float(np.float32(one)) for one in reading.row.scores)
    [names] = receiver.all_of("/tonotope/names")
    assert names == ["what: rain", "what: wind", "who: a", "who: b", "pitch: hz"]
    assert receiver.all_of("/tonotope/values") == [[hz]]
    assert receiver.all_of("/tonotope/probs") == [[rain, wind, a, b]]
    best = ("a", a, 3.0) if a >= b else ("b", b, 4.0)
    [outputs] = receiver.all_of("/wek/outputs")
    assert outputs == [hz, rain, wind, best[2] - 2]
    [label] = receiver.all_of("/tonotope/label")
    assert label == ["what: rain", rain, 1.0, "what: wind", wind, 2.0, f"who: {best[0]}", *best[1:]]
    sender.close()
    found.close()


def test_names_come_again_on_request_and_after_a_while(
    build: Callable[..., Any], receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = listening(build())
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    sender = OscSender(f"127.0.0.1:{receiver.port}", found.layout, found.labels, port)
    readings = iter(found)
    sent = 1
    for _ in range(2):
        one = next(readings)
        sender.send(one)
        sent += 2 + one.changed
    receiver.wait_for(sent)
    assert len(receiver.all_of("/tonotope/names")) == 1
    from pythonosc.udp_client import SimpleUDPClient

    client = SimpleUDPClient("127.0.0.1", port)
    with contextlib.closing(client):
        client.send_message("/tonotope/names", [])
    late_s = time.monotonic() + osc.NAMES_S + 1
    for later in (False, True):
        if later:
            monkeypatch.setattr(osc, "time", SimpleNamespace(monotonic=lambda: late_s))
        one = next(readings)
        sender.send(one)
        receiver.wait_for(3 + one.changed)
    assert len(receiver.all_of("/tonotope/names")) == 3
    with pytest.raises(tt.ExperimentError, match=f"--osc-in {port}: the port cannot be"):
        OscSender("12000", found.layout, found.labels, port)
    sender.close()
    found.close()


def test_nobody_there_and_no_way_there_do_not_end_it(build: Callable[..., Any]) -> None:
    found, said = listening(build()), Said()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as gone:
        gone.bind(("127.0.0.1", 0))
        port = gone.getsockname()[1]
    sender = OscSender(f"127.0.0.1:{port}", found.layout, found.labels, progress=said)
    readings = list(found)
    for one in readings:
        sender.send(one)
    assert said.lines == []

    class Unreachable:
        def sendto(self, *given: object) -> None:
            raise OSError(101, "Network is unreachable")

    way: Any = Unreachable()
    real = sender._out
    sender._out = way
    for one in readings:
        sender.send(one)
    assert len(said.lines) == 1
    assert "cannot be sent to 127.0.0.1:" in said.lines[0]
    assert "(Network is unreachable)" in said.lines[0]
    real.close()


@pytest.mark.parametrize(
    "text", ["", "host", "host:", "host:0", "host:65536", ":x", "1.2.3.4:-1", "h:٣", "9" * 400]
)
def test_a_target_that_is_none_is_one_sentence(text: str) -> None:
    with pytest.raises(tt.ExperimentError, match="HOST:PORT would fit, or a port"):
        parse_target(text)


def test_a_host_that_nobody_knows_is_one_sentence(build: Callable[..., Any]) -> None:
    found = listening(build())
    with pytest.raises(tt.ExperimentError, match=r"no machine is called `no\.such\.invalid`"):
        OscSender("no.such.invalid:12000", found.layout, found.labels)


def test_without_python_osc_the_way_to_it_is_named(
    build: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = listening(build())
    monkeypatch.setitem(sys.modules, "pythonosc.osc_message_builder", None)
    with pytest.raises(tt.MissingPackageError, match="pip install python-osc"):
        OscSender("12000", found.layout, found.labels)


def test_names_that_osc_cannot_hold_are_spelled_out(
    build: Callable[..., Any], receiver: Receiver
) -> None:
    found = listening(build(classes=("a\0b", "\udcff", "é")), 1.0, threshold=0.9)
    sender = OscSender(f"127.0.0.1:{receiver.port}", found.layout, found.labels)
    sender.send(next(iter(found)))
    receiver.wait_for(3)
    assert receiver.all_of("/tonotope/names") == [["a\\0b", "\\udcff", "é"]]
    sender.close()
