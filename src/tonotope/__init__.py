"""tonotope: convolutional neural networks that listen.

    import tonotope as tt

    run = tt.run("recordings/")          # a folder of class folders, a table, an experiment file
    run.evaluation["value"]              # on recordings the network never heard
    model = run.model()                  # a plain nn.Module: wave in, decision out

The packages, in the order sound walks through them; each imports only those before it:

    reference        the lecture in plain NumPy
    runtime          device, precision, lock, interrupt
    answers          classes, quantities, tags, sound: predictions beside their targets
    audio            sound files: recognised, decoded, cut into windows
    datasets         sources, splits, leaks, checks, the toy orchestra
    representation   waveform, spectrogram, log-mel, MFCC
    network          layers and architectures; the size of everything
    heads            from features to an answer, and its loss
    model            representation, network and head in one module: wave in, answer out
    training         the loop, optimisers, augmentation, checkpoints
    prediction       windows over long recordings, votes
    evaluation       scores with intervals, baselines
    experiment       one file, one run folder
    reporting        the page that shows it
    sklearn          scikit-learn's estimators
    cli              the command line
"""

from importlib import import_module

__version__ = "0.1.0"

# Names are looked up when they are first used: `import tonotope` costs nothing, and whoever only
# reads a table never waits for PyTorch. What each name is, the stub beside this file tells.
_HOME = {
    "Answer": "heads",
    "Architecture": "network",
    "CREPE": "network",
    "Classify": "heads",
    "Clip": "audio.clip",
    "Complex": "representation",
    "Custom": "network",
    "Data": "datasets.data",
    "Denoise": "heads",
    "Denoiser": "prediction.denoiser",
    "Encoder": "network",
    "Evaluation": "evaluation.evaluate",
    "EvaluationPlan": "evaluation.plan",
    "Experiment": "experiment.spec",
    "Layers": "network",
    "LeNet": "network",
    "LeNet5": "network",
    "LogMel": "representation",
    "LossOptions": "heads",
    "M5": "network",
    "MFCC": "representation",
    "Magnitude": "representation",
    "Manifest": "datasets.manifest",
    "Model": "model",
    "Multitask": "heads",
    "Part": "heads",
    "PANN": "network",
    "Piczak": "network",
    "Predictions": "answers.classes",
    "Progress": "_progress",
    "Quantities": "answers.quantities",
    "Recording": "datasets.manifest",
    "Regress": "heads",
    "Representation": "representation",
    "ResNet": "network",
    "Restored": "answers.sound",
    "Run": "experiment.run_folder",
    "Split": "datasets.split",
    "SplitPlan": "datasets.split",
    "Start": "experiment.start",
    "Tag": "heads",
    "Tagged": "answers.tags",
    "Task": "heads",
    "Tempo": "network",
    "TonotopeError": "_errors",
    "TrainingPlan": "training.plan",
    "VGG": "network",
    "Variant": "experiment.spec",
    "Waveform": "representation",
    "load": "experiment.run_folder",
    "load_experiment": "experiment.experiment_file:load",
    "open_source": "datasets.source",
    "propose": "experiment.propose",
    "split": "datasets.split",
    "write_report": "reporting",
}

__all__ = sorted([*_HOME, "__version__", "run", "sklearn"])  # pyright: ignore[reportUnsupportedDunderAll]


def run(source, *, report=True, lang="en", progress=None, **options):
    """Split, train, evaluate and report; the finished run.

    The same call again continues where it stopped, or returns the finished run.

    Args:
        source: an experiment file, an `Experiment`, or recordings: a folder, a table, `orchestra`.
        report: whether to write the page that tells it.
        lang: the language of that page.
        progress: a `Progress` that hears of the work.
        **options: `sets`, `out`, `seed` and `name`, as on the command line; see
            `tonotope.experiment.run.run`.

    Raises:
        TonotopeError: something asked for cannot be done; the message says what would.
    """
    progress = progress or import_module(f"{__name__}._progress").SILENT
    finished = import_module(f"{__name__}.experiment.run").run(source, progress=progress, **options)
    if report and not (finished.folder / "report.html").is_file():
        write_report = import_module(f"{__name__}.reporting").write_report
        write_report(finished.folder, lang=lang, progress=progress)
    return finished


def __getattr__(name: str) -> object:
    """A public name, imported when it is first asked for."""
    if name in ("reporting", "sklearn"):
        return import_module(f"{__name__}.{name}")
    if name not in _HOME:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    home, _, called = _HOME[name].partition(":")
    found = getattr(import_module(f"{__name__}.{home}"), called or name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__
