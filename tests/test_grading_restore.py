"""What a student did to the notebook itself: deleted, copied, edited, stripped."""

from copy import deepcopy

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from course_lib.grading.restore import name, restore

HANDED_OUT = nbformat.read("exercises/ex01/ex01.ipynb", as_version=4)


@pytest.fixture
def submitted():
    notebook = deepcopy(HANDED_OUT)
    cell(notebook, "sample").source = "def sample(next_word, rng, max_length):\n    return 7"
    return notebook


def cell(notebook, grade_id):
    (found,) = (c for c in notebook.cells if name(c) == grade_id)
    return found


def known(notebook):
    return [name(c) for c in notebook.cells if name(c)]


def test_the_answer_is_the_students_and_everything_else_is_ours(submitted):
    cell(submitted, "check_sample").source = "6"
    cell(submitted, "check_sample").metadata.nbgrader.points = 1_000
    cell(submitted, "explain").source = "Because."
    restored = restore(submitted, HANDED_OUT)
    assert cell(restored, "sample").source.endswith("return 7")
    assert cell(restored, "explain").source == "Because."
    ours = cell(HANDED_OUT, "check_sample")
    assert cell(restored, "check_sample").source == ours.source
    assert cell(restored, "check_sample").metadata == ours.metadata
    assert known(restored) == known(HANDED_OUT)
    nbformat.validate(restored)


def test_neither_notebook_is_changed(submitted):
    before = deepcopy(submitted), deepcopy(HANDED_OUT)
    restored = restore(submitted, HANDED_OUT)
    for one in restored.cells:
        one.source, one.metadata["x"] = "changed", 1
    assert (submitted, HANDED_OUT) == before


def test_deleted_cells_come_back(submitted):
    submitted.cells = [c for c in submitted.cells if not name(c).startswith("check_")]
    assert known(restore(submitted, HANDED_OUT)) == known(HANDED_OUT)
    submitted.cells = []
    assert known(restore(submitted, HANDED_OUT)) == known(HANDED_OUT)


def test_of_two_cells_of_one_identity_the_first_counts(submitted):
    second = deepcopy(cell(submitted, "sample"))
    second.source = "def sample(*_):\n    return 'second'"
    check = deepcopy(cell(submitted, "check_sample"))
    submitted.cells += [second, check, check]
    restored = restore(submitted, HANDED_OUT)
    assert known(restored) == known(HANDED_OUT)
    assert cell(restored, "sample").source.endswith("return 7")
    assert second.source in [c.source for c in restored.cells]  # still runs, as a cell of their own


def test_stripped_metadata_is_found_by_the_cells_ids(submitted):
    for one in submitted.cells:
        one.metadata = nbformat.NotebookNode()
    restored = restore(submitted, HANDED_OUT)
    assert cell(restored, "sample").source.endswith("return 7")


def test_lost_ids_are_found_by_the_metadata(submitted):
    for one in submitted.cells:
        del one["id"]
    restored = restore(submitted, HANDED_OUT)
    assert cell(restored, "sample").source.endswith("return 7")
    nbformat.validate(restored)


def test_the_students_own_cells_stay_where_they_were(submitted):
    place = submitted.cells.index(cell(submitted, "sample"))
    submitted.cells.insert(place, new_code_cell("helper = 1"))
    submitted.cells.insert(0, new_markdown_cell("# Mine"))
    sources = [c.source for c in restore(submitted, HANDED_OUT).cells]
    assert sources[0] == "# Mine"
    assert sources.index("helper = 1") == sources.index(cell(submitted, "sample").source) - 1


def test_outputs_and_metadata_of_the_student_are_gone(submitted):
    output = nbformat.v4.new_output("execute_result", data={"text/plain": "6"})
    for one in submitted.cells:
        if one.cell_type == "code":
            one.outputs = [output]
    submitted.cells.append(
        new_code_cell("1", metadata={"nbgrader": {"grade": True, "points": 99, "grade_id": "x"}})
    )
    restored = restore(submitted, HANDED_OUT)
    assert not any(c.get("outputs") for c in restored.cells)
    assert restored.cells[-1].metadata == {} and restored.cells[-1].source == "1"


def test_a_cell_of_another_type_is_no_answer(submitted):
    cell(submitted, "sample").cell_type = "markdown"
    assert "NotImplementedError" in cell(restore(submitted, HANDED_OUT), "sample").source


@pytest.mark.parametrize("meta", [[], "x", {"grade_id": 3}, {"grade_id": ["sample"]}, None])
def test_metadata_of_a_strange_form_is_none(submitted, meta):
    submitted.cells[0].metadata["nbgrader"] = meta
    assert known(restore(submitted, HANDED_OUT)) == known(HANDED_OUT)


def test_a_file_that_is_no_notebook_is_refused():
    with pytest.raises(ValueError, match="no list of cells"):
        restore(nbformat.NotebookNode(cells=3), HANDED_OUT)
