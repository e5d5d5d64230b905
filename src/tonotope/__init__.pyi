from collections.abc import Iterable
from pathlib import Path

from tonotope import sklearn as sklearn
from tonotope._errors import TonotopeError as TonotopeError
from tonotope._progress import Progress as Progress
from tonotope.answers.classes import Predictions as Predictions
from tonotope.answers.quantities import Quantities as Quantities
from tonotope.answers.sound import Restored as Restored
from tonotope.answers.tags import Tagged as Tagged
from tonotope.audio.clip import Clip as Clip
from tonotope.datasets.data import Data as Data
from tonotope.datasets.manifest import Manifest as Manifest
from tonotope.datasets.manifest import Recording as Recording
from tonotope.datasets.source import open_source as open_source
from tonotope.datasets.split import Split as Split
from tonotope.datasets.split import SplitPlan as SplitPlan
from tonotope.datasets.split import split as split
from tonotope.evaluation.evaluate import Evaluation as Evaluation
from tonotope.evaluation.plan import EvaluationPlan as EvaluationPlan
from tonotope.experiment.propose import propose as propose
from tonotope.experiment.request import Request
from tonotope.experiment.run_folder import Run as Run
from tonotope.experiment.run_folder import load as load
from tonotope.experiment.spec import Experiment as Experiment
from tonotope.experiment.spec import Variant as Variant
from tonotope.experiment.start import Start as Start
from tonotope.heads import Answer as Answer
from tonotope.heads import Classify as Classify
from tonotope.heads import Denoise as Denoise
from tonotope.heads import LossOptions as LossOptions
from tonotope.heads import Multitask as Multitask
from tonotope.heads import Part as Part
from tonotope.heads import Regress as Regress
from tonotope.heads import Tag as Tag
from tonotope.heads import Task as Task
from tonotope.model import Model as Model
from tonotope.network import CREPE as CREPE
from tonotope.network import M5 as M5
from tonotope.network import PANN as PANN
from tonotope.network import VGG as VGG
from tonotope.network import Architecture as Architecture
from tonotope.network import Custom as Custom
from tonotope.network import Encoder as Encoder
from tonotope.network import Layers as Layers
from tonotope.network import LeNet as LeNet
from tonotope.network import LeNet5 as LeNet5
from tonotope.network import Piczak as Piczak
from tonotope.network import ResNet as ResNet
from tonotope.network import Tempo as Tempo
from tonotope.prediction.denoiser import Denoiser as Denoiser
from tonotope.reporting import write_report as write_report
from tonotope.representation import MFCC as MFCC
from tonotope.representation import Complex as Complex
from tonotope.representation import LogMel as LogMel
from tonotope.representation import Magnitude as Magnitude
from tonotope.representation import Representation as Representation
from tonotope.representation import Waveform as Waveform
from tonotope.training.plan import TrainingPlan as TrainingPlan

__version__: str

def load_experiment(path: str | Path, sets: Iterable[str] = ()) -> Experiment: ...
def run(
    source: str | Path | Experiment | Request,
    *,
    report: bool = True,
    lang: str = "en",
    progress: Progress | None = None,
    sets: Iterable[str] = (),
    out: str | Path | None = None,
    seed: int | None = None,
    name: str | None = None,
    command: str = "",
) -> Run: ...
