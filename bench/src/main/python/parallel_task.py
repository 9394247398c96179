"""The task of the parallel row, in a module that other processes and interpreters can import."""


def work(steps):
    x = 1
    for _ in range(steps):
        x = (x * 1103515245 + 12345) & 0x7FFFFFFF
    return x
