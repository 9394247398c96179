"""What the calls of the scalar and the list row cost within Python itself."""

import timeit

from baselines import median_ns, report, rounds

SETUP = """
def increment(number): return number + 1
def same(text): return text
text = "sixteen letters!"
numbers = [float(i) for i in range(100)]
"""


CALLS = 1_000


def call_ns(statement):
    timer = timeit.Timer(statement, SETUP)
    return median_ns(lambda: timer.timeit(CALLS), rounds=rounds(1_000, 5_000)) / CALLS


if __name__ == "__main__":
    report(
        {
            "int_ns": call_ns("increment(7)"),
            "string_ns": call_ns("same(text)"),
            "sum_ns": call_ns("sum(numbers)"),
        }
    )
