"""Estimators for scikit-learn: arrays or sound files in, by scikit-learn's rules.

    inputs       X: rows of samples, sound files, or clips
    auto_config  defaults for the parameters left open, by the rules of `tonotope new`
    estimator    fitting, scores, saving and pickling of both estimators
    classifier   `AudioClassifier`
    regressor    `AudioRegressor`
    verbose      the lines that `verbose` prints

It imports scikit-learn and PyTorch, so `import tonotope` does not import it.
"""

from tonotope.sklearn.classifier import AudioClassifier
from tonotope.sklearn.regressor import AudioRegressor

__all__ = ["AudioClassifier", "AudioRegressor"]
