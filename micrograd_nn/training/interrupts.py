"""Ctrl-C while training: the first waits until the step is whole, the second does not.

>>> import signal
>>> with Interrupts() as interrupts:
...     signal.raise_signal(signal.SIGINT)
...     print("the step goes on to its end")
...     try:
...         interrupts.check()
...     except KeyboardInterrupt:
...         print("and then training stops")
the step goes on to its end
and then training stops
"""

from __future__ import annotations

import signal
import threading
from typing import Any, Self


class Interrupts:
    """A context that puts off a Ctrl-C until `check()` is called.

    At the end of the context it is put off no longer. Where somebody else handles it,
    or outside of the main thread, nothing is done.
    """

    def __init__(self) -> None:
        self._waiting = False
        self._before: Any = None

    def __enter__(self) -> Self:
        in_main = threading.current_thread() is threading.main_thread()
        if in_main and signal.getsignal(signal.SIGINT) is signal.default_int_handler:
            self._before = signal.signal(signal.SIGINT, self._note)
        return self

    def __exit__(self, *error: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)
        if error == (None, None, None):
            self.check()  # nobody may lose it

    def check(self) -> None:
        """Stop here if Ctrl-C was pressed.

        Raises:
            KeyboardInterrupt: If so.
        """
        if self._waiting:
            self._waiting = False
            raise KeyboardInterrupt

    def _note(self, number: int, frame: Any) -> None:
        if self._waiting:
            signal.default_int_handler(number, frame)
        self._waiting = True
