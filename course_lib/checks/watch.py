"""Notice which functions of the course a student's function calls.

A task is to write something oneself, so the course's own finished function must not do it. What
this sees is for honest students; it can't hold back code that is out to deceive it.
"""

import sys
import threading
from collections.abc import Callable, Collection
from types import CodeType, FrameType
from typing import Any

COURSE = "course_lib"
TOOLS = ("course_lib.checks.tables.NextWord",)  # what a check itself hands to a student
AT_MOST = 20  # names that are kept
FOR_SO_LONG = 50_000  # calls and returns: whoever calls the course's function does so by then

Profile = Callable[[FrameType, str, Any], object]


def not_allowed(called: Collection[str], allowed: Collection[str]) -> list[str]:
    """Return the names of called that begin with no dotted name in allowed."""
    return [name for name in called if not _begins(name, allowed)]


def _begins(name: str, prefixes: Collection[str]) -> bool:
    return any(f"{name}.".startswith(f"{prefix}.") for prefix in prefixes)


def watched(function: Callable[..., Any], args: tuple, called: dict[str, None]) -> Any:
    """Return function(*args), and add to called the dotted names of the course's functions it used.

    Only what is called from outside the course counts, not what that calls in turn. Threads that
    function starts are watched too.
    """
    home = getattr(function, "__globals__", None)
    watch = _watch(called, sys._getframe(), home)
    before, threads = sys.getprofile(), threading.getprofile()
    threading.setprofile(watch)
    sys.setprofile(watch)
    try:
        return function(*args)
    finally:
        sys.setprofile(before)
        threading.setprofile(threads)  # pyright: ignore[reportArgumentType]


def _watch(called: dict[str, None], base: FrameType, home: Any) -> Profile:
    """Return what Python calls at every call: it notes those into the course, each name once."""
    names: dict[CodeType, str] = {}
    left = FOR_SO_LONG

    def watch(frame: FrameType, event: str, arg: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:  # watching makes calls four times as slow
            sys.setprofile(None)
        if event != "call":
            return
        name = names.get(frame.f_code)
        if name is None:
            name = names[frame.f_code] = _name_in_course(frame)
        if name and name not in called and len(called) < AT_MOST:
            if _from_outside(frame, base, home):
                called[name] = None

    return watch


def _name_in_course(frame: FrameType) -> str:
    """Return the dotted name of a function of the course, empty for others, imports and tools."""
    module = str(frame.f_globals.get("__name__", ""))
    if not _begins(module, [COURSE]) or frame.f_code.co_name == "<module>":
        return ""
    name = f"{module}.{frame.f_code.co_qualname.replace('.<locals>', '')}"
    return "" if _begins(name, TOOLS) else name


def _from_outside(frame: FrameType, base: FrameType, home: Any) -> bool:
    """Return whether the course was entered here, not called by another function of its own."""
    caller = frame.f_back
    while caller is not None and caller is not base:
        if caller.f_globals is home:
            return True
        if _begins(str(caller.f_globals.get("__name__", "")), [COURSE]):
            return False
        caller = caller.f_back  # what a library calls for the one or the other
    return True
