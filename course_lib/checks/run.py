"""Run a student's function on one case and bring back plain data, whatever it does."""

import _thread
import contextlib
import io
import os
import signal
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from course_lib.checks.plain import NotPlain, plain
from course_lib.checks.tables import AskedTooOften, NextWord, Table
from course_lib.checks.task import Case, Seed
from course_lib.checks.watch import watched

UNWRITTEN = "This function is not written yet."
Kind = Literal["value", "error", "unwritten", "endless", "slow", "skipped"]


@dataclass(frozen=True)
class Outcome:
    """What one case gave: a plain value, or in words how it failed.

    error_type is the name of the exception, warning the first warning, changed the positions of
    the arguments that the function altered, called the dotted names of the course's functions that
    it called. All of it is plain, and may come from another process.
    """

    kind: Kind
    value: Any = None
    message: str = ""
    error_type: str = ""
    warning: str = ""
    changed: tuple[int, ...] = ()
    called: tuple[str, ...] = ()


def arguments(case: Case) -> tuple:
    """Return new arguments for one round of a case."""
    return tuple(_argument(arg, case.questions) for arg in case.args)


def _argument(arg: Any, questions: int) -> Any:
    if isinstance(arg, Table):
        return NextWord(arg, questions)
    if isinstance(arg, Seed):
        return np.random.default_rng(arg.value)
    return arg.copy() if isinstance(arg, np.ndarray) else arg


def run(function: Callable[..., Any], case: Case) -> Outcome:
    """Return the outcome of function on case; never raises but for the user's own interrupt."""
    called: dict[str, None] = {}
    return replace(_run(function, case, called), called=tuple(called))


def _run(function: Callable[..., Any], case: Case, called: dict[str, None]) -> Outcome:
    try:
        with quiet() as caught, time_limit(case.seconds):
            value, changed = _rounds(function, case, called)
        warning = str(caught[0].message) if caught else ""
        return Outcome("value", value, warning=warning, changed=changed)
    except NotImplementedError:
        return Outcome("unwritten", message=UNWRITTEN)
    except AskedTooOften as error:
        return Outcome("endless", message=f"It asked for the next word {error} times and went on.")
    except TooSlow:
        return Outcome("slow", message=f"It was stopped after {case.seconds:.0f} seconds.")
    except NotPlain as error:
        return Outcome(
            "error", message=f"The result can't be read: {error}.", error_type="NotPlain"
        )
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:  # SystemExit too: a student's exit() ends the run, not the check
        return Outcome("error", message=describe(error, function), error_type=type(error).__name__)


def _rounds(
    function: Callable[..., Any], case: Case, called: dict[str, None]
) -> tuple[Any, tuple[int, ...]]:
    rounds, changed = [], set()
    for _ in range(case.rounds):
        args = arguments(case)
        rounds.append([plain(watched(function, args, called)) for _ in range(case.calls)])
        changed |= {i for i, arg in enumerate(args) if _differs(arg, case.args[i])}
    once = case.rounds == case.calls == 1
    return rounds[0][0] if once else rounds, tuple(sorted(changed))


def _differs(after: Any, before: Any) -> bool:
    if not isinstance(before, np.ndarray):
        return False
    return not np.array_equal(after, before, equal_nan=before.dtype.kind == "f")


def describe(error: BaseException, function: Callable[..., Any]) -> str:
    """Return an exception as a student reads it: type, text, and the line of their code."""
    try:
        text = str(error)
    except Exception:
        text = ""
    said = f"{type(error).__name__}: {text[:300]}".rstrip(": ")
    home = os.path.dirname(getattr(getattr(function, "__code__", None), "co_filename", ""))
    frames = [
        frame
        for frame in traceback.extract_tb(error.__traceback__)
        if os.path.dirname(frame.filename) == home
    ]
    if not frames:
        return f"It stopped with {said}."
    return f"It stopped with {said}\nin line {frames[-1].lineno} of the cell: {frames[-1].line}"


@contextlib.contextmanager
def quiet() -> Iterator[list[warnings.WarningMessage]]:
    """Keep warnings and stderr of a student's code off the page; give the warnings back."""
    with (
        warnings.catch_warnings(record=True) as caught,
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("always")
        yield caught


class TooSlow(BaseException):
    """The time limit of a case has passed."""


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Interrupt the main thread after seconds, and again until it stops; TooSlow is raised.

    Works on every system, also around `except Exception`; in another thread it does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:  # as in what a shell started with &: no interrupt would arrive
        signal.signal(signal.SIGINT, signal.default_int_handler)
    watch = _Watch(seconds)
    try:
        try:
            yield
        finally:
            watch.stop()
    except KeyboardInterrupt:
        watch.stop()
        if not watch.fired:
            raise  # the student pressed stop
        raise TooSlow from None
    finally:
        if before is signal.SIG_IGN:
            signal.signal(signal.SIGINT, before)


class _Watch:
    """A thread that interrupts until it is stopped; after stop() returns no interrupt follows."""

    def __init__(self, seconds: float):
        self.fired = False
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        threading.Thread(target=self._wait, args=(seconds,), daemon=True).start()

    def _wait(self, seconds: float) -> None:
        while not self._stopped.wait(seconds):
            with self._lock:
                if not self._stopped.is_set():
                    self.fired = True
                    _thread.interrupt_main()
            seconds = 0.1  # NumPy's rng.choice may swallow one

    def stop(self) -> None:
        with self._lock:
            self._stopped.set()
