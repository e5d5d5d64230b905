"""`tonotope listen`: live sound labelled, sent by OSC, or made clean."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tonotope.cli import terminal
from tonotope.cli.app import SOME_LEFT_OUT, app, examples
from tonotope.cli.live_rows import LiveRows, tell_end
from tonotope.cli.meter import Meter
from tonotope.cli.run_argument import one_run
from tonotope.cli.thresholds import thresholds_of
from tonotope.prediction.writers import WRITERS

if TYPE_CHECKING:
    from tonotope.live.clean_sound import CleanSound
    from tonotope.live.listening import Listening
    from tonotope.live.osc import OscSender
    from tonotope.live.sound_source import SoundSource


def _list_devices(asked: bool) -> None:
    if not asked:
        return
    from tonotope.live.microphone import devices

    found = devices()
    for one in found:
        terminal.out(terminal.one_line(one.name))
    if not found:
        terminal.say("No microphone was found.")
    raise typer.Exit(0 if found else SOME_LEFT_OUT)


@app.command(
    epilog=examples(
        "tonotope listen runs/birds-1a2b3c4d-s0",
        "tonotope listen RUN --osc 127.0.0.1:12000",
        "parec --rate=44100 --channels=1 --latency-msec=20 | tonotope listen RUN - --rate 44100",
        "parec ... | tonotope listen DENOISER - | pacat --rate=16000 --channels=1",
    )
)
def listen(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.", show_default=False)],
    source: Annotated[
        str,
        typer.Argument(metavar="[-]", help="Raw PCM from standard input; else a microphone."),
    ] = "",
    device: Annotated[
        str | None,
        typer.Option("--device", metavar="NAME", help="The microphone; a part of its name."),
    ] = None,
    devices: Annotated[
        bool,
        typer.Option(
            "--devices", callback=_list_devices, is_eager=True, help="List the microphones."
        ),
    ] = False,
    osc: Annotated[
        str | None,
        typer.Option("--osc", metavar="HOST:PORT", help="Send the answers by OSC."),
    ] = None,
    osc_in: Annotated[
        int | None,
        typer.Option(
            "--osc-in", metavar="PORT", min=1, max=65535, help="Where OSC asks for the names."
        ),
    ] = None,
    hop: Annotated[
        float | None,
        typer.Option(
            "--hop", metavar="S", help="Seconds between answers; else 0.1, or a quarter of a clip."
        ),
    ] = None,
    threshold: Annotated[
        list[str] | None,
        typer.Option(
            "--threshold",
            metavar="auto|P|CLASS=P",
            help="From which score on a label is heard; auto is drawn from validation.",
            show_default=False,
        ),
    ] = None,
    windows: Annotated[
        bool, typer.Option("--windows", help="A row for each window, not for each change.")
    ] = False,
    to: Annotated[
        str | None, typer.Option("--to", metavar="csv|jsonl", help="The form of rows.")
    ] = None,
    rate: Annotated[
        int | None,
        typer.Option("--rate", metavar="HZ", help="Of raw PCM; else the rate of the network."),
    ] = None,
    form: Annotated[
        str | None,
        typer.Option("--format", metavar="s16|f32", help="Of raw PCM, in and out; else s16."),
    ] = None,
    channels: Annotated[
        int | None, typer.Option("--channels", metavar="N", help="Of raw PCM; else 1.")
    ] = None,
) -> None:
    """Label live sound as it comes; or take its noise away.

    Listens to a microphone, or to raw PCM on standard input. A row for each change of the label
    goes to standard output, a meter to a terminal, every answer to OSC. Of a head that answers
    with sound, the clean sound goes to standard output as raw PCM.
    """
    from tonotope._errors import ExperimentError
    from tonotope.experiment.listen import listen_or_clean
    from tonotope.live.clean_sound import CleanSound
    from tonotope.live.osc import parse_target
    from tonotope.live.raw_pcm import known_format

    del devices
    if to is not None and to not in WRITERS:
        raise ExperimentError(f"--to {to}: {' or '.join(WRITERS)} would fit")
    _refuse_strays(source, device, {"--rate": rate, "--channels": channels})
    if osc_in is not None and osc is None:
        raise ExperimentError("--osc-in says who asks for names; add --osc, where they go to")
    if osc is not None:
        parse_target(osc)
    form = known_format(form or "s16")
    meter = Meter()
    found = listen_or_clean(
        one_run("listen", [run]),
        _opened(source, device, form, rate, channels, meter),
        hop_s=hop,
        threshold=thresholds_of(threshold) or None,
        progress=meter,
    )
    if isinstance(found, CleanSound):
        asked = {"--osc": osc, "--to": to, "--windows": windows or None}
        status = _clean(found, form, asked, meter)
    else:
        status = _answer(found, _sender(found, osc, osc_in, meter), windows, to, meter)
    if status:
        raise typer.Exit(status)


def _refuse_strays(source: str, device: str | None, of_pcm: dict[str, Any]) -> None:
    from tonotope._errors import ExperimentError

    if source not in ("", "-"):
        raise ExperimentError(
            f"{source}: `-` reads raw PCM from standard input, and without it a microphone is"
            f" heard; for a file: tonotope predict RUN {source} --windows"
        )
    if source and device is not None:
        raise ExperimentError(f"--device {device}: standard input has no devices; leave one out")
    for option, value in of_pcm.items():
        if value is not None and not source:
            raise ExperimentError(f"{option} says what standard input holds; add `-` behind RUN")


def _opened(
    source: str, device: str | None, form: str, rate: int | None, channels: int | None, meter: Meter
) -> Any:
    """What opens the source, once the rate of the network is known."""
    from tonotope._errors import ExperimentError
    from tonotope.live.microphone import Microphone
    from tonotope.live.raw_pcm import RawPCM

    def microphone(_: int) -> SoundSource:
        found = Microphone(device)
        meter.say(f"listening to {found.name}, {found.rate_hz:,} Hz")
        return found

    def standard_input(own_hz: int) -> SoundSource:
        if sys.stdin is None or sys.stdin.closed or sys.stdin.isatty():
            raise ExperimentError(
                "standard input holds no sound: pipe raw PCM into it, as in parec --rate=44100"
                " --channels=1 | tonotope listen RUN - --rate 44100"
            )
        found = RawPCM(
            sys.stdin.buffer,
            rate_hz=own_hz if rate is None else rate,
            form=form,
            channels=1 if channels is None else channels,
        )
        why = ", the rate of the network; --rate says another" if rate is None else ""
        meter.say(
            f"listening to standard input: {found.form}, channels: {found.channels},"
            f" {found.rate_hz:,} Hz{why}"
        )
        return found

    return standard_input if source else microphone


def _sender(
    listening: Listening, osc: str | None, osc_in: int | None, meter: Meter
) -> OscSender | None:
    if osc is None:
        return None
    from tonotope.live.osc import OscSender

    return OscSender(osc, listening.layout, listening.labels, osc_in, meter)


def _answer(
    listening: Listening, sender: OscSender | None, windows: bool, to: str | None, meter: Meter
) -> int:
    """Pass answers on until the sound ends."""
    from tonotope.live.sound_source import SourceLost

    rows = LiveRows(listening, windows, to, meter)
    layout = listening.layout
    meter.of(layout.columns, [bool(one) for one in listening.shares])
    status = 0
    try:
        for reading in listening:
            if sender is not None:
                sender.send(reading)
            listening.passed_on(reading)
            rows.take(reading)
            meter.show(reading)
    except SourceLost as error:
        meter.clear()
        terminal.complain(str(error))
        status = SOME_LEFT_OUT
    finally:
        meter.end()
        listening.close()
        if sender is not None:
            sender.close()
        for note in listening.notes:
            meter.say(note)
        tell_end(listening)
    return status


def _clean(sound: CleanSound, form: str, asked: dict[str, Any], meter: Meter) -> int:
    """Write clean sound until the sound ends."""
    from tonotope._errors import ExperimentError
    from tonotope.live.raw_pcm import as_bytes
    from tonotope.live.sound_source import SourceLost

    for option, value in asked.items():
        if value is not None:
            raise ExperimentError(f"{option}: a denoiser answers with sound alone; leave it out")
    if terminal.is_terminal(sys.stdout):
        raise ExperimentError(
            "a denoiser answers with sound, and this is a terminal: pipe it on, as in"
            f" | pacat --rate={sound.rate_hz} --channels=1, or into a file"
        )
    written = sys.stdout.buffer
    status = samples = 0
    meter.say(
        f"clean sound goes to standard output: {form}, channels: 1, {sound.rate_hz:,} Hz,"
        f" {sound.window_s:.3g} s later (the window of the network)"
    )
    try:
        for block in sound:
            written.write(as_bytes(block, form))
            written.flush()
            samples += len(block)
    except SourceLost as error:
        terminal.complain(str(error))
        status = SOME_LEFT_OUT
    finally:
        sound.close()
        for note in sound.notes:
            meter.say(note)
        terminal.say(f"{samples / sound.rate_hz:.1f} s of clean sound written")
    return status
