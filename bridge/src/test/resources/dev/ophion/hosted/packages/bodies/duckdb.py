"""SQL over a frame, windows, Python functions in queries, JSON, transactions and Arrow."""

import duckdb
import numpy as np
import pandas as pd

from bodies import refusal, rounded


def frame():
    rng = np.random.default_rng(19)
    size = 20_000
    return pd.DataFrame(
        {
            "shop": rng.integers(0, 8, size),
            "price": rng.gamma(2.0, 4.0, size),
            "name": [f"item {i % 41}" for i in range(size)],
        }
    )


def queries(db):
    totals = db.execute(
        "SELECT shop, count(*), avg(price), quantile_cont(price, 0.9) FROM frame"
        " GROUP BY shop ORDER BY shop"
    ).fetchall()
    best = db.execute(
        "SELECT shop, name, price FROM frame"
        " QUALIFY row_number() OVER (PARTITION BY shop ORDER BY price DESC) = 1 ORDER BY shop"
    ).fetchall()
    recursive = db.execute(
        "WITH RECURSIVE f(a, b) AS (SELECT 0, 1 UNION ALL SELECT b, a + b FROM f WHERE b < 1000)"
        " SELECT list(a ORDER BY a) FROM f"
    ).fetchall()[0][0]
    nested = db.execute(
        "SELECT {'a': [1, 2], 'b': MAP {'k': DATE '2026-01-31'}} AS s, 1.25::DECIMAL(9, 3)"
    ).fetchall()[0]
    return {
        "totals": rounded(totals),
        "best": rounded(best),
        "recursive": recursive,
        "nested": repr(nested),
    }


def with_python(db):
    db.create_function("shout", lambda text: text.upper() + "!", ["VARCHAR"], "VARCHAR")
    db.create_function("fails", lambda number: 1 // (number - 1), ["BIGINT"], "BIGINT")
    shouted = db.execute("SELECT shout(name) FROM frame ORDER BY 1 LIMIT 2").fetchall()
    refused = refusal(duckdb.Error, db.execute, "SELECT fails(1)")
    return {"shouted": shouted, "refused": refused[0]}


def transactions(db):
    db.execute("CREATE TABLE account (id INTEGER PRIMARY KEY, money INTEGER CHECK (money >= 0))")
    db.executemany("INSERT INTO account VALUES (?, ?)", [[1, 10], [2, 20]])
    db.begin()
    db.execute("UPDATE account SET money = money + 5")
    db.rollback()
    twice = "INSERT INTO account VALUES (1, 1)"
    return {
        "money": db.execute("SELECT sum(money) FROM account").fetchall()[0][0],
        "key": refusal(duckdb.ConstraintException, db.execute, twice)[0],
        "syntax": refusal(duckdb.ParserException, db.execute, "SELEC 1")[0],
    }


def run():
    db = duckdb.connect(":memory:", config={"threads": 2})
    try:
        db.register("frame", frame())
        arrow = db.sql("SELECT shop, sum(price) AS s FROM frame GROUP BY shop ORDER BY s")
        return {
            "queries": queries(db),
            "python": with_python(db),
            "transactions": transactions(db),
            "arrow": rounded(arrow.to_arrow_table().to_pydict()),
            "frame": rounded(db.execute("SELECT max(price) AS m FROM frame").df()["m"].to_list()),
        }
    finally:
        db.close()
