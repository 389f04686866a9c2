"""`MLPClassifier` and `MLPRegressor`: our networks where scikit-learn expects its own.

They have its names and keep its contract, for pipelines and searches of all kinds:

>>> from sklearn.datasets import load_iris
>>> from sklearn.pipeline import make_pipeline
>>> from sklearn.preprocessing import StandardScaler
>>> X, y = load_iris(return_X_y=True)
>>> net = MLPClassifier((16,), learning_rate_init=0.02, random_state=0)
>>> model = make_pipeline(StandardScaler(), net).fit(X, y)
>>> model.score(X, y) > 0.95
True
>>> type(net.model_).__name__, len(net.model_.parameters())  # Values, to look into
('MLP', 131)

They need the extra `sklearn`, and are imported from here alone.
"""

try:
    from sklearn.utils.validation import validate_data as validate_data
except ImportError as error:
    raise ImportError(
        f"estimators are scikit-learn's: {error}; expected scikit-learn 1.6 or later "
        "installed. Run: pip install 'micrograd-nn[sklearn]'"
    ) from error

from micrograd_nn.estimators.classifier import MLPClassifier
from micrograd_nn.estimators.regressor import MLPRegressor

__all__ = ["MLPClassifier", "MLPRegressor"]
