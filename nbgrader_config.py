"""How nbgrader finds this course. Stock commands and formgrader read it when started here."""

import contextlib
import os
import sys
from pathlib import Path

from autograder.grading import copying, validating
from dockerlab import engine
from dockerlab.errors import EngineError

HERE = Path(__file__).resolve().parent
c = get_config()  # noqa: F821 - traitlets gives it to every configuration file

# nbgrader runs alembic by name: find it, and the kernels, without an activated environment.
os.environ["PATH"] = os.pathsep.join([str(Path(sys.prefix) / "bin"), os.environ["PATH"]])

# Test cells ask the daemon that DOCKER_HOST names; a kernel inherits it from here. Most commands
# (release, collect, export …) do without a daemon, and autograde says so where it misses one.
with contextlib.suppress(EngineError):
    engine.connect(start=False).close()

c.CourseDirectory.root = str(HERE)
c.CourseDirectory.course_id = "docker-live"

# In this folder, so that a clone works at once; a class that shares a machine names a shared one.
c.Exchange.root = os.environ.get("NBGRADER_EXCHANGE", str(HERE / "exchange"))

# An unsolved cell that raises would stop "Run All Cells" at the first task.
c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE"}

# At home, a cell may wait for a database to start. (When graded: source/ASSIGNMENT/needs.toml.)
c.Execute.timeout = 120

# Kernels that keep no history, and do not tell on the terminal how they are spoken to.
c.Execute.extra_arguments = [
    "--HistoryManager.hist_file=:memory:",
    "--IPKernelApp.log_level=ERROR",
]

# What a student was not to change is put back first …
c.Autograde.sanitize_preprocessors = [
    "autograder.grading.RestoreCells",
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# … and the rest is as stock, but that a submission runs in an engine of its own.
c.Autograde.autograde_preprocessors = [
    "autograder.grading.ExecuteInSandbox",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# Feedback tells the verdict of hidden tests, and not how they are written.
c.GenerateFeedback.preprocessors = [
    "autograder.grading.HideHiddenTests",
    "nbgrader.preprocessors.GetGrades",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]

# What students have made their notebooks show must not run in an instructor's browser.
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {
    "clean_html": "autograder.grading.markup.clean_html",
    "markdown2html": "autograder.grading.markup.safe_markdown",
}

c.ExchangeFactory.collect = "autograder.grading.CollectWithoutLinks"

# Beside the notebook, only files are copied, and what no link leads to.
copying.install()

# A submission that cannot be graded gets a sentence instead of a traceback, and no zero.
c.Autograde.exporter_class = "autograder.grading.SubmissionExporter"
c.ExportApp.plugin_class = "autograder.grading.CsvWithoutFalseZeros"

# Validate names the checks that fail, with their hints.
validating.install()
