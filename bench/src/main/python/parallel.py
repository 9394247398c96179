"""One and two CPU-bound tasks in threads, processes and interpreters of Python itself."""

import multiprocessing
from concurrent.futures import InterpreterPoolExecutor, ProcessPoolExecutor, ThreadPoolExecutor

from baselines import report, speed_up
from parallel_task import work

STEPS = 1_500_000

if __name__ == "__main__":
    spawn = multiprocessing.get_context("spawn")
    report(
        {
            "threads_ratio": speed_up(ThreadPoolExecutor(2), work, STEPS),
            "processes_ratio": speed_up(ProcessPoolExecutor(2, mp_context=spawn), work, STEPS),
            "interpreters_ratio": speed_up(InterpreterPoolExecutor(2), work, STEPS),
        }
    )
