"""A training in a process of its own, to be killed: see test_training_resume.

    python -m tests.training_script FOLDER BACKEND [slow]

It writes checkpoints, goes on from one if it is there, and prints the parameters.
"""

import random
import sys
import time
from pathlib import Path

import numpy as np

from micrograd_nn.nn import BatchNorm1d, Dropout, Linear, ReLU, Sequential
from micrograd_nn.optim import Adam, StepLR
from micrograd_nn.training import Callback, Checkpoint, EarlyStopping, fit

X = np.random.default_rng(0).normal(size=(41, 3))
Y = (X[:, 0] * X[:, 1] > 0).astype(int) + (X[:, 2] > 1)


class Slow(Callback):
    """Leaves time to be killed in."""

    def on_batch_end(self, step, logs):
        print("step", flush=True)
        time.sleep(0.01)


def train(folder, backend, slow=False, callbacks=()):
    path = Path(folder) / "model.safetensors"
    random.seed(1)
    model = Sequential(Linear(3, 5), BatchNorm1d(5), ReLU(), Dropout(0.3), Linear(5, 3))
    history = fit(
        model,
        X,
        Y,
        optimizer=lambda parameters: Adam(parameters, lr=0.05),
        schedule=lambda optimizer: StepLR(optimizer, 2, gamma=0.5),
        epochs=6,
        batch_size=10,
        accumulate=2,
        validation_split=0.1,
        callbacks=[
            Checkpoint(path, every=2),
            EarlyStopping("loss", patience=5, restore_best_weights=True),
            *([Slow()] if slow else []),
            *callbacks,
        ],
        verbose=0,
        seed=3,
        backend=backend,
        resume_from=path if path.exists() else None,
    )
    return model, history


if __name__ == "__main__":
    model, history = train(sys.argv[1], sys.argv[2], slow=len(sys.argv) > 3)
    print(list(model.state_dict().values()), history.history, history.interrupted)
