"""What the delays of a carrier's flights depend on. Runs in every image and in the plain run."""

from hashlib import sha256
from typing import NamedTuple

import numpy as np
import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor

CANCELLED = -32768


class Flights(NamedTuple):
    """The flights that left, in the order in which they did."""

    carrier: np.ndarray
    features: np.ndarray
    delay: np.ndarray
    held_out: np.ndarray


def recent(delay, keys, count):
    """The mean delay of the last flights with the same keys, as it was known before each flight."""
    groups = delay.groupby(keys, sort=False)
    means = groups.transform(lambda own: own.shift().rolling(count, min_periods=1).mean())
    return means.fillna(0.0)


def prepare(carrier, route, month, delay, route_names):
    """Makes the features of each flight that left, and says which flights are held out.

    The codes are positions in the order of first appearance. Every third month is held out: a
    random choice would test on flights whose neighbours of the same hour were learned from.
    """
    origins, _ = pd.factorize(np.array([name.partition("-")[0] for name in route_names]))
    left = np.flatnonzero(np.asarray(delay) != CANCELLED)
    carrier, route, month = (np.asarray(column)[left] for column in (carrier, route, month))
    origin = origins[route]
    minutes = pd.Series(np.asarray(delay)[left].astype(np.float64))
    features = [
        month,
        origin,
        route,
        *(recent(minutes, [origin], count) for count in (5, 20, 100)),
        *(recent(minutes, [carrier, origin], count) for count in (3, 10)),
        recent(minutes, [carrier, route], 1),
    ]
    return Flights(
        carrier=carrier,
        features=np.column_stack(features).astype(np.float32),
        delay=minutes.to_numpy(),
        held_out=month % 3 == 0,
    )


def fit(flights, code, trees):
    """Learns the delays of one carrier and predicts those that are held out.

    Returns the numbers of flights learned from and held out, the mean absolute error of the model
    and of the carrier's mean in minutes, the share of the variance that the model explains beyond
    that mean, and a digest of the predictions; and behind them the predicted and the true delays.
    """
    own = flights.carrier == code
    learned, tested = own & ~flights.held_out, own & flights.held_out
    # Depth-first trees in one thread. HistGradientBoosting would start OpenMP's threads.
    model = GradientBoostingRegressor(
        n_estimators=trees, max_depth=4, min_samples_leaf=20, subsample=0.5, random_state=2013
    )
    model.fit(flights.features[learned], flights.delay[learned])
    predicted = model.predict(flights.features[tested])
    true = flights.delay[tested]
    mean = flights.delay[learned].mean()
    numbers = (
        int(learned.sum()),
        int(tested.sum()),
        float(np.abs(predicted - true).mean()),
        float(np.abs(mean - true).mean()),
        float(1 - np.square(predicted - true).sum() / np.square(mean - true).sum()),
        sha256(predicted).hexdigest(),
    )
    return numbers, predicted, true
