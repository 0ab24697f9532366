"""Put a submission back into the form that was handed out: the student's answers, our cells.

A cell is known by its cell id or by nbgrader's grade_id, so that it is found again when a student's
editor stripped the metadata, and a copy of it earns nothing.
"""

from __future__ import annotations

from copy import deepcopy

from nbformat.notebooknode import NotebookNode

from course_lib.grading.harmless import harmless_markdown


def restore(submitted: NotebookNode, handed_out: NotebookNode) -> NotebookNode:
    """Return the notebook to grade; neither argument is changed.

    Cells that nbgrader knows are those of handed_out, in its order; in solution cells stands what
    the first cell of that identity in the submission holds. All other cells of the student stay
    where they were, after the same known cell. Raises ValueError for a notebook without cells.
    """
    ours = {name(cell): cell for cell in handed_out.cells if name(cell)}
    ids = {cell.id: name(cell) for cell in ours.values()}
    if not isinstance(submitted.get("cells"), list):
        raise ValueError("submitted has no list of cells; hand in the notebook as it was saved")
    as_given = {cell.source for cell in handed_out.cells}
    answers, between, last = {}, {"": []}, ""
    for cell in submitted.cells:
        known = name(cell) if name(cell) in ours else ids.get(cell.get("id"), "")
        if known and known not in answers and cell.cell_type == ours[known].cell_type:
            answers[known], last = cell, known
        else:
            between.setdefault(last, []).append(plain(cell, cell.source in as_given))
    cells = list(between[""])
    for known, cell in ours.items():
        cells += [filled(cell, answers.get(known)), *between.get(known, [])]
    restored = deepcopy(handed_out)
    restored.cells = cells
    for number, cell in enumerate(cells):
        cell["id"] = cell["id"] if name(cell) else f"student-{number}"
    return restored


def name(cell: NotebookNode) -> str:
    """Return the name that nbgrader knows a cell by, empty for a cell of no one's interest."""
    meta = cell.get("metadata", {}).get("nbgrader")
    found = meta.get("grade_id", "") if isinstance(meta, dict) else ""
    return found if isinstance(found, str) else ""


def plain(cell: NotebookNode, as_given: bool) -> NotebookNode:
    """Return a student's own cell without outputs, markup, and metadata that means something."""
    kept = deepcopy(cell)
    if kept.cell_type != "code" and not as_given:
        kept.cell_type, kept.source = "markdown", harmless_markdown(kept.source)
    kept.metadata = NotebookNode()
    kept.pop("attachments", None)
    if kept.cell_type == "code":
        kept.outputs, kept.execution_count = [], None
    return kept


def filled(ours: NotebookNode, answer: NotebookNode | None) -> NotebookNode:
    """Return our cell, with the student's text where it asks for one."""
    cell = deepcopy(ours)
    if cell.cell_type == "code":
        cell.outputs, cell.execution_count = [], None
    if cell.metadata.nbgrader.get("solution") and answer is not None:
        code, text = cell.cell_type == "code", str(answer.source)
        cell.source = text if code or text == cell.source else harmless_markdown(text)
    return cell
