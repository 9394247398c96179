"""Compute, joins, IPC, Parquet and CSV in memory, and Arrow over Python's buffers."""

import datetime
import decimal
import functools
import io

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from bodies import digest, refusal, rounded


def table():
    rng = np.random.default_rng(13)
    size = 20_000
    return pa.table(
        {
            "key": rng.integers(0, 20, size),
            "value": rng.normal(size=size),
            "word": pa.array([f"w{i % 97}" if i % 11 else None for i in range(size)]),
            "tags": pa.array([[i % 3] * (i % 4) for i in range(size)]),
        }
    )


def computed(data):
    groups = data.group_by("key").aggregate([("value", "mean"), ("word", "count_distinct")])
    groups = groups.sort_by("key")
    names = pa.table({"key": range(10), "name": [f"k{i}" for i in range(10)]})
    joined = data.drop_columns(["tags"]).join(names, keys="key", join_type="inner")
    kept = data.filter((pc.field("value") > 1) & pc.is_valid(pc.field("word")))
    return {
        "means": rounded(groups["value_mean"].to_pylist()),
        "words": groups["word_count_distinct"].to_pylist(),
        "joined": joined.num_rows,
        "kept": kept.num_rows,
        "upper": pc.utf8_upper(data["word"].slice(1, 3)).to_pylist(),
        "flat": pc.sum(pc.list_flatten(data["tags"])).as_py(),
        "quantiles": rounded(pc.quantile(data["value"], q=[0.1, 0.5, 0.9]).to_pylist()),
    }


def round_trips(data):
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(sink, data.schema, options=options) as writer:
        writer.write_table(data, max_chunksize=4096)
    with pa.ipc.open_stream(sink.getvalue()) as reader:
        assert reader.read_all().equals(data)
    file = io.BytesIO()  # a Python file: Arrow's threads call back into this interpreter
    pq.write_table(data, file, compression="snappy", row_group_size=5000)
    file.seek(0)
    parquet = pq.read_table(file, columns=["key", "word"], use_threads=True)
    assert parquet.equals(data.select(["key", "word"]))
    flat = data.drop_columns(["tags"])
    text = io.BytesIO()
    pa_csv.write_csv(flat, text)
    text.seek(0)
    assert pa_csv.read_csv(text).num_rows == data.num_rows
    return {"csv": digest(text.getvalue()), "groups": pq.ParquetFile(file).num_row_groups}


def values():
    when = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
    rows = [
        {"n": decimal.Decimal("1.50"), "when": when, "inner": {"a": [1, None]}, "raw": b"\x00\xff"},
        {"n": None, "when": None, "inner": None, "raw": None},
    ]
    array = pa.array(rows)
    assert array.to_pylist() == rows
    numbers = np.arange(1000.0)
    shared = pa.array(numbers)
    assert shared.buffers()[1].address == numbers.ctypes.data
    codes = pa.array(["x", "y", "x"]).dictionary_encode()
    return {
        "type": str(array.type),
        "codes": codes.indices.to_pylist(),
        "tensor": pa.Tensor.from_numpy(numbers.reshape(10, 100)).shape,
        "wrong": refusal(pa.ArrowInvalid, pa.array, [1, "a"], pa.int64()),
        "overflow": refusal(pa.ArrowInvalid, pc.cast, pa.array([300]), pa.int8()),
    }


class Celsius(pa.ExtensionType):
    """A type of one's own: Arrow keeps a table of them."""

    def __init__(self):
        super().__init__(pa.float64(), "bodies.celsius")

    def __arrow_ext_serialize__(self):
        return b""

    @classmethod
    def __arrow_ext_deserialize__(cls, storage, serialized):
        return cls()


def registered():
    pa.register_extension_type(Celsius())
    try:
        warm = pa.ExtensionArray.from_storage(Celsius(), pa.array([20.5, None]))
        batch = pa.record_batch([warm], names=["warm"])
        again = pa.ipc.read_record_batch(batch.serialize(), batch.schema)
        with pa.ipc.open_stream(_stream(batch)) as reader:
            assert reader.schema.field("warm").type == Celsius(), reader.schema
    finally:
        pa.unregister_extension_type("bodies.celsius")
    return again["warm"].storage.to_pylist()


def _stream(batch):
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return sink.getvalue()


@functools.cache
def plus():
    # Once: Arrow has no way to take a function out of its table again.
    pc.register_scalar_function(
        lambda context, values, more: pc.add(values, more),
        "bodies_plus",
        {"summary": "adds", "description": "adds in Python"},
        {"values": pa.int64(), "more": pa.int64()},
        pa.int64(),
    )
    return ds.field("a")._call("bodies_plus", [ds.field("a"), ds.scalar(10)])


def with_python():
    data = ds.dataset(pa.table({"a": range(5)}))
    return data.to_table(columns={"b": plus()})["b"].to_pylist()


def run():
    data = table()
    return {
        "computed": computed(data),
        "files": round_trips(data),
        "values": values(),
        "registered": registered(),
        "python": with_python(),
    }
