"""One large bytearray into another process or interpreter by the ways that Python itself has."""

import multiprocessing
import os
import sys
from concurrent import interpreters
from multiprocessing import shared_memory

from baselines import median_ns, report, rounds


def receive(connection):
    """The other process: takes objects and says how long they are."""
    while True:
        data = connection.recv()
        if data is None:
            return
        connection.send(len(data))


def attach(connection):
    """The other process: opens shared memory by name and says how long it is."""
    while True:
        name = connection.recv()
        if name is None:
            return
        block = shared_memory.SharedMemory(name=name, track=False)
        connection.send(block.size)
        block.close()


def in_process(target, step, runs):
    """Times a step that talks to another process."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=target, args=(theirs,))
    process.start()
    try:
        return median_ns(lambda: step(ours), rounds=runs, warmup=1)
    finally:
        ours.send(None)
        process.join()


def by_pipe(data, runs):
    def step(connection):
        connection.send(data)
        assert connection.recv() == len(data)

    return in_process(receive, step, runs)


def by_shared_memory(data, runs):
    """The object is not in shared memory yet, as it is not in any other way of this page."""

    def step(connection):
        block = shared_memory.SharedMemory(create=True, size=len(data))
        block.buf[: len(data)] = data
        connection.send(block.name)
        assert connection.recv() >= len(data)
        block.close()
        block.unlink()

    return in_process(attach, step, runs)


def by_pool(data, runs):
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return median_ns(lambda: pool.apply(len, (data,)), rounds=runs, warmup=1)


def by_interpreters(data, runs):
    other = interpreters.create()
    payload = bytes(data)

    def step():
        other.prepare_main(data=payload)

    try:
        return median_ns(step, rounds=runs, warmup=1)
    finally:
        other.close()


if __name__ == "__main__":
    megabytes = int(sys.argv[1])
    content = bytearray(b"x") * (megabytes * 1_000_000)
    count = rounds(3, 7) if megabytes <= 100 else rounds(1, 3)
    results = {
        "pipe_us": by_pipe(content, count) / 1e3,
        "pool_us": by_pool(content, count) / 1e3,
        "interpreters_us": by_interpreters(content, count) / 1e3,
    }
    free = os.statvfs("/dev/shm")
    if free.f_bavail * free.f_frsize > len(content):
        results["shared_memory_us"] = by_shared_memory(content, count) / 1e3
    report(results)
