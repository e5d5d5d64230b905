"""Answers sent by OSC over UDP: as Wekinator sends them, and under addresses of our own.

    /wek/outputs      with each answer: one float for each class head (the class, from 1 on), the
                      scores of tags, the values of quantities
    /tonotope/probs   with each answer: the probabilities of all classes and tags
    /tonotope/values  with each answer: the quantities
    /tonotope/label   when it changes: name, probability, number (from 1 on); "", 0, 0 for none;
                      of tags three for each that is heard
    /tonotope/names   at the start, every 10 s and on request: the names of probs, then of values

All numbers are float32. Nobody answers UDP, so a receiver that is not there costs nothing.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Sequence
from typing import Any

from tonotope._errors import ExperimentError, MissingPackageError
from tonotope._progress import SILENT, Progress
from tonotope.answers import table_of
from tonotope.live.reading import Reading
from tonotope.prediction.score_layout import Layout

NAMES_S = 10.0
"""The names are sent again after so long: UDP loses what nobody listens to."""

_HOST = "127.0.0.1"
_ASKED = b"/tonotope/names\0"


def parse_target(text: str) -> tuple[str, int]:
    """Host and port of `HOST:PORT`, or of a port alone, which is one on this machine.

    >>> parse_target("12000"), parse_target("studio.local:9000"), parse_target("[::1]:9000")
    (('127.0.0.1', 12000), ('studio.local', 9000), ('::1', 9000))

    Raises:
        ExperimentError: there is no port, or none of that number.
    """
    host, _, port = text.strip().rpartition(":")
    host = host.removeprefix("[").removesuffix("]") or _HOST
    if not (port.isascii() and port.isdigit() and len(port) < 6 and 0 < int(port) < 65536):
        raise ExperimentError(
            f"--osc {text:.80}: HOST:PORT would fit, or a port of this machine, such as"
            f" {_HOST}:12000 or 12000; a port is a number from 1 to 65535"
        )
    return host, int(port)


class OscSender:
    """Sends readings to one receiver.

    Args:
        target: `HOST:PORT`.
        layout: which column of the scores stands for what.
        labels: (column,) the names of labels; empty for what is no label.
        in_port: where `/tonotope/names` asks for the names; None asks nowhere.
        progress: is told where nothing can be sent.

    Raises:
        ExperimentError: no such host, or a port that is taken.
        MissingPackageError: python-osc is not installed.
    """

    def __init__(
        self,
        target: str,
        layout: Layout,
        labels: Sequence[str],
        in_port: int | None = None,
        progress: Progress = SILENT,
    ) -> None:
        host, port = parse_target(target)
        _builder()
        try:
            family, kind, _, _, self._address = socket.getaddrinfo(
                host, port, type=socket.SOCK_DGRAM
            )[0]
        except (OSError, UnicodeError) as error:
            raise ExperimentError(
                f"--osc {target:.80}: no machine is called `{host}` ({error}); its number would"
                " fit too, such as 192.168.1.20:12000"
            ) from None
        address = str(self._address[0])
        self._in = None if in_port is None else _listening(in_port, family, address)
        self._out = socket.socket(family, kind)
        self._out.setblocking(False)
        self._out.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
        self._progress, self._told = progress, False
        self._target = f"{host}:{port}"
        self._layout = layout
        self._shares, self._values = _columns(layout)
        self._number = {column: at for at, column in enumerate(self._shares, start=1)}
        several = len(layout.answers) > 1
        plain = [
            f"{one.name}: {column}" if several else column
            for one in layout.answers
            for column in one.columns
        ]
        self.names = [labels[at] or plain[at] for at in (*self._shares, *self._values)]
        self._names_due = 0.0

    def send(self, reading: Reading) -> None:
        """Send what belongs to a reading."""
        self._send_names_if_due()
        scores = reading.row.scores
        outputs = [
            value
            for one in self._layout.answers
            for value in table_of(one).control_values(scores[self._layout.places[one.name]])
        ]
        self._send("/wek/outputs", outputs)
        if self._shares:
            self._send("/tonotope/probs", [float(scores[at]) for at in self._shares])
        if self._values:
            self._send("/tonotope/values", [float(scores[at]) for at in self._values])
        if reading.changed:
            heard: list[str | float] = []
            for one in reading.heard:
                heard += [one.label, one.score, float(self._number[one.column])]
            self._send("/tonotope/label", heard or ["", 0.0, 0.0])

    def close(self) -> None:
        """Send no more."""
        self._out.close()
        if self._in is not None:
            self._in.close()

    def _send_names_if_due(self) -> None:
        asked = False
        if self._in is not None:
            with contextlib.suppress(OSError):  # nobody has asked
                while True:
                    asked |= self._in.recv(1024).startswith(_ASKED)
        if asked or time.monotonic() >= self._names_due:
            self._names_due = time.monotonic() + NAMES_S
            self._send("/tonotope/names", self.names)

    def _send(self, address: str, values: Sequence[str | float]) -> None:
        message = _builder()(address=address)
        for one in values:
            if isinstance(one, str):
                message.add_arg(_text(one), "s")
            else:
                message.add_arg(float(one), "f")
        try:
            self._out.sendto(message.build().dgram, self._address)
        except OSError as error:
            if not self._told:
                self._told = True
                self._progress.say(
                    f"OSC cannot be sent to {self._target} ({error.strerror or error}); it is tried"
                    " again with each answer"
                )


def _columns(layout: Layout) -> tuple[list[int], list[int]]:
    """The columns that hold probabilities, and those that hold quantities."""
    shares, values = list[int](), list[int]()
    for one in layout.answers:
        place, table = layout.places[one.name], table_of(one)
        found = shares if table.one_label or table.yes_or_no else values
        found += range(place.start, place.stop)
    return shares, values


def _listening(port: int, family: int, target: str) -> socket.socket:
    """Where requests come in: from this machine alone, where the receiver is on it."""
    here = target in (_HOST, "::1")
    found = socket.socket(family, socket.SOCK_DGRAM)
    try:
        found.bind((target if here else "", port))
    except (OSError, OverflowError) as error:
        found.close()
        raise ExperimentError(
            f"--osc-in {port}: the port cannot be opened ({error}); another number would fit, such"
            " as 6448"
        ) from None
    found.setblocking(False)
    return found


def _text(name: str) -> str:
    """A name that OSC can hold: UTF-8 without a zero, which ends a text."""
    return name.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\0")


def _builder() -> type[Any]:
    try:
        from pythonosc.osc_message_builder import OscMessageBuilder
    except ImportError as error:
        raise MissingPackageError("python-osc") from error
    return OscMessageBuilder
