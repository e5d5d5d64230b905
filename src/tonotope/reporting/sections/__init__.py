"""The sections of the report, one file each with its template beside it, in the order of the page.

verdict         the first screen: the result, its interval, the checks (checks.py)
tasks           the results of each task: scores, the part for its kind of answer (results.py:
                classes.py with confusion_matrix.py, quantities.py, tags.py, sound.py), mistakes.py
learning_curves losses and metrics by epoch
split           recordings and groups of each part
leaks           checks against leaks from the test part
skipped         inputs left out, and warnings
representation  the input of the network
model           the layers
reproduce       how to run the experiment again
environment     versions, device, seeds
"""

from __future__ import annotations

from tonotope.reporting.section import Section
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
