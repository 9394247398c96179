"""What the workers of the NumPy rows do, in a module that other processes can import."""

import numpy as np

STEPS = 800
SMALL = 1_000
LARGE = 20_000


def work(steps):
    """CPU-bound NumPy on arrays that stay in a core's cache; no BLAS, which has its own threads."""
    x = np.linspace(0.0, 1.0, LARGE)
    for _ in range(steps):
        x = np.sqrt(x * x + 1.0) - 0.5
    return float(x[-1])


def small(seed):
    """A task of some ten microseconds."""
    x = np.arange(SMALL, dtype=np.float64) * seed
    return float(np.sort(np.sin(x)).sum())


def same(array):
    """Gives an array back."""
    return array


def serve(connection):
    """A worker: says hello, then gives back what it receives, until that is None."""
    connection.send(np.__version__)
    while (message := connection.recv()) is not None:
        connection.send(message)
