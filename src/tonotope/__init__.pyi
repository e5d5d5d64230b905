from collections.abc import Iterable
from pathlib import Path

from typing_extensions import deprecated

from tonotope import sklearn as sklearn
from tonotope import testing as testing
from tonotope._errors import AudioError as AudioError
from tonotope._errors import DataError as DataError
from tonotope._errors import ExperimentError as ExperimentError
from tonotope._errors import MissingPackageError as MissingPackageError
from tonotope._errors import ModelFileError as ModelFileError
from tonotope._errors import ShapeError as ShapeError
from tonotope._errors import TonotopeError as TonotopeError
from tonotope._errors import TrainingError as TrainingError
from tonotope._progress import Progress as Progress
from tonotope._shapes import Axis as Axis
from tonotope._shapes import Shape as Shape
from tonotope.annotations import Event as Event
from tonotope.annotations import EventFile as EventFile
from tonotope.annotations import read_events as read_events
from tonotope.annotations import write_events as write_events
from tonotope.answers import Answer as Answer
from tonotope.answers import AnswerTable as AnswerTable
from tonotope.answers.baseline import Baseline as Baseline
from tonotope.answers.baseline import BaselineInput as BaselineInput
from tonotope.answers.classes import Predictions as Predictions
from tonotope.answers.metric import Estimate as Estimate
from tonotope.answers.metric import Metric as Metric
from tonotope.answers.quantities import Quantities as Quantities
from tonotope.answers.sound import Restored as Restored
from tonotope.answers.tags import Tagged as Tagged
from tonotope.audio.clip import Clip as Clip
from tonotope.datasets.data import Data as Data
from tonotope.datasets.manifest import Manifest as Manifest
from tonotope.datasets.manifest import Recording as Recording
from tonotope.datasets.manifest import Skipped as Skipped
from tonotope.datasets.source import Source as Source
from tonotope.datasets.source import open_source as open_source
from tonotope.datasets.split import Split as Split
from tonotope.datasets.split import split as split
from tonotope.datasets.split_plan import SplitPlan as SplitPlan
from tonotope.evaluation.call_density import CallDensity as CallDensity
from tonotope.evaluation.call_density import call_density as call_density
from tonotope.evaluation.call_density import density_sample as density_sample
from tonotope.evaluation.compare import Comparison as Comparison
from tonotope.evaluation.compare import Difference as Difference
from tonotope.evaluation.detection_plan import DetectionPlan as DetectionPlan
from tonotope.evaluation.detection_result import Detection as Detection
from tonotope.evaluation.plan import EvaluationPlan as EvaluationPlan
from tonotope.evaluation.result import Evaluation as Evaluation
from tonotope.evaluation.score_labels import score as score
from tonotope.experiment.check_data import DataCheck as DataCheck
from tonotope.experiment.check_data import check as check
from tonotope.experiment.compare import compare as compare
from tonotope.experiment.evaluate import evaluate as evaluate
from tonotope.experiment.listen import listen as listen
from tonotope.experiment.predict import predict as predict
from tonotope.experiment.predict_job import JobResult as JobResult
from tonotope.experiment.predict_job import predict_job as predict_job
from tonotope.experiment.proposal import Proposal as Proposal
from tonotope.experiment.propose import propose as propose
from tonotope.experiment.request import Request
from tonotope.experiment.run_folder import History as History
from tonotope.experiment.run_folder import Run as Run
from tonotope.experiment.run_folder import load as load
from tonotope.experiment.shapes import LayerTable as LayerTable
from tonotope.experiment.shapes import shapes as shapes
from tonotope.experiment.spec import Experiment as Experiment
from tonotope.experiment.spec import Variant as Variant
from tonotope.experiment.start import Start as Start
from tonotope.heads import Classify as Classify
from tonotope.heads import Denoise as Denoise
from tonotope.heads import LossOptions as LossOptions
from tonotope.heads import Multitask as Multitask
from tonotope.heads import Part as Part
from tonotope.heads import Regress as Regress
from tonotope.heads import Tag as Tag
from tonotope.heads import Task as Task
from tonotope.live.listening import Listening as Listening
from tonotope.live.microphone import Microphone as Microphone
from tonotope.live.osc import OscSender as OscSender
from tonotope.live.raw_pcm import RawPCM as RawPCM
from tonotope.live.reading import Reading as Reading
from tonotope.live.sound_source import ArraySource as ArraySource
from tonotope.live.sound_source import SoundSource as SoundSource
from tonotope.model import Model as Model
from tonotope.network import CREPE as CREPE
from tonotope.network import M5 as M5
from tonotope.network import PANN as PANN
from tonotope.network import VGG as VGG
from tonotope.network import Architecture as Architecture
from tonotope.network import Custom as Custom
from tonotope.network import Encoder as Encoder
from tonotope.network import LayerReport as LayerReport
from tonotope.network import Layers as Layers
from tonotope.network import LeNet as LeNet
from tonotope.network import LeNet5 as LeNet5
from tonotope.network import Piczak as Piczak
from tonotope.network import ResNet as ResNet
from tonotope.network import Tempo as Tempo
from tonotope.prediction.denoiser import Denoiser as Denoiser
from tonotope.prediction.event_stream import PredictedEvents as PredictedEvents
from tonotope.prediction.merged import MergedPredictions as MergedPredictions
from tonotope.prediction.merged import read_predictions as read_predictions
from tonotope.prediction.row_stream import PredictedRows as PredictedRows
from tonotope.prediction.rows import PredictedRow as PredictedRow
from tonotope.prediction.writers import Writer as Writer
from tonotope.reporting import events_page as events_page
from tonotope.reporting import write_report as _write_report
from tonotope.representation import MFCC as MFCC
from tonotope.representation import Complex as Complex
from tonotope.representation import LogMel as LogMel
from tonotope.representation import Magnitude as Magnitude
from tonotope.representation import Representation as Representation
from tonotope.representation import Waveform as Waveform
from tonotope.training.plan import TrainingPlan as TrainingPlan

__version__: str

report = _write_report

def load_experiment(path: str | Path, sets: Iterable[str] = ()) -> Experiment: ...
def run(
    source: str | Path | Experiment | Source | Request,
    *,
    report: bool = True,
    lang: str | Path = "en",
    progress: Progress | None = None,
    sets: Iterable[str] = (),
    out: str | Path | None = None,
    seed: int | None = None,
    name: str | None = None,
    command: str = "",
) -> Run: ...
@deprecated("write tonotope.report")
def write_report(
    run_folder: Path | str, *, lang: str | Path = "en", progress: Progress = ...
) -> Path: ...
