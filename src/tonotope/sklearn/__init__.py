"""scikit-learn's face of the house: arrays or paths in, an estimator by its rules.

    inputs       what X may hold: rows of samples, sound files, clips
    auto_config  every choice that the caller left open, by the rules of `tonotope new`
    estimator    what both estimators share: fitting, scores, keeping
    classifier   `AudioClassifier`
    regressor    `AudioRegressor`
    verbose      what `verbose` prints

scikit-learn and PyTorch are imported with it, so `import tonotope` leaves it alone.
"""

from tonotope.sklearn.classifier import AudioClassifier
from tonotope.sklearn.regressor import AudioRegressor

__all__ = ["AudioClassifier", "AudioRegressor"]
