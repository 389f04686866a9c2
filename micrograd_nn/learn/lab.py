"""JupyterLab, started on a lesson."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from micrograd_nn.learn.notebook import require

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}  # small nets only lose by more


def require_lab() -> None:
    """Check that there is a JupyterLab, and a kernel to run lessons in.

    Raises:
        ImportError: If not, with what to install.
    """
    require("jupyterlab", "ipykernel")


def open_in_lab(notebook: Path) -> int:
    """Run JupyterLab on a notebook, until the learner stops it.

    Returns:
        The exit code of JupyterLab.
    """
    command = [sys.executable, "-m", "jupyterlab", str(notebook)]
    lab = subprocess.Popen(command, env=ONE_THREAD | os.environ)
    while True:
        try:
            return lab.wait()
        except KeyboardInterrupt:
            continue  # it hears Ctrl-C too, and asks whether that was meant
