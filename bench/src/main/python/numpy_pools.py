"""Many small NumPy tasks in two workers, and the throughput of two workers in relation to one."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

from baselines import median_ns, report, rounds, speed_up
from numpy_task import STEPS, small, work

TASKS = 100


def map_us(context, chunk):
    """`pool.map` of the small tasks; without a chunk size the pool chooses one."""
    with context.Pool(2) as pool:
        expected = [small(seed) for seed in range(TASKS)]
        assert pool.map(small, range(TASKS), chunk) == expected
        step = lambda: pool.map(small, range(TASKS), chunk)
        return median_ns(step, rounds=rounds(100, 1_000), warmup=20) / 1e3


if __name__ == "__main__":
    spawn = multiprocessing.get_context("spawn")
    forkserver = multiprocessing.get_context("forkserver")
    report(
        {
            "spawn_map_us": map_us(spawn, None),
            "spawn_map_single_us": map_us(spawn, 1),
            "forkserver_map_us": map_us(forkserver, None),
            "forkserver_map_single_us": map_us(forkserver, 1),
            "spawn_ratio": speed_up(ProcessPoolExecutor(2, mp_context=spawn), work, STEPS),
            "forkserver_ratio": speed_up(
                ProcessPoolExecutor(2, mp_context=forkserver), work, STEPS
            ),
            "threads_ratio": speed_up(ThreadPoolExecutor(2), work, STEPS),
        }
    )
