"""What the baselines share: the clock and the form of the result."""

import json
import os
import statistics
import time


def median_ns(step, *, rounds, warmup=2, between=None):
    """Times single runs of a step and returns their median; `between` is not timed."""
    times = []
    for index in range(warmup + rounds):
        began = time.perf_counter_ns()
        step()
        ended = time.perf_counter_ns()
        if index >= warmup:
            times.append(ended - began)
        if between is not None:
            between()
    return statistics.median(times)


def resident_kib():
    """The resident memory of this process."""
    with open("/proc/self/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmRSS:"):
                return int(line.split()[1])
    raise RuntimeError("no VmRSS in /proc/self/status")


def rounds(quick, full):
    """Fewer rounds where the report asks for a quick run."""
    return full if os.environ.get("OPHION_BENCH_FULL") == "1" else quick


def report(results):
    """Prints the result: a name and a number each, in the unit that the name ends with."""
    print(json.dumps(results))
