"""Start and memory of processes that have imported NumPy, by each start method.

The fork server imports the main module before it forks, unless told otherwise, and this one imports
NumPy: its workers are forked with NumPy in place. `forkserver-bare` is a server that imports nothing.
"""

import multiprocessing
import statistics
import sys
import time

from baselines import report, rounds, smaps_kib
from numpy_task import serve

OPEN = 8


class Worker:
    """A process that has imported NumPy and waits."""

    def __init__(self, context):
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=serve, args=(theirs,))
        self.process.start()
        theirs.close()
        self.connection.recv()

    def close(self):
        self.connection.send(None)
        self.process.join()
        self.connection.close()


def start_ms(context):
    """From the decision to start a worker until it has said hello."""
    Worker(context).close()
    times = []
    for _ in range(rounds(9, 30)):
        began = time.perf_counter_ns()
        worker = Worker(context)
        times.append(time.perf_counter_ns() - began)
        worker.close()
    return statistics.median(times) / 1e6


def memory_kib(context):
    """Per worker: its resident memory, and its share of it with what processes share divided."""
    workers = [Worker(context) for _ in range(OPEN)]
    try:
        pids = [worker.process.pid for worker in workers]
        return [statistics.mean(smaps_kib(pid, field) for pid in pids) for field in ("Rss", "Pss")]
    finally:
        for worker in workers:
            worker.close()


if __name__ == "__main__":
    method = sys.argv[1]
    chosen = multiprocessing.get_context(method.partition("-")[0])
    if method == "forkserver-bare":
        chosen.set_forkserver_preload([])
    start = start_ms(chosen)
    rss, pss = memory_kib(chosen)
    report({"start_ms": start, "rss_kib": rss, "pss_kib": pss})
