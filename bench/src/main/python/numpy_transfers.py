"""One large array to another process and back, by the ways that Python itself has."""

import multiprocessing
import os
import sys
from multiprocessing import shared_memory

import numpy as np

from baselines import median_ns, report, rounds
from numpy_task import same, serve


def by_pipe(context, array, runs):
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs,))
    process.start()
    ours.recv()

    def step():
        ours.send(array)
        assert ours.recv().nbytes == array.nbytes

    try:
        return median_ns(step, rounds=runs, warmup=1)
    finally:
        ours.send(None)
        process.join()


def by_pool(context, array, runs):
    with context.Pool(1) as pool:
        return median_ns(lambda: pool.apply(same, (array,)), rounds=runs, warmup=1)


def attach(connection):
    """The other process: opens shared memory by name and changes the array in place."""
    while (message := connection.recv()) is not None:
        name, count = message
        block = shared_memory.SharedMemory(name=name, track=False)
        array = np.frombuffer(block.buf, count=count)
        array[0] += 1
        connection.send(count)
        del array
        block.close()


def by_shared_memory(context, array, runs):
    """The array is not in shared memory yet; on the way back it stays there."""
    ours, theirs = context.Pipe()
    process = context.Process(target=attach, args=(theirs,))
    process.start()

    def step():
        block = shared_memory.SharedMemory(create=True, size=array.nbytes)
        shared = np.frombuffer(block.buf, count=len(array))
        shared[:] = array
        ours.send((block.name, len(array)))
        assert ours.recv() == len(array)
        assert shared[0] == array[0] + 1
        del shared
        block.close()
        block.unlink()

    try:
        return median_ns(step, rounds=runs, warmup=1)
    finally:
        ours.send(None)
        process.join()


if __name__ == "__main__":
    content = np.full(int(sys.argv[1]) * 1_000_000 // 8, 1.5)
    spawn = multiprocessing.get_context("spawn")
    forkserver = multiprocessing.get_context("forkserver")
    count = rounds(5, 15)
    results = {
        "spawn pipe_us": by_pipe(spawn, content, count) / 1e3,
        "spawn pool_us": by_pool(spawn, content, count) / 1e3,
        "forkserver pipe_us": by_pipe(forkserver, content, count) / 1e3,
        "forkserver pool_us": by_pool(forkserver, content, count) / 1e3,
    }
    free = os.statvfs("/dev/shm")
    if free.f_bavail * free.f_frsize > content.nbytes:
        results["shared_memory_us"] = by_shared_memory(spawn, content, count) / 1e3
    report(results)
