"""Start, end and memory of an interpreter of `concurrent.interpreters`."""

from concurrent import interpreters

from baselines import median_ns, report, resident_kib, rounds

OPEN = 16


def start_and_close():
    interpreters.create().close()


def memory_kib():
    """Resident memory of one more interpreter, the first ones left out as warm-up."""
    kept = [interpreters.create() for _ in range(4)]
    before = resident_kib()
    kept += [interpreters.create() for _ in range(OPEN)]
    grown = resident_kib() - before
    for interpreter in kept:
        interpreter.close()
    return grown / OPEN


if __name__ == "__main__":
    memory = memory_kib()
    opened = []
    start = median_ns(
        lambda: opened.append(interpreters.create()),
        rounds=rounds(40, 200),
        between=lambda: opened.pop().close(),
    )
    report(
        {
            "start_ms": start / 1e6,
            "start_and_close_ms": median_ns(start_and_close, rounds=rounds(40, 200)) / 1e6,
            "memory_kib": memory,
        }
    )
