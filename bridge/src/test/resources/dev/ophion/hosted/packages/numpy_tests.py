"""Runs a part of NumPy's own tests in this process and tells the outcome of each.

Nothing that belongs to the whole process is changed, so that several interpreters of one process
can do this at the same time. What would change it, or start another process, is left out.
"""

import locale
import os
import pathlib
import sys
import tempfile
from collections import Counter, defaultdict

import pytest

FILES_LEFT_OUT = {
    "_core/tests/test_cpu_features.py": "starts processes with other environment variables",
    "_core/tests/test_cython.py": "builds modules with Cython and a compiler",
    "_core/tests/test_limited_api.py": "builds modules with Cython and a compiler",
    "_core/tests/test_mem_policy.py": "builds a module with a compiler",
    "_core/tests/test_multiprocessing.py": "starts processes",
    "_pyinstaller": "starts PyInstaller",
    "f2py": "builds modules with a Fortran compiler",
    "random/tests/test_extending.py": "builds modules with Cython, cffi and a compiler",
    "tests/test_configtool.py": "starts processes",
    "tests/test_lazyloading.py": "starts a process",
    "tests/test_scripts.py": "starts processes and changes the working directory",
    "typing": "starts mypy",
}

TESTS_LEFT_OUT = {
    "_core/tests/test_getlimits.py::TestFinfo::test_regression_gh32947": "starts a process",
    "_core/tests/test_multiarray.py::TestResize::test_check_reference_module_scope": (
        "starts a process"
    ),
    (
        "_core/tests/test_multiarray.py::TestSubinterpreterTeardown"
        "::test_subinterpreter_import_fails_cleanly"
    ): "makes a subinterpreter and expects CPython's own words for a refusal",
    "_core/tests/test_multithreading.py::test_concurrent_allocator_acquire_no_deadlock": (
        "starts a process"
    ),
    "_core/tests/test_multithreading.py::test_concurrent_unique_no_deadlock": "starts a process",
    "_core/tests/test_multithreading.py::test_setitem_reentrant_no_deadlock": "starts a process",
    "_core/tests/test_nditer.py::test_buffered_cast_error_paths_unraisable": "starts a process",
    "_core/tests/test_nditer.py::test_debug_print": "redirects the process's file descriptors",
    "lib/tests/test_format.py::test_large_file_support": "starts a process, writes to 5 GB",
    "linalg/tests/test_linalg.py::test_xerbla_override": "forks",
    "tests/test_public_api.py::test_import_lazy_import": "starts a process",
    "tests/test_reloading.py::test_full_reimport": "starts a process",
}

# A few functions, mostly for sorting, have thousands of sets of arguments: half of all tests.
MOST_SETS_OF_ARGUMENTS = 100

ARGUMENTS = [
    "-m",
    "not slow",
    "--assert=plain",  # faster, and writes no byte code into the environment
    "--capture=sys",  # the default redirects the process's file descriptors
    "--available-memory=1GB",  # what needs more is skipped
    "-p",
    "no:cacheprovider",
    "-p",
    "no:faulthandler",
    "-p",
    "no:logging",
    "-p",
    "no:terminal",
]

_LocaleError = locale.Error
_NUMBERS = locale.LC_NUMERIC

reasons = {}


class Outcomes:
    """What pytest reports, and what it is to leave out."""

    RANKS = ("passed", "xfailed", "xpassed", "skipped", "failed")

    def __init__(self, root):
        self.root = root
        self.found = {}

    def pytest_ignore_collect(self, collection_path):
        path = collection_path.relative_to(self.root).as_posix()
        return True if path in FILES_LEFT_OUT else None

    def pytest_collection_modifyitems(self, items):
        functions = defaultdict(list)
        for item in items:
            functions[item.nodeid.partition("[")[0]].append(item)
        kept = set()
        for function, variants in functions.items():
            if function not in TESTS_LEFT_OUT:
                kept.update(variants[:: -(-len(variants) // MOST_SETS_OF_ARGUMENTS)])
        items[:] = [item for item in items if item in kept]

    def pytest_collectreport(self, report):
        if report.failed:
            self._add(report.nodeid, "failed", report.longrepr)

    def pytest_runtest_logreport(self, report):
        outcome = report.outcome
        if hasattr(report, "wasxfail"):
            outcome = "xpassed" if outcome == "passed" else "xfailed"
        self._add(report.nodeid, outcome, report.longrepr)

    def _add(self, node, outcome, reason):
        # Set-up, call and tear-down, and subtests, report one by one: the worst counts.
        before = self.found.get(node, "passed")
        self.found[node] = max(before, outcome, key=self.RANKS.index)
        if outcome == "failed":
            reasons[node] = str(reason)


def run(folder):
    """Runs the tests; returns a line for each with its outcome and id, in the order of the ids.

    The folder is for the files that tests write, and nobody else's.
    """
    _keep_to_this_interpreter(folder)
    import numpy

    root = pathlib.Path(numpy.__file__).resolve().parent
    outcomes = Outcomes(root)
    places = [f"--rootdir={root}", f"--confcutdir={root}", f"--basetemp={folder}/pytest"]
    arguments = [*ARGUMENTS, *places, "-c", os.devnull, str(root)]
    status = pytest.main(arguments, plugins=[outcomes])
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        raise RuntimeError(
            f"pytest ended with {status!r}, expected it to run tests; seen: {reasons}"
        )
    lines = (f"{outcome} {node!a}" for node, outcome in sorted(outcomes.found.items()))
    return "\n".join(lines)


def reason(line):
    """Why the test of a line of the outcomes failed; the empty string if it did not."""
    return {ascii(node): text for node, text in reasons.items()}.get(line.partition(" ")[2], "")


def _keep_to_this_interpreter(folder):
    # pytest sets a variable for each test. os.environ itself belongs to the interpreter.
    os.putenv = os.unsetenv = lambda *arguments: None
    tempfile.tempdir = str(folder)
    setlocale = locale.setlocale

    def current_locale(category, locale=None):
        # Without a locale that writes commas in numbers, NumPy skips its tests of them.
        if category == _NUMBERS and isinstance(locale, str):
            raise _LocaleError("the locale belongs to the process")
        return setlocale(category)

    locale.setlocale = current_locale


if __name__ == "__main__":
    result = run(pathlib.Path(sys.argv[1]))
    print(result)
    print(Counter(line.partition(" ")[0] for line in result.splitlines()), file=sys.stderr)
    for node, text in reasons.items():
        print(node, text, sep="\n", file=sys.stderr)
