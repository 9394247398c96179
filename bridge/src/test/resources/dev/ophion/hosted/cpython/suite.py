"""Runs a module of CPython's own tests in this interpreter and tells the outcome of each test."""

import sys
import unittest

RANKS = ("passed", "xfailed", "skipped", "xpassed", "failed")
LONGEST_REASON = 400

LEFT_OUT = {
    "test.test_generators.SignalAndYieldFromTest.test_raise_and_yield_from": (
        "raises SIGINT in C, which is the JVM's orderly exit"
    ),
    "test.test_thread.TestForkInThread.test_forkinthread": (
        "waits for minutes where a thread cannot fork"
    ),
}


class Outcomes(unittest.TestResult):
    """Keeps the worst outcome of each test; subtests count for theirs."""

    def __init__(self):
        super().__init__()
        self.found = {}

    def _add(self, test, outcome, reason=""):
        name = test.id()
        before = self.found.get(name, ("passed", ""))
        if name not in self.found or RANKS.index(outcome) > RANKS.index(before[0]):
            self.found[name] = (outcome, reason)

    def addSuccess(self, test):
        self._add(test, "passed")

    def addExpectedFailure(self, test, err):
        self._add(test, "xfailed")

    def addUnexpectedSuccess(self, test):
        self._add(test, "xpassed")

    def addSkip(self, test, reason):
        self._add(test, "skipped", reason)

    def addFailure(self, test, err):
        self._add(test, "failed", _last_line(err[1]))

    addError = addFailure

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self._add(test, "failed", f"{subtest.id()}: {_last_line(err[1])}")


def _last_line(exception):
    text = f"{type(exception).__name__}: {exception}"
    return " | ".join(text.split("\n"))[:LONGEST_REASON]


def _kept(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield unittest.TestSuite(_kept(test))
        elif test.id() not in LEFT_OUT:
            yield test


def run(module):
    """Returns a line for each test of test.<module>: outcome, id and reason, in the order of ids."""
    outcomes = Outcomes()
    try:
        from test import support

        # As the test runner's own defaults: nothing large, no network, no other resource.
        support.use_resources = []
        suite = unittest.defaultTestLoader.loadTestsFromName(f"test.{module}")
    except unittest.SkipTest as skip:
        outcomes.found[module] = ("skipped", str(skip))
    else:
        unittest.TestSuite(_kept(suite)).run(outcomes)
    return "\n".join(
        ascii(f"{outcome}\t{name}\t{reason}")[1:-1].replace("\\t", "\t")
        for name, (outcome, reason) in sorted(outcomes.found.items())
    )


if __name__ == "__main__":
    sys.path.append(sys.path.pop(0))  # as hosted: this folder comes last
    lines = run(sys.argv[1])
    with open(sys.argv[2], "w", encoding="utf-8") as output:
        output.write(lines)
