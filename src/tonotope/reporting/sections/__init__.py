"""Sections of the report, one file each with its template; `SECTIONS` lists them in order."""

from __future__ import annotations

from tonotope.reporting.section import Section
from tonotope.reporting.sections.calibration import CalibrationSection
from tonotope.reporting.sections.classes import Classes
from tonotope.reporting.sections.environment import EnvironmentFacts
from tonotope.reporting.sections.leaks import Leaks
from tonotope.reporting.sections.learning_curves import LearningCurves
from tonotope.reporting.sections.model import Layers
from tonotope.reporting.sections.quantities import Quantities
from tonotope.reporting.sections.representation import RepresentationFacts
from tonotope.reporting.sections.reproduce import Reproduce
from tonotope.reporting.sections.results import RESULTS
from tonotope.reporting.sections.skipped import Skipped
from tonotope.reporting.sections.sound import Sound
from tonotope.reporting.sections.split import SplitTables
from tonotope.reporting.sections.tags import Tags
from tonotope.reporting.sections.tasks import Tasks
from tonotope.reporting.sections.verdict import Verdict

SECTIONS: tuple[Section, ...] = (
    Verdict(),
    Tasks(),
    CalibrationSection(),
    LearningCurves(),
    SplitTables(),
    Leaks(),
    Skipped(),
    RepresentationFacts(),
    Layers(),
    Reproduce(),
    EnvironmentFacts(),
)

RESULTS |= {one.kind: one for one in (Classes(), Quantities(), Tags(), Sound())}
