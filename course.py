"""Set up, open and check the course: `python course.py` lists what it can do.

This file must be readable by any Python, also one that is too old: no newer syntax here.
"""

import sys

OLDEST = (3, 11)


def too_old(version, program):
    """Return what to tell the user of a Python that is too old, or None."""
    if tuple(version[:2]) >= OLDEST:
        return None
    return (
        "The course needs Python 3.11 or later. This is Python %d.%d: %s\n"
        "Is a newer one installed? Name it: python3.12 course.py lab (Windows: py -3.12 course.py\n"
        "lab), or make lab PYTHON=python3.12. Otherwise install one from python.org, or with your\n"
        "system's package manager, and run the command again."
    ) % (version[0], version[1], program)


if __name__ == "__main__":
    problem = too_old(sys.version_info, sys.executable)
    if problem:
        sys.exit(problem)

    from setup_course.commands import main

    sys.exit(main(sys.argv[1:]))
