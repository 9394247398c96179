"""Linear algebra, FFT, random streams, ufuncs with Python in them, files and text."""

import io

import numpy as np

from bodies import digest, refusal, rounded


def linear_algebra(rng):
    # Large enough for OpenBLAS to use its threads.
    a = rng.standard_normal((300, 300))
    b = rng.standard_normal(300)
    x = np.linalg.solve(a, b)
    assert np.allclose(a @ x, b)
    u, s, vt = np.linalg.svd(a[:60, :40], full_matrices=False)
    assert np.allclose((u * s) @ vt, a[:60, :40])
    eigenvalues = np.linalg.eigvalsh(a @ a.T)
    return {
        "solution": rounded(np.linalg.norm(x)),
        "singular": rounded(s[:3]),
        "largest": rounded(eigenvalues[-1]),
        "sign": rounded(np.linalg.slogdet(a)[0]),
        "einsum": rounded(np.einsum("ij,jk,ki->", a[:9, :9], a[:9, :9], a[:9, :9])),
        "singular matrix": refusal(np.linalg.LinAlgError, np.linalg.inv, np.zeros((2, 2))),
    }


def transforms(rng):
    signal = rng.standard_normal(1 << 12)
    spectrum = np.fft.rfft(signal)
    assert np.allclose(np.fft.irfft(spectrum), signal)
    return rounded(np.abs(spectrum[:4]))


def python_in_loops():
    added = np.frompyfunc(lambda x, y: x * 10 + y, 2, 1)
    objects = np.array([2**70, "text", None, (1, 2)], dtype=object)
    counted = np.vectorize(lambda word: len(word), otypes=[int])(np.array(["a", "bcd", ""]))
    seen = []
    with np.errstate(divide="call", call=lambda kind, flag: seen.append([kind, flag])):
        np.array([1.0, -2.0]) / 0.0
    with np.errstate(invalid="raise"):
        refused = refusal(FloatingPointError, np.sqrt, np.array([-1.0]))
    return {
        "digits": int(added.reduce(np.arange(1, 8).astype(object))),
        "objects": [str(item) for item in objects],
        "counted": counted.tolist(),
        "called": seen,
        "refused": refused,
    }


def records(rng):
    table = np.zeros(1000, dtype=[("key", "i4"), ("value", "f8"), ("name", "U8")])
    table["key"] = rng.integers(0, 7, 1000)
    table["value"] = rng.random(1000)
    table["name"] = [f"n{i % 13}" for i in range(1000)]
    order = np.sort(table, order=["key", "value"])
    file = io.BytesIO()
    np.savez_compressed(file, table=table, order=order)
    file.seek(0)
    with np.load(file) as loaded:
        assert (loaded["table"] == table).all()
    totals = np.zeros(7)
    np.add.at(totals, table["key"], table["value"])
    return {
        "order": digest(order.tobytes()),
        "totals": rounded(totals),
        "masked": rounded(float(np.ma.masked_greater(table["value"], 0.5).mean())),
        "strings": np.strings.upper(table["name"][:3]).tolist(),
        "variable": (np.array(["é", "long" * 20], dtype=np.dtypes.StringDType()) + "!").tolist(),
        "dates": str(np.busday_offset("2026-02-27", 3)),
    }


def random_streams():
    bits = [np.random.PCG64, np.random.MT19937, np.random.Philox, np.random.SFC64]
    streams = {bit.__name__: np.random.Generator(bit(2026)) for bit in bits}
    drawn = {name: digest(stream.integers(0, 2**63, 500)) for name, stream in streams.items()}
    normal = np.random.default_rng(5).multivariate_normal([0, 1], [[2, 0.3], [0.3, 1]], 4)
    return {"bits": drawn, "normal": rounded(normal)}


def run():
    rng = np.random.default_rng(42)
    return {
        "linear algebra": linear_algebra(rng),
        "transforms": transforms(rng),
        "python": python_in_loops(),
        "records": records(rng),
        "random": random_streams(),
        "text": np.array2string(np.linspace(0, 1, 5), precision=3),
    }
