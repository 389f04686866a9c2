"""The command line: `python -m micrograd_nn demo`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command that `arguments` name; those of the process by default."""
    parser = argparse.ArgumentParser(prog="python -m micrograd_nn", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    demo = commands.add_parser("demo", help="train two nets and draw what they learned")
    demo.add_argument("--out", default="out", help="the folder for the pictures")
    demo.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)

    from micrograd_nn.demo import run

    run(options.out, options.seed)


if __name__ == "__main__":
    main()
