"""The sections of the report, one file each with its template beside it, in the order of the page.

verdict         the first screen: what came out, how sure it is, what was checked (checks.py)
tasks           the results of each task: its scores, what its kind of answer shows (classes.py,
                quantities.py, tags.py, sound.py, with the face of results.py), its mistakes
training        learning curves
split           recordings and groups of each part
leaks           what could have leaked
skipped         inputs left out, and doubts
representation  what the network is given
model           the layers
reproduce       how to run it again
environment     where it was made
"""

from __future__ import annotations

from tonotope.reporting.section import Section
from tonotope.reporting.sections.classes import Classes
from tonotope.reporting.sections.environment import EnvironmentFacts
from tonotope.reporting.sections.leaks import Leaks
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
from tonotope.reporting.sections.training import Training
from tonotope.reporting.sections.verdict import Verdict

SECTIONS: tuple[Section, ...] = (
    Verdict(),
    Tasks(),
    Training(),
    SplitTables(),
    Leaks(),
    Skipped(),
    RepresentationFacts(),
    Layers(),
    Reproduce(),
    EnvironmentFacts(),
)

RESULTS |= {one.kind: one for one in (Classes(), Quantities(), Tags(), Sound())}
