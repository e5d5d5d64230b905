"""Estimators for scikit-learn: arrays or sound files in, by scikit-learn's rules.

It imports scikit-learn and PyTorch, so `import tonotope` does not import it.
"""

from tonotope.sklearn.classifier import AudioClassifier
from tonotope.sklearn.regressor import AudioRegressor

__all__ = ["AudioClassifier", "AudioRegressor"]
