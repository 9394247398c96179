"""What the baselines share: the clock, memory as the kernel counts it, and the form of the result."""

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


def speed_up(pool, work, steps):
    """The throughput of two workers in relation to one, in turns, so that both see the same load."""
    one, two = [], []
    with pool:
        list(pool.map(work, [steps] * 2))
        for _ in range(rounds(9, 30)):
            one.append(median_ns(lambda: list(pool.map(work, [steps])), rounds=1, warmup=0))
            two.append(median_ns(lambda: list(pool.map(work, [steps] * 2)), rounds=1, warmup=0))
    return 2 * statistics.median(one) / statistics.median(two)


def resident_kib():
    """The resident memory of this process."""
    return field_kib("/proc/self/status", "VmRSS")


def smaps_kib(pid, field):
    """A sum over all mappings of a process, `Rss` or `Pss`."""
    return field_kib(f"/proc/{pid}/smaps_rollup", field)


def field_kib(path, field):
    with open(path, encoding="ascii") as lines:
        for line in lines:
            if line.startswith(field + ":"):
                return int(line.split()[1])
    raise RuntimeError(f"no {field} in {path}")


def rounds(quick, full):
    """Fewer rounds where the report asks for a quick run."""
    return full if os.environ.get("OPHION_BENCH_FULL") == "1" else quick


def report(results):
    """Prints the result: a name and a number each, in the unit that the name ends with."""
    print(json.dumps(results))
