"""The command line: `python -m micrograd_nn learn`, `train`, `predict` and `demo`.

python -m micrograd_nn learn
python -m micrograd_nn train --data digits --hidden 32 --save model.safetensors
python -m micrograd_nn predict --model model.safetensors --data digits --index 0 7
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

INTERRUPTED = 130  # as shells have it for Ctrl-C


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that `arguments` name; those of the process by default.

    Returns:
        The exit code: 0, or 1 for an error, which is printed, or 130 for Ctrl-C.
    """
    options = _parser().parse_args(arguments)
    try:
        return _run(options)
    except (ImportError, OSError, ValueError, TypeError, FloatingPointError) as error:
        print(f"{options.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return INTERRUPTED


def _run(options: argparse.Namespace) -> int:
    # Only the command that is asked for is imported, and with it what it needs.
    if options.command == "demo":
        from micrograd_nn.demo import run

        run(options.out, options.seed)
        return 0
    if options.command == "learn":
        from micrograd_nn.learn.commands import learn

        return learn(options)
    from micrograd_nn.training import commands

    command = commands.train if options.command == "train" else commands.predict
    return command(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m micrograd_nn",
        description="Learn from, and train, small nets made of scalars.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    _add_learn(commands.add_parser("learn", help="the lessons: start here"))
    _add_train(commands.add_parser("train", help="train a net on a data set"))
    _add_predict(commands.add_parser("predict", help="what a saved net says"))
    demo = commands.add_parser("demo", help="train two nets and draw what they learned")
    demo.add_argument("--out", default="out", help="the folder for the pictures")
    demo.add_argument("--seed", type=int, default=1)
    return parser


def _add_learn(learn: argparse.ArgumentParser) -> None:
    learn.description = "Copy the lessons beside you, and open one in JupyterLab."
    learn.add_argument(
        "what", nargs="?", default="0",
        help="a lesson, from its number (0); or list, status, doctor or demo",
    )  # fmt: skip
    learn.add_argument(
        "--folder", help="where your copies are, or go (micrograd-nn-lessons)"
    )
    learn.add_argument(
        "--no-open", dest="open", action="store_false", help="copy them, no more"
    )


def _add_train(train: argparse.ArgumentParser) -> None:
    train.add_argument("--data", required=True, help="a data set, such as digits")
    train.add_argument("--save", metavar="FILE", help="where to write the net")
    train.add_argument(
        "--hidden", type=int, nargs="*", default=[32], metavar="N",
        help="how many neurons each hidden layer has (32)",
    )  # fmt: skip
    train.add_argument("--activation", default="relu")
    train.add_argument("--epochs", type=int, default=20)
    train.add_argument("--batch-size", type=int, default=32)
    train.add_argument("--optimizer", default="adam")
    train.add_argument("--lr", type=float, default=0.005)
    train.add_argument("--seed", type=int, default=0)
    train.add_argument("--backend", default="auto")
    train.add_argument(
        "--test", type=float, default=0.2, metavar="SHARE",
        help="which share of the examples to hold out, drawn at random (0.2)",
    )  # fmt: skip
    train.add_argument("--quiet", action="store_true", help="print the result alone")


def _add_predict(predict: argparse.ArgumentParser) -> None:
    predict.add_argument("--model", required=True, metavar="FILE")
    predict.add_argument("--data", required=True, help="a data set, such as digits")
    predict.add_argument(
        "--index", type=int, nargs="+", metavar="I",
        help="which examples, from 0; all, as a score, unless given",
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
