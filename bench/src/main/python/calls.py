"""What the calls of the scalar and the list row cost within Python itself."""

import timeit

from baselines import report, rounds

SETUP = """
def increment(number): return number + 1
def same(text): return text
text = "sixteen letters!"
numbers = [float(i) for i in range(100)]
"""


def best_ns(statement):
    calls = rounds(500_000, 2_000_000)
    best = min(timeit.repeat(statement, SETUP, repeat=5, number=calls))
    return best / calls * 1e9


if __name__ == "__main__":
    report(
        {
            "int_ns": best_ns("increment(7)"),
            "string_ns": best_ns("same(text)"),
            "sum_ns": best_ns("sum(numbers)"),
        }
    )
