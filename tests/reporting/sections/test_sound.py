"""The page of a head that answers with sound: its figures, its pictures, and players."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from tests.experiment.test_denoise import QUICK, RATE_HZ, write_tones

from tonotope.experiment.experiment_file import described
from tonotope.experiment.run import run
from tonotope.experiment.run_folder import Run
from tonotope.reporting import write_report
from tonotope.reporting.i18n import Words
from tonotope.reporting.report_json import gather
from tonotope.reporting.sections.sound import _example, spectrogram_db


@pytest.fixture(scope="module")
def hush(tmp_path_factory: pytest.TempPathFactory) -> Run:
    home = write_tones(tmp_path_factory.mktemp("tones"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        return run(described(QUICK, ["training.epochs=1"]), out=home / "runs")


def test_the_page_plays_each_sound_noisy_denoised_and_clean_in_both_languages(hush: Run) -> None:
    for lang, said in (("es", ("con ruido", "sin ruido", "limpio", "filtro de Wiener")),
                       ("en", ("noisy", "denoised", "clean", "Wiener filter"))):  # fmt: skip
        page = write_report(hush.folder, lang=lang).read_text(encoding="utf-8")
        assert all(word in page for word in said)
        count = 3 * len(hush.predictions)
        assert page.count('<button class="play needs-script"') == count
        assert page.count('<img class="day"') == count
        assert page.count('<circle class="example"') == len(hush.predictions)
        assert "kHz" in page
        assert "<h2>SI-SDR: " in page  # the plot has the name of the metric, not its key
        assert "dB</b>" in page


def test_every_number_stands_in_the_report(hush: Run) -> None:
    write_report(hush.folder)
    report = json.loads((hush.folder / "report.json").read_text(encoding="utf-8"))
    assert report["kind"] == "sound"
    assert report["sounds"]["embedded"] == len(report["clips"]) == 3 * len(report["examples"])
    model = hush.model()
    learnt = sum(one.numel() for one in model.parameters())
    assert report["model"]["parameters"] == learnt
    norms = [name for name in model.state_dict() if "running" in name]
    assert report["model"]["kept"] == sum(model.state_dict()[name].numel() for name in norms)


def test_it_can_be_written_where_the_recordings_are_not_and_without_its_sounds(
    hush: Run, tmp_path: Path
) -> None:
    import shutil

    moved = tmp_path / hush.name
    shutil.copytree(hush.folder, moved)
    index = moved / "sounds" / "sounds.json"
    sounds = json.loads(index.read_text(encoding="utf-8"))
    index.write_text(json.dumps({"sounds": sounds["sounds"][::-1]}), encoding="utf-8")
    page = write_report(moved).read_text(encoding="utf-8")
    assert page.count('<button class="play needs-script"') == 3 * len(hush.predictions)
    examples = json.loads((moved / "report.json").read_text(encoding="utf-8"))["examples"]
    gains = [one["after_db"] - one["before_db"] for one in examples]
    assert gains == sorted(gains, reverse=True)
    shutil.rmtree(moved / "sounds")
    page = write_report(moved).read_text(encoding="utf-8")
    assert "SI-SDR" in page
    assert '<button class="play needs-script"' not in page


def test_a_name_in_the_index_leads_nowhere_else(hush: Run, tmp_path: Path) -> None:
    import shutil

    moved = tmp_path / hush.name
    shutil.copytree(hush.folder, moved)
    shutil.copy(next((moved / "sounds").glob("*.wav")), tmp_path / "secret.wav")
    index = moved / "sounds" / "sounds.json"
    sounds = json.loads(index.read_text(encoding="utf-8"))
    sounds["sounds"][0]["files"]["noisy"] = "../../secret.wav"
    index.write_text(json.dumps(sounds), encoding="utf-8")
    page = write_report(moved).read_text(encoding="utf-8")
    assert page.count('<button class="play needs-script"') == 3 * len(hush.predictions) - 1


def test_a_spectrogram_shows_where_a_tone_lies() -> None:
    time = np.arange(RATE_HZ) / RATE_HZ
    decibels = spectrogram_db(np.sin(2 * np.pi * 500 * time), RATE_HZ)
    hertz = np.fft.rfftfreq(round(0.046 * RATE_HZ), 1 / RATE_HZ)
    assert abs(hertz[decibels.mean(axis=0).argmax()] - 500) < 15
    assert len(spectrogram_db(np.zeros(3), RATE_HZ)) == 1


def test_the_gain_of_an_example_is_that_of_the_levels_beside_it(hush: Run) -> None:
    """No gain is 0 whichever side of it the figure lies; 13.6 to 13.7 is never a gain of 0.0."""
    report = gather(hush) | {"sounds": {"numbers": []}}
    for before, after, said in (
        (11.0, 12.5, "11.0 12.5 +1.5"),
        (11.0, 11.003, "11.00 11.00 0.00"),
        (11.0, 10.997, "11.00 11.00 0.00"),
        (11.0, 9.0, "11.0 9.0 \u22122.0"),
        (13.649, 13.651, "13.65 13.65 0.00"),
        (13.62, 13.66, "13.62 13.66 +0.04"),
        (1.04, 2.16, "1.0 2.2 +1.2"),
    ):
        one = {**report["examples"][0], "before_db": before, "after_db": after}
        text = str(_example(report, one, {}, Words("en"))["about"])
        assert re.findall("[-+\u2212]?[\\d.]+(?=\u00a0dB)", text) == said.split()
