import datetime as dt
import io
import os
import stat
import zipfile

import nbformat
import pytest

from course_lib.grading.submissions import LARGEST, Submission, Unreadable, find, unpack

NOTEBOOK = nbformat.writes(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1")]))


def submit(folder, student="ann", exercise="ex01", text=NOTEBOOK):
    path = folder / student / exercise / f"{exercise}.ipynb"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return path


def archive(path, files, **fields):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, text in files.items():
            info = zipfile.ZipInfo(name, date_time=fields.get("when", (2026, 11, 1, 12, 0, 0)))
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = fields.get("kind", stat.S_IFREG | 0o644) << 16
            new.writestr(info, text)
    return path


def test_submissions_are_found_in_order_with_their_time(tmp_path):
    for student in ("zoe", "ann"):
        submit(tmp_path, student)
    (tmp_path / "zoe/ex01/timestamp.txt").write_text("2026-11-20 14:00:00.5 UTC")
    ann, zoe = find(tmp_path)
    assert (ann.student, ann.timestamp, zoe.student) == ("ann", None, "zoe")
    assert zoe.timestamp == dt.datetime(2026, 11, 20, 14, 0, 0, 500_000)
    (tmp_path / "zoe/ex01/timestamp.txt").write_text("2026-11-20 14:00:00 +0100")
    _, zoe = find(tmp_path)
    assert zoe.timestamp == dt.datetime(2026, 11, 20, 13)
    assert nbformat.reads(zoe.read()[0], 4).cells[0].source == "1"


def test_other_files_are_no_submissions(tmp_path):
    submit(tmp_path, "ann")
    (tmp_path / "ann/ex01/notes.ipynb").write_text("{}")
    submit(tmp_path, "..ann" if os.name == "nt" else " ann")
    os.symlink(tmp_path / "ann", tmp_path / "bob")
    assert [s.student for s in find(tmp_path)] == ["ann"]


def test_an_empty_folder_says_what_was_expected(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"STUDENT/exNN/exNN\.ipynb"):
        list(find(tmp_path))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not json",
        "[]",
        "{}",
        '{"cells": 3, "nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
        '{"cells": [{"cell_type": "code"}], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}',
        '{"nbformat": 99, "cells": []}',
        "[" * 200_000,
    ],
    ids=lambda text: text[:30],
)
def test_what_is_no_notebook_is_told_to_the_student(tmp_path, text):
    submission = Submission("ann", "ex01", submit(tmp_path, text=text))
    with pytest.raises(Unreadable, match=r"no notebook|no text"):
        submission.read()


def test_a_notebook_of_100_mb_is_not_read(tmp_path):
    path = submit(tmp_path)
    with path.open("ab") as file:
        file.truncate(100 * 2**20)
    with pytest.raises(Unreadable, match="has 100 MB, and at most 20"):
        Submission("ann", "ex01", path).read()


def test_a_link_is_not_followed(tmp_path):
    path = submit(tmp_path)
    path.unlink()
    path.symlink_to("/etc/passwd")
    with pytest.raises(Unreadable, match="a link or a device"):
        Submission("ann", "ex01", path).read()
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(Unreadable, match="a link or a device"):
        Submission("ann", "ex01", path).read()


@pytest.mark.parametrize(
    "name",
    [
        "ann/ex01/ex01.ipynb",
        "course/submitted/ann/ex01/ex01.ipynb",
        "ann_4711_assignsubmission_file_/ex01.ipynb",
        "ann_12345_67890_ex01.ipynb",
        "ann_LATE_12345_67890_ex01-2.ipynb",
        "ann_ex01.ipynb",
    ],
)
def test_platforms_are_known_by_their_paths(tmp_path, name):
    assert unpack(archive(tmp_path / "a.zip", {name: NOTEBOOK}), tmp_path / "submitted") == 1
    (found,) = find(tmp_path / "submitted")
    assert (found.student, found.exercise) == ("ann", "ex01")
    assert found.timestamp == dt.datetime(2026, 11, 1, 12)


def test_of_two_the_later_counts(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as new:
        for day, name in ((3, "ann_1_2_ex01-1.ipynb"), (2, "ann_1_1_ex01.ipynb")):
            info = zipfile.ZipInfo(name, date_time=(2026, 11, day, 0, 0, 0))
            new.writestr(info, NOTEBOOK.replace('"1"', f'"{day}"'))
    assert unpack(path, tmp_path / "s") == 1
    (found,) = find(tmp_path / "s")
    assert nbformat.reads(found.read()[0], 4).cells[0].source == "3"


@pytest.mark.parametrize(
    "name",
    [
        "../ann/ex01/ex01.ipynb",
        "/ann/ex01/ex01.ipynb",
        "a/../../x/ex01/ex01.ipynb",
        "C:\\x",
        "..\\x",
    ],
)
def test_a_path_out_of_the_folder_is_refused_before_anything_is_written(tmp_path, name):
    files = {"ann/ex01/ex01.ipynb": NOTEBOOK, name: NOTEBOOK}
    with pytest.raises(ValueError, match="leads out of it"):
        unpack(archive(tmp_path / "a.zip", files), tmp_path / "s")
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO])
def test_links_and_devices_are_refused(tmp_path, kind):
    path = archive(tmp_path / "a.zip", {"ann/ex01/ex01.ipynb": "/etc/passwd"}, kind=kind | 0o777)
    with pytest.raises(ValueError, match="a link or a device"):
        unpack(path, tmp_path / "s")


def test_bombs_are_refused(tmp_path):
    path = archive(tmp_path / "a.zip", {"ann/ex01/ex01.ipynb": "0" * LARGEST})
    with pytest.raises(ValueError, match="such a file is not unpacked"):
        unpack(path, tmp_path / "s")
    many = {f"{i}.txt": "" for i in range(20_001)}
    with pytest.raises(ValueError, match="holds 20001 files"):
        unpack(archive(tmp_path / "b.zip", many), tmp_path / "s")


def test_a_zip_of_something_else_says_what_it_should_hold(tmp_path):
    with pytest.raises(ValueError, match=r"STUDENT_ex01\.ipynb"):
        unpack(archive(tmp_path / "a.zip", {"notes.txt": "x"}), tmp_path / "s")
    (tmp_path / "b.zip").write_bytes(io.BytesIO(b"no zip").getvalue())
    with pytest.raises(ValueError, match=r"b\.zip is no zip file"):
        unpack(tmp_path / "b.zip", tmp_path / "s")
