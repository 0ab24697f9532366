"""nbgrader's settings for this course: solutions/exNN is the source, exercises/exNN the release.

The gradebook is gradebook.db in the folder nbgrader runs in; git ignores it.
"""

from nbgrader.converters import GenerateAssignment

from course_lib.checks.generate import SameBytes
from course_lib.grading.preprocess import boxed_steps

c = get_config()  # noqa: F821  (Jupyter defines it in configuration files)

c.CourseDirectory.course_id = "seq2seq"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "exercises"
c.CourseDirectory.ignore.append("variants.toml")  # the teacher's: see course_lib.checks.variants
# nbgrader's default layout gives solutions/./ex01 for the source: the same folder.

c.ClearSolutions.code_stub = {"python": "# your lines here\nraise NotImplementedError"}
c.ClearSolutions.text_stub = "*Write your answer here, in place of this line.*"

# The usual steps, then ours, so that the same source always gives the same bytes.
c.GenerateAssignment.preprocessors = [*GenerateAssignment.preprocessors.default(), SameBytes]

# Students' code runs in a box (Linux with bubblewrap), and is judged outside it on a private seed.
# Elsewhere: c.BoxedExecute.without_box = True for code you trust. It stamps every result.
c.Autograde.autograde_preprocessors = boxed_steps()
