"""A Jupyter kernel in the box, and the client outside that takes no more from it than the limits.

The two talk over sockets in a private folder, so that the box needs no network.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from typing import NoReturn

import zmq
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.connect import write_connection_file
from nbformat import validate
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import output_from_msg

from course_lib.checks.run import Outcome
from course_lib.checks.task import Case
from course_lib.checks.wire import NotReadable, case_to_json, outcome_from_json
from course_lib.grading import box
from course_lib.grading.box import FIRST_USER, Limits, Watchdog
from course_lib.grading.inside import ANSWER
from course_lib.grading.session import Gone, told
from course_lib.grading.warm import START, Fork, Warm, private_folder, slot, warm_box

MARGIN = 5.0  # seconds that a box gets beside the time of the case it runs
ENDLESS = 10  # times the output that is kept: then the kernel is ended
LOUDEST = 16 * box.MEGABYTE  # the longest message that is taken from a kernel at all


class BoxedKernel:
    """One kernel in one box: run cells, then ask its functions for answers."""

    _process: subprocess.Popen | Fork

    def __init__(self, limits: Limits, slot: int = 0, boxed: bool = True, warm: Warm | None = None):
        self.limits = limits
        slot = warm.slot if warm else slot
        self._folder = private_folder(warm and warm.shelf, slot, boxed)
        self._said = self._folder / "stderr"  # of the kernel itself, not of cells
        self._left, self._killed = limits.output, False
        try:
            self._start(slot, boxed, warm)
        except BaseException:
            self.close()
            raise

    def _start(self, slot: int, boxed: bool, warm: Warm | None) -> None:
        file, info = write_connection_file(
            str(self._folder / "kernel.json"), transport="ipc", ip=str(self._folder / "socket")
        )
        if boxed and os.geteuid() == 0:
            os.chown(file, FIRST_USER + slot, FIRST_USER + slot)
        inner = ["kernel", file]
        if warm:
            self._process = warm.fork(inner, self._folder)
        elif boxed:
            self._process = self._popen(box.command(inner, self._folder, self.limits, slot))
        else:
            self._process = self._popen(box.open_command(inner, self.limits))
        self._watchdog = Watchdog(self._process.pid, self._folder, self.limits)
        context = zmq.Context()
        context.setsockopt(zmq.MAXMSGSIZE, LOUDEST)
        context.setsockopt(zmq.LINGER, 0)
        self._client = BlockingKernelClient(context=context)
        self._client.load_connection_info(info)
        self._client.start_channels(hb=False, stdin=False)
        self._wait_until_ready()

    def _popen(self, command: list[str]) -> subprocess.Popen:
        with self._said.open("wb") as said:
            return subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said
            )

    def _wait_until_ready(self) -> None:
        end = time.monotonic() + START
        while self.alive and time.monotonic() < end:
            asked = self._client.kernel_info()  # it is heard when what it publishes arrives
            asked_at = time.monotonic()
            while self.alive and time.monotonic() < asked_at + 0.2:
                message = self._next(asked)
                if message and message["content"].get("execution_state") == "idle":
                    return
        said = self._said.read_text("utf-8", "replace").strip().splitlines()
        why = self._watchdog.reason or (said or [f"nothing was heard for {START:.0f} s"])[-1]
        raise box.NoBox(f"the kernel in the box did not start: {why}")

    @property
    def alive(self) -> bool:
        """Whether the kernel has not ended."""
        return not self._killed and self._process.poll() is None

    def _end(self, why: str) -> NoReturn:
        box.kill(self._process.pid)
        self._killed = True  # at once: the next task must not wait for it
        raise Gone(why)

    def run(self, source: str) -> list[NotebookNode]:
        """Run one cell and return its outputs. Raises Gone if that ends the kernel."""
        outputs: list[NotebookNode] = []
        try:
            for message in self._messages(source, self.limits.cell_seconds, history=True):
                if message["msg_type"] in ("stream", "display_data", "execute_result", "error"):
                    self._keep(message, outputs)
                elif message["msg_type"] == "clear_output":
                    outputs.clear()
        except Stopped as stopped:
            outputs.append(told(str(stopped)))
        return outputs

    def _keep(self, message: dict, outputs: list[NotebookNode]) -> None:
        """Add an output while the submission has not had its share."""
        self._left -= len(str(message["content"]))
        if self._left < -ENDLESS * self.limits.output:
            self._end(f"It showed more than {ENDLESS} times what is kept.")
        if self._left < 0:
            if not outputs or outputs[-1] != told(CUT):
                outputs.append(told(CUT))
            return
        try:
            output = output_from_msg(message)
            validate(output, ref="output", version=4, version_minor=5)
        except Exception:  # a message that no kernel sends
            return
        if outputs and output.output_type == "stream" and outputs[-1].get("name") == output.name:
            outputs[-1].text += output.text
        else:
            outputs.append(output)

    def answer(self, case: Case) -> Outcome:
        """Call the student's function on a case. Never raises for what the student's code does."""
        text = case_to_json(case)
        seconds = case.seconds + MARGIN
        said: str | None = None
        try:
            for message in self._messages(f"__answer__({text!r}, globals())", seconds):
                data = message["content"].get("data")
                if said is None and isinstance(data, dict) and isinstance(data.get(ANSWER), str):
                    said = data[ANSWER]
        except Gone as gone:
            return Outcome("slow", message=str(gone))
        if said is None:
            return Outcome("error", message="Nothing came back from the call.")
        try:
            return outcome_from_json(said)
        except NotReadable as error:
            return Outcome("error", message=f"What came back can't be read: {error}.")

    def _messages(self, code: str, seconds: float, history: bool = False) -> Iterator[dict]:
        """Run code; yield what the kernel publishes for it until it is idle again.

        Raises Stopped if the time is over and an interrupt was obeyed, Gone if it was not.
        """
        request = self._client.execute(code, store_history=history, allow_stdin=False)
        end, interrupted = time.monotonic() + seconds, False
        while True:
            message = self._next(request)
            if message is not None:
                if message["msg_type"] == "status":
                    if message["content"].get("execution_state") == "idle":
                        break
                else:
                    yield message
            if time.monotonic() > end:
                if interrupted:
                    self._end(f"It was stopped after {seconds:.0f} seconds and did not stop.")
                self._interrupt()
                end, interrupted = time.monotonic() + MARGIN, True
        if interrupted:
            raise Stopped(f"It was stopped after {seconds:.0f} seconds.")

    def _next(self, request: str) -> dict | None:
        """Return the next message about a request, None if there is none for now."""
        if not self.alive:
            raise Gone(self._watchdog.reason or "The kernel ended while this ran.")
        try:
            message = self._client.get_iopub_msg(timeout=0.2)
        except Exception:  # Empty, and whatever a forged message makes of the decoder
            return None
        whole = all(isinstance(message.get(part), dict) for part in ("parent_header", "content"))
        return message if whole and message["parent_header"].get("msg_id") == request else None

    def _interrupt(self) -> None:
        session = self._client.session
        self._client.control_channel.send(session.msg("interrupt_request", {}))

    def close(self) -> None:
        """End the kernel, its box and all it left."""
        client = getattr(self, "_client", None)
        if client is not None:
            client.stop_channels()
            client.context.destroy(linger=0)
        process = getattr(self, "_process", None)
        if process is not None:
            self._watchdog.stop()
            box.kill(process.pid)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
        shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> BoxedKernel:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def new_kernel(limits: Limits, modules: Sequence[str] = (), boxed: bool = True) -> BoxedKernel:
    """Return a kernel for one submission, in a warm box where there can be one."""
    warm = warm_box(limits, modules) if boxed else None
    try:
        return BoxedKernel(limits, slot(), boxed, warm)
    except box.NoBox:
        if warm is None:
            raise
        warm.broken = True
        return BoxedKernel(limits, slot(), boxed, warm_box(limits, modules))


class Stopped(Gone):
    """The code was interrupted, and the kernel lives."""


CUT = "More output is not kept."
