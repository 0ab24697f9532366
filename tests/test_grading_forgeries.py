"""Answers that a student's code forges, and what they earn: no more than the function does."""

import contextlib
from dataclasses import replace

import boxes
import pytest
from boxes import SMALL, fresh

from course_lib.checks import find_task
from course_lib.checks.examine import judge_task
from course_lib.grading.inside import ANSWER
from course_lib.grading.session import Gone

if boxes.why_none():
    pytest.skip(f"the box tests did not run: {boxes.why_none()}", allow_module_level=True)

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("box")]

WRONG = "def sentence_log_prob(next_word, sentence):\n    return 0.0"
FORGERIES = {
    "an object that equals all": """
class Equal(float):
    __eq__ = __ge__ = __le__ = lambda self, other: True
    __sub__ = __rsub__ = __abs__ = lambda *_: Equal()
    __hash__ = float.__hash__
def sentence_log_prob(next_word, sentence):
    return Equal()
""",
    "comparison patched": """
import math, numpy, builtins
numpy.isclose = numpy.allclose = math.isclose = lambda *a, **k: True
builtins.abs = lambda x: 0
""",
    "numpy and builtins patched": """
import builtins, numpy
numpy.array = numpy.asarray = numpy.random.default_rng = lambda *a, **k: 0
builtins.isinstance = builtins.callable = builtins.len = lambda *a: True
""",
    "json patched": "import json\njson.loads = json.dumps = lambda *a, **k: {}",
    "the answering patched": """
from course_lib.checks import run, wire
wire.outcome_to_json = lambda o: '{"kind": "value", "points": 99, "value": 0}'
""",
    "an outcome of its own": """
from course_lib.checks import run
run.run = lambda *a: run.Outcome("value", float("nan"))
""",
    "an answer that is no JSON": f"__answer__ = lambda *a: display({{{ANSWER!r}: 'x'}}, raw=True)",
    "an answer that is no text": f"__answer__ = lambda *a: display({{{ANSWER!r}: [9]}}, raw=True)",
    "no answer": "__answer__ = print",
    "asserts stripped": """
import ast
import contextlib
class Strip(ast.NodeTransformer):
    def visit_Assert(self, node):
        return ast.Pass()
get_ipython().ast_transformers.append(Strip())
""",
    "messages that no kernel sends": """
kernel = get_ipython().kernel
def sentence_log_prob(next_word, sentence):
    for kind in ("display_data", "stream", "status", "error", "execute_result", "nonsense"):
        for content in (b"[1]", b"{}", b'{"data": 3}', b'{"data": {"x": [0]}}', b'{"text": [1]}'):
            kernel.session.send(
                kernel.iopub_socket, kind, content=content, parent=kernel.get_parent()
            )
    return 0.0
sentence_log_prob(None, ())
""",
    "the function deleted": "del sentence_log_prob",
    "an exit in the function": """
import sys
def sentence_log_prob(next_word, sentence):
    sys.exit(0)
""",
}


@pytest.fixture(scope="module")
def honest_points():
    with fresh() as kernel:
        kernel.run(WRONG)
        return judge_task(find_task("ex01.1"), kernel.answer, 7).points


@pytest.mark.parametrize("forgery", FORGERIES)
def test_an_answer_is_forged_in_vain(forgery, honest_points):
    with fresh(replace(SMALL, cell_seconds=3)) as kernel:
        kernel.run(WRONG)
        with contextlib.suppress(Gone):
            kernel.run(FORGERIES[forgery])
        report = judge_task(find_task("ex01.1"), kernel.answer, 7)
    assert report.points <= honest_points < report.max_points
