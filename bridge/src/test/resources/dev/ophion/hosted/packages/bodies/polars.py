"""A lazy query, SQL, windows, Python functions on polars' threads, and files in memory."""

import io

import numpy as np
import polars as pl

from bodies import digest, refusal, rounded


def frame():
    rng = np.random.default_rng(17)
    size = 10_000
    return pl.DataFrame(
        {
            "id": np.arange(size),
            "group": rng.integers(0, 9, size),
            "x": rng.normal(size=size),
            "day": pl.Series(rng.integers(0, 365, size)).cast(pl.Int32).cast(pl.Date),
            "name": [f"name {i % 50}" for i in range(size)],
        }
    )


def lazy(data):
    towns = pl.LazyFrame({"group": range(6), "town": list("abcabc")})
    query = (
        data.lazy()
        .filter(pl.col("x") > -1)
        .join(towns, on="group", how="left")
        .group_by("town")
        .agg(pl.len(), pl.col("x").mean(), pl.col("name").n_unique().alias("names"))
        .sort("town", nulls_last=True)
    )
    plan = query.explain()
    assert "FILTER" in plan or "SELECTION" in plan, plan
    return rounded(query.collect().rows())


def windows(data):
    ranked = data.with_columns(
        pl.col("x").rank().over("group").alias("rank"),
        pl.col("x").rolling_mean(7).alias("smooth"),
    )
    monthly = data.sort("day").group_by_dynamic("day", every="1mo").agg(pl.col("x").sum())
    return {
        "ranks": rounded(ranked["rank"].head(5).to_list()),
        "smooth": rounded(ranked["smooth"].tail(2).to_list()),
        "months": rounded(monthly["x"].to_list()),
    }


def with_python(data):
    # Polars calls these from its own threads.
    mapped = data.lazy().select(
        pl.col("name").map_elements(lambda name: len(name) * 2, return_dtype=pl.Int64).sum(),
        pl.col("x").map_batches(lambda x: x.abs(), return_dtype=pl.Float64).sum().alias("y"),
    )
    groups = data.group_by("group").map_groups(lambda group: group.sort("x").head(1)).sort("group")
    broken = data.lazy().select(
        pl.col("id").map_elements(lambda number: 1 // 0, return_dtype=pl.Int64)
    )
    kinds = (ZeroDivisionError, pl.exceptions.ComputeError)
    return {
        "mapped": rounded(mapped.collect().row(0)),
        "groups": groups["id"].to_list(),
        "broken": refusal(kinds, broken.collect)[0],
    }


def files(data):
    for write, read in (("write_ipc", pl.read_ipc), ("write_parquet", pl.read_parquet)):
        file = io.BytesIO()
        getattr(data, write)(file)
        file.seek(0)
        assert read(file).equals(data), write
    text = data.head(100).write_csv()
    assert pl.read_csv(io.StringIO(text), try_parse_dates=True).equals(data.head(100))
    return digest(text.encode())


def run():
    data = frame()
    query = "SELECT name, COUNT(*) AS n FROM data GROUP BY name ORDER BY n, name LIMIT 3"
    with pl.SQLContext(data=data, eager=True) as sql:
        top = sql.execute(query)
    return {
        "lazy": lazy(data),
        "windows": windows(data),
        "python": with_python(data),
        "csv": files(data),
        "sql": top.rows(),
        "refused": refusal(pl.exceptions.ColumnNotFoundError, data.select, "nothing")[0],
    }
