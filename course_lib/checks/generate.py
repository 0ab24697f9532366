"""Make exercises/ from solutions/ with nbgrader: `python -m course_lib.checks.generate [ex01]`.

With `--variant WORD` it makes a class's own variant of them in classes/WORD/ instead.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbgrader.preprocessors import NbGraderPreprocessor

from course_lib.checks.variants import checked_word, draw_options, read_options, replaced

CLASS_CONFIG = '''"""nbgrader's settings for the class {word}: the course's, for its own variant.

Read the solutions in source/, hand out release/, grade with
    make grade ARGS="--course classes/{word} submitted"
"""

from pathlib import Path

c = get_config()  # noqa: F821  (Jupyter defines it in configuration files)
load_subconfig(str(Path(__file__).resolve().parents[2] / "nbgrader_config.py"))  # noqa: F821

c.CourseDirectory.course_id = "seq2seq-{word}"
c.CourseDirectory.source_directory = "source"
c.CourseDirectory.release_directory = "release"
'''
NOTE = (
    "\n\n**Your class: {word}.** Some tasks ask for something else than the published exercise and "
    "its solution do. What this text says counts."
)


class SameBytes(NbGraderPreprocessor):
    """Leave nothing in a notebook that depends on the machine or the run that made it."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """Return the notebook with the course's metadata in place of its own."""
        kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
        nb.metadata.clear()
        nb.metadata.update(kernelspec=kernel, language_info={"name": "python"})
        nb.nbformat_minor = 5
        for cell in nb.cells:
            cell.metadata.pop("execution", None)  # when it was run
        return nb, resources


def generate(root: Path, names: Sequence[str] = ()) -> int:
    """Generate the exercises named, or all in root/solutions, and return nbgrader's exit status.

    Works without a gradebook, so that no class's marks are in reach. ValueError for a name that
    solutions/ does not have.
    """
    wanted = known_names(root / "solutions", names) if names else ["ex*"]
    return _nbgrader(root, wanted, "--no-db")


def _nbgrader(course: Path, names: Sequence[str], *options: str) -> int:
    """Run nbgrader's generate_assignment on each name; a pattern for all costs one start only."""
    programs = str(Path(sys.executable).parent)  # nbgrader calls alembic by its bare name
    env = os.environ | {"PATH": os.pathsep.join([programs, os.environ.get("PATH", "")])}
    command = [sys.executable, "-m", "nbgrader", "generate_assignment", "--force", *options]
    runs = [[*command, f"--assignment={name}", "--log-level=ERROR"] for name in names]
    return max((subprocess.call(run, cwd=course, env=env) for run in runs), default=0)


def known_names(source: Path, names: Sequence[str] = ()) -> list[str]:
    """Return names, or those of all exercises in source; ValueError for one that is not there."""
    known = sorted(path.parent.name for path in source.glob("ex*/ex*.ipynb"))
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(
            f"names: there is no {source.name}/{unknown[0]}; there are {', '.join(known)}"
        )
    return list(names or known)


def variant_source(root: Path, word: str, name: str) -> dict[str, bytes]:
    """Return the files of solutions/name with the options that word chooses: name to content.

    ValueError where a replacement does not fit its notebook.
    """
    folder = root / "solutions" / name
    options = read_options(folder / "variants.toml")
    notebook = nbformat.read(folder / f"{name}.ipynb", as_version=4)
    chosen = draw_options(word, options).values()
    made = replaced(notebook, options, chosen, f"solutions/{name}/variants.toml")
    made.cells[0].source += NOTE.format(word=word)
    others = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix not in (".ipynb", ".toml")
    }
    return others | {f"{name}.ipynb": (nbformat.writes(made) + "\n").encode()}


def generate_variant(root: Path, word: str, names: Sequence[str] = (), force: bool = False) -> int:
    """Make the class folder root/classes/word with its variant; return nbgrader's exit status.

    It is a course folder of nbgrader's, whose gradebook knows the exercises. What a class was
    given stays: ValueError, before anything is written, for a source that would come out
    otherwise (force replaces it, and says so); and for a word that can't name a folder, or a
    replacement that does not fit.
    """
    course = root / "classes" / checked_word(word)
    wanted = known_names(root / "solutions", names)
    files = {course / "nbgrader_config.py": CLASS_CONFIG.format(word=word).encode()}
    for name in wanted:
        made = variant_source(root, word, name)
        files |= {course / "source" / name / file: content for file, content in made.items()}
    changed = [path for path in files if path.exists() and path.read_bytes() != files[path]]
    told = ", ".join(path.relative_to(root).as_posix() for path in changed)
    if changed and not force:
        raise ValueError(
            f"{told}: there is another version. A class keeps what it was given. Take another word,"
            " name single exercises (ex02), or add --force to replace it"
        )
    for path, content in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    released = course / "release"
    missing = [name for name in wanted if force or not (released / name / f"{name}.ipynb").exists()]
    all_of_them = missing == known_names(course / "source")
    status = _nbgrader(course, ["ex*"] if all_of_them else missing)
    print(f"{len(wanted)} exercises of the class {word}: {course.relative_to(root).as_posix()}/")
    if changed:
        print(f"replaced: {told}")
    return status


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says; return the exit status."""
    parser = argparse.ArgumentParser("make exercises", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("names", nargs="*", help="which, such as ex01 (default: all)")
    parser.add_argument("--variant", metavar="WORD", help="make a class's variant, in classes/WORD")
    parser.add_argument("--force", action="store_true", help="replace what a class was given")
    args = parser.parse_args(arguments)
    try:
        if args.variant is None:
            return generate(Path.cwd(), args.names)
        return generate_variant(Path.cwd(), args.variant, args.names, args.force)
    except ValueError as error:
        print(f"exercises: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
