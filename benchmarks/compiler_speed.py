"""A training step of a compiled program beside its peers, as ratios in one run.

Each step is forward, backward and optimizer, in float64 with one BLAS thread: our
compiled program, our eager engine, micrograd, NumPy by hand, PyTorch, and JAX's `jit`.
They start from the same parameters and must agree on the first three losses to 1e-9.
NumPy and JAX come twice: as one would first write them, and tuned.

    python benchmarks/compiler_speed.py --quick
    python benchmarks/compiler_speed.py --workload gpt --rounds 5

Needs the extra `bench`.
"""

from __future__ import annotations

import argparse
import gc
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from compiler_tables import SCALAR, Result, report
from tqdm import tqdm

if TYPE_CHECKING:
    from compiler_workloads import Workload

COMPETITORS = ("eager", "micrograd", "NumPy", "NumPy, tuned", "PyTorch", "JAX")
TUNED_JAX = "JAX, tuned"
WINDOW = 0.05  # seconds of steps in a round
TOLERANCE = 1e-9
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
XLA_FLAGS = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"

Step = Callable[[], Any]


def use_one_thread() -> None:
    """One thread for linear algebra; to be called before NumPy and others are loaded.

    XLA still computes in a thread of its own beside ours.
    """
    os.environ.update(dict.fromkeys(ONE_THREAD, "1"), XLA_FLAGS=XLA_FLAGS)


def steps_of(workload: Workload, names: list[str], stack: ExitStack) -> dict[str, Step]:
    """The step of each competitor, from the same start."""
    import compiler_scalar

    steps: dict[str, Step] = {"ours": compiler_scalar.compiled_step(workload, stack)}
    makers = {
        "eager": compiler_scalar.eager_step,
        "micrograd": compiler_scalar.micrograd_step,
        "NumPy": numpy_step,
        "NumPy, tuned": tuned_numpy_step,
        "PyTorch": torch_step,
        "JAX": jax_step,
        TUNED_JAX: tuned_jax_step,
    }
    return steps | {name: makers[name](workload) for name in names}


def numpy_step(workload: Workload) -> Step:
    """NumPy by hand."""
    from compiler_numpy_gpt import gpt
    from compiler_numpy_plain import classifier, cnn, moons

    by_name = {"moons": moons, "digits": classifier, "mnist": classifier, "cnn": cnn}
    return by_name.get(workload.name, gpt)(workload)


def tuned_numpy_step(workload: Workload) -> Step:
    """NumPy by hand, with what makes it quicker on small arrays."""
    from compiler_numpy import classifier, moons
    from compiler_numpy_cnn import cnn

    by_name = {"moons": moons, "digits": classifier, "mnist": classifier, "cnn": cnn}
    return by_name[workload.name](workload)


def torch_step(workload: Workload) -> Step:
    """PyTorch, eager."""
    from compiler_torch import torch_step

    return torch_step(workload)


def jax_step(workload: Workload) -> Step:
    """JAX, one `jit` a step."""
    from compiler_jax import jax_step

    return jax_step(workload)


def tuned_jax_step(workload: Workload) -> Step:
    """JAX in its quickest form."""
    from compiler_jax import tuned_jax_step

    return tuned_jax_step(workload)


def seconds_of_tuned_jax(workload: Workload, rounds: int) -> float:
    """The median for JAX without asynchronous dispatch, in a process of its own."""
    command = [sys.executable, __file__, "--only", TUNED_JAX]
    command += ["--workload", workload.name, "--rounds", str(rounds)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE)
    return float(done.stdout)


def require_same_losses(workload: Workload, names: list[str]) -> None:
    """Refuse to time competitors that do not compute the same."""
    if workload.scaled:  # the scalar engines take the first examples only
        few = workload.first(workload.scaled)
        require_same_losses(few, names)
        names = [name for name in names if name not in SCALAR]
    with ExitStack() as stack:
        steps = steps_of(workload, names, stack)
        for i in range(3):
            losses = {name: float(step()) for name, step in steps.items()}
            spread = max(losses.values()) - min(losses.values())
            assert spread <= TOLERANCE, f"{workload.name}, step {i}: {losses}"


def seconds_of(step: Step) -> float:
    """The time of one step now, scaled up to a whole batch where it takes less."""
    import compiler_scalar

    gc.collect()
    if isinstance(step, compiler_scalar.ScalarStep):
        return step.scale * timed(step.gradient) + timed(step.update)
    count, seconds = 1, timed(step)
    while seconds < WINDOW:
        count = max(2 * count, int(1.1 * WINDOW / seconds * count))
        seconds = timed(step, count)
    return seconds / count


def timed(function: Step, count: int = 1) -> float:
    """The seconds of that many calls."""
    start = time.perf_counter()
    for _ in range(count):
        function()
    return time.perf_counter() - start


def measure(workload: Workload, names: list[str], rounds: int) -> Result:
    """The medians over interleaved rounds, once all were seen to agree."""
    require_same_losses(workload, names)
    compile_seconds = statistics.median(seconds_to_compile(workload) for _ in range(3))
    with ExitStack() as stack:
        steps = steps_of(workload, names, stack)
        for step in steps.values():
            step()
        gc.freeze()  # the collector need not look at the libraries: it favours eager
        times: dict[str, list[float]] = {name: [] for name in steps}
        for _ in tqdm(range(rounds), desc=workload.name):
            for name, step in steps.items():
                times[name].append(seconds_of(step))
        gc.unfreeze()
    medians = {name: statistics.median(each) for name, each in times.items()}
    return Result(workload, medians, compile_seconds, nodes_of(workload))


def seconds_to_compile(workload: Workload) -> float:
    """From `compile` to the end of the first gradient; a function is recorded in it."""
    import micrograd_nn as mn

    model = workload.model()
    target, arrays = model.loss, workload.batches[0]
    if workload.recorded:
        target, arrays = model.loss(), ()
    params = model.parameters()
    gc.collect()
    return timed(lambda: mn.compile(target, params).value_and_grad(*arrays))


def nodes_of(workload: Workload) -> int:
    """How many Values the scalar graph has that is compiled."""
    from micrograd_nn.graph import topological_order

    example = [array[0].tolist() for array in workload.batches[0]]
    model = workload.model()
    loss = model.loss() if workload.recorded else model.loss(*example)
    return len(topological_order(loss))


def main() -> None:
    """Measure and print."""
    use_one_thread()
    from compiler_workloads import WORKLOADS

    parser = argparse.ArgumentParser(description=__doc__)
    choices = [workload.name for workload in WORKLOADS]
    parser.add_argument("--workload", choices=choices, action="append")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--quick", action="store_true", help="no scalar engines")
    parser.add_argument("--only", help=argparse.SUPPRESS)
    options = parser.parse_args()
    chosen = [w for w in WORKLOADS if w.name in (options.workload or choices)]
    if options.only:
        result = measure(chosen[0], [options.only], options.rounds)
        print(result.seconds[options.only])
        return
    results = []
    for workload in chosen:
        names = [name for name in COMPETITORS if name in workload.targets]
        if options.quick:
            names = [name for name in names if name not in SCALAR]
        result = measure(workload, names, options.rounds)
        result.seconds[TUNED_JAX] = seconds_of_tuned_jax(workload, options.rounds)
        results.append(result)
    report(results, options.rounds)


if __name__ == "__main__":
    main()
