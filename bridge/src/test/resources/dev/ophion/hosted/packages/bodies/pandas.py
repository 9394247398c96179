"""Group-by, merge, pivot, time series, text and files."""

import io
import pickle

import numpy as np
import pandas as pd

from bodies import digest, refusal, rounded


def sales():
    rng = np.random.default_rng(7)
    size = 5000
    return pd.DataFrame(
        {
            "shop": rng.integers(0, 12, size),
            "item": pd.Categorical.from_codes(rng.integers(0, 3, size), ["pen", "ink", "pad"]),
            "price": rng.gamma(2.0, 5.0, size),
            "when": pd.Timestamp("2026-01-01", tz="Europe/Berlin")
            + pd.to_timedelta(rng.integers(0, 180 * 24, size), unit="h"),
            "note": "n-" + pd.Series(range(size)).astype(str),
        }
    ).assign(note=lambda frame: frame["note"].mask(rng.random(size) < 0.1))


def grouped(frame):
    by_shop = frame.groupby("shop")["price"].agg(["count", "mean", "max"])
    custom = frame.groupby("item", observed=True)["price"].apply(lambda x: x.quantile(0.9))
    return {"shops": rounded(by_shop.to_numpy()), "items": rounded(custom.to_dict())}


def joined(frame):
    shops = pd.DataFrame({"shop": range(10), "town": list("ABABCCABCA")})
    merged = frame.merge(shops, on="shop", how="left", indicator=True)
    pivot = merged.pivot_table(
        index="town", columns="item", values="price", aggfunc="sum", observed=True
    )
    return {
        "left only": int((merged["_merge"] == "left_only").sum()),
        "pivot": rounded(pivot.to_numpy()),
    }


def in_time(frame):
    weekly = frame.set_index("when").sort_index()["price"].resample("W").sum()
    return {
        "weeks": len(weekly),
        "first": str(weekly.index[0]),
        "rolling": rounded(weekly.rolling(4).mean().iloc[-3:].to_numpy()),
        "offsets": sorted({str(stamp.utcoffset()) for stamp in weekly.index}),
    }


def files(frame):
    text = frame.to_csv(index=False)
    again = pd.read_csv(io.StringIO(text), parse_dates=["when"])
    assert len(again) == len(frame)
    by_pickle = pickle.loads(pickle.dumps(frame, protocol=5))
    pd.testing.assert_frame_equal(by_pickle, frame)
    months = frame.assign(month=frame["when"].dt.tz_localize(None).dt.to_period("M"))
    parquet = io.BytesIO()
    months.to_parquet(parquet)  # pandas gives Arrow types of its own for periods and intervals
    parquet.seek(0)
    pd.testing.assert_frame_equal(pd.read_parquet(parquet), months, check_dtype=False)
    records = pd.read_json(io.StringIO(frame.head(20).to_json(orient="records")))
    return {"csv": digest(text.encode()), "json": rounded(float(records["price"].sum()))}


def texts(frame):
    numbers = frame["note"].str.extract(r"n-(\d+)$")[0].dropna().astype(int)
    return {
        "missing": int(frame["note"].isna().sum()),
        "sum": int(numbers.sum()),
        "hash": digest(pd.util.hash_pandas_object(frame).to_numpy()),
    }


def run():
    frame = sales()
    return {
        "grouped": grouped(frame),
        "joined": joined(frame),
        "in time": in_time(frame),
        "files": files(frame),
        "texts": texts(frame),
        "query": len(frame.query("price > 20 and shop in [1, 2, 3]")),
        "refused": refusal(KeyError, frame.__getitem__, "weight"),
    }
