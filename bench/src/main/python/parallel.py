"""One and two CPU-bound tasks in threads, processes and interpreters of Python itself."""

import multiprocessing
import statistics
from concurrent.futures import InterpreterPoolExecutor, ProcessPoolExecutor, ThreadPoolExecutor

from baselines import median_ns, report, rounds
from parallel_task import work

STEPS = 1_500_000


def speed_up(pool):
    """The throughput of two workers in relation to one, in turns, so that both see the same load."""
    one, two = [], []
    with pool:
        list(pool.map(work, [STEPS] * 2))
        for _ in range(rounds(9, 30)):
            one.append(median_ns(lambda: list(pool.map(work, [STEPS])), rounds=1, warmup=0))
            two.append(median_ns(lambda: list(pool.map(work, [STEPS] * 2)), rounds=1, warmup=0))
    return 2 * statistics.median(one) / statistics.median(two)


if __name__ == "__main__":
    spawn = multiprocessing.get_context("spawn")
    report(
        {
            "threads_ratio": speed_up(ThreadPoolExecutor(2)),
            "processes_ratio": speed_up(ProcessPoolExecutor(2, mp_context=spawn)),
            "interpreters_ratio": speed_up(InterpreterPoolExecutor(2)),
        }
    )
