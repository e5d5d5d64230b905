"""tonotope: convolutional neural networks that listen.

    import tonotope as tt

    run = tt.run("recordings/")          # a folder of class folders, a table, an experiment file
    run.evaluation.score                 # on recordings the network never heard, with its interval
    for row in tt.predict(run, "new/"):  # recordings of any length
        print(row.file, row.label)
    model = run.model()                  # a plain nn.Module: wave in, decision out

The verbs do what the commands do: `run`, `predict`, `listen`, `evaluate`, `compare`, `score`,
`check`, `propose`, `shapes`, `report`, and `load`, which opens a run folder. `predict_job` hears
archives for days, and `read_predictions` reads what it has written.

The packages, in the order sound walks through them; each imports only those before it:

    reference        the lecture in plain NumPy
    runtime          device, precision, lock, interrupt
    answers          classes, quantities, tags, sound: predictions beside their targets
    audio            sound files: recognised, decoded, cut into windows
    annotations      labels in time, and the files that editors keep them in
    datasets         sources, splits, leaks, checks, the toy orchestra
    representation   waveform, spectrogram, log-mel, MFCC
    network          layers and architectures; the size of everything
    heads            from features to an answer, and its loss
    model            representation, network and head in one module: wave in, answer out
    training         the loop, optimisers, augmentation, checkpoints
    prediction       windows over long recordings, votes
    live             sound as it comes: a microphone, raw PCM, OSC
    evaluation       scores with intervals, baselines
    experiment       one file, one run folder
    reporting        the page that shows it
    sklearn          scikit-learn's estimators
    testing          checks for networks, heads and representations of your own
    cli              the command line
"""

import warnings
from importlib import import_module

__version__ = "0.1.0"

# Names are looked up when they are first used: `import tonotope` costs nothing, and whoever only
# reads a table never waits for PyTorch. What each name is, the stub beside this file tells.
_HOME = {
    "Answer": "answers",
    "AnswerTable": "answers",
    "Architecture": "network",
    "ArraySource": "live.sound_source",
    "AudioError": "_errors",
    "Axis": "_shapes",
    "Baseline": "answers.baseline",
    "BaselineInput": "answers.baseline",
    "CREPE": "network",
    "CallDensity": "evaluation.call_density",
    "Classify": "heads",
    "Clip": "audio.clip",
    "Comparison": "evaluation.compare",
    "Complex": "representation",
    "Custom": "network",
    "Data": "datasets.data",
    "DataCheck": "experiment.check_data",
    "DataError": "_errors",
    "Denoise": "heads",
    "Denoiser": "prediction.denoiser",
    "Detection": "evaluation.detection_result",
    "DetectionPlan": "evaluation.detection_plan",
    "Difference": "evaluation.compare",
    "Encoder": "network",
    "Estimate": "answers.metric",
    "Evaluation": "evaluation.result",
    "EvaluationPlan": "evaluation.plan",
    "Event": "annotations",
    "EventFile": "annotations",
    "Experiment": "experiment.spec",
    "ExperimentError": "_errors",
    "History": "experiment.run_folder",
    "JobResult": "experiment.predict_job",
    "LayerReport": "network",
    "LayerTable": "experiment.shapes",
    "Layers": "network",
    "LeNet": "network",
    "LeNet5": "network",
    "LogMel": "representation",
    "LossOptions": "heads",
    "M5": "network",
    "MFCC": "representation",
    "Magnitude": "representation",
    "Listening": "live.listening",
    "Manifest": "datasets.manifest",
    "MergedPredictions": "prediction.merged",
    "Metric": "answers.metric",
    "Microphone": "live.microphone",
    "MissingPackageError": "_errors",
    "Model": "model",
    "ModelFileError": "_errors",
    "OscSender": "live.osc",
    "Multitask": "heads",
    "PANN": "network",
    "Part": "heads",
    "Piczak": "network",
    "PredictedEvents": "prediction.event_stream",
    "PredictedRow": "prediction.rows",
    "PredictedRows": "prediction.row_stream",
    "Predictions": "answers.classes",
    "Progress": "_progress",
    "Proposal": "experiment.proposal",
    "Quantities": "answers.quantities",
    "RawPCM": "live.raw_pcm",
    "Reading": "live.reading",
    "Recording": "datasets.manifest",
    "Regress": "heads",
    "Representation": "representation",
    "ResNet": "network",
    "Restored": "answers.sound",
    "Run": "experiment.run_folder",
    "Shape": "_shapes",
    "ShapeError": "_errors",
    "Skipped": "datasets.manifest",
    "SoundSource": "live.sound_source",
    "Source": "datasets.source",
    "Split": "datasets.split",
    "SplitPlan": "datasets.split_plan",
    "Start": "experiment.start",
    "Tag": "heads",
    "Tagged": "answers.tags",
    "Task": "heads",
    "Tempo": "network",
    "TonotopeError": "_errors",
    "TrainingError": "_errors",
    "TrainingPlan": "training.plan",
    "VGG": "network",
    "Variant": "experiment.spec",
    "Waveform": "representation",
    "Writer": "prediction.writers",
    "call_density": "evaluation.call_density",
    "check": "experiment.check_data",
    "compare": "experiment.compare",
    "density_sample": "evaluation.call_density",
    "evaluate": "experiment.evaluate",
    "events_page": "reporting",
    "listen": "experiment.listen",
    "load": "experiment.run_folder",
    "load_experiment": "experiment.experiment_file:load",
    "open_source": "datasets.source",
    "predict": "experiment.predict",
    "predict_job": "experiment.predict_job",
    "propose": "experiment.propose",
    "read_events": "annotations",
    "read_predictions": "prediction.merged",
    "report": "reporting:write_report",
    "score": "evaluation.score_labels",
    "shapes": "experiment.shapes",
    "split": "datasets.split",
    "write_events": "annotations",
}
# Names of version 0.1, understood for one version more.
_RENAMED = {"write_report": "report"}

__all__ = sorted([*_HOME, "__version__", "run", "sklearn", "testing"])  # pyright: ignore[reportUnsupportedDunderAll]


def run(source, *, report=True, lang="en", progress=None, **options):
    """Split, train, evaluate and report; the finished run.

    The same call again continues where it stopped, or returns the finished run.

    Args:
        source: an experiment file, an `Experiment`, or recordings: a folder, a table, `orchestra`,
            a `Source` of your own.
        report: whether to write the page that shows it.
        lang: the language of that page, or a words file of your own.
        progress: a `Progress` that follows the work.
        **options: `sets`, `out`, `seed` and `name`, as on the command line; see
            `tonotope.experiment.run.run`.

    Raises:
        TonotopeError: something cannot be done; the message says what would fit.
    """
    progress = progress or import_module(f"{__name__}._progress").SILENT
    finished = import_module(f"{__name__}.experiment.run").run(source, progress=progress, **options)
    if report and not (finished.folder / "report.html").is_file():
        write_report = import_module(f"{__name__}.reporting").write_report
        write_report(finished.folder, lang=lang, progress=progress)
    return finished


def __getattr__(name: str) -> object:
    """A public name, imported when it is first used."""
    if name in ("reporting", "sklearn", "testing"):
        return import_module(f"{__name__}.{name}")
    if name in _RENAMED:
        new = _RENAMED[name]
        message = f"tonotope.{name} is deprecated: it is called tonotope.{new} now"
        warnings.warn(message, DeprecationWarning, stacklevel=2)
        return __getattr__(new)
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home, _, called = _HOME[name].partition(":")
    found = getattr(import_module(f"{__name__}.{home}"), called or name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return __all__
