"""The delay distribution of one group of flights. Runs in every interpreter and in the plain run."""

from math import ceil, nan
from random import Random
from statistics import median

CANCELLED = -32768


def percentile(ordered, share):
    """The nearest-rank percentile of sorted values."""
    return ordered[ceil(share * len(ordered)) - 1]


def distribution(key, delays, rounds):
    """Returns flights, cancelled share, mean, median, p90, p99 and the mean's 95 % interval.

    The interval is the percentile bootstrap. Its random numbers are seeded by the group's key and
    the values are sorted and summed as integers, so that the result is the same, bit for bit,
    whichever interpreter computes it and in whatever order.
    """
    flown = sorted(delay for delay in delays if delay != CANCELLED)
    count = len(flown)
    cancelled = (len(delays) - count) / len(delays)
    if not count:
        return (len(delays), cancelled, nan, nan, nan, nan, nan, nan)
    draw = Random(key).choices
    sums = sorted(sum(draw(flown, k=count)) for _ in range(rounds))
    return (
        len(delays),
        cancelled,
        sum(flown) / count,
        float(median(flown)),
        float(percentile(flown, 0.90)),
        float(percentile(flown, 0.99)),
        percentile(sums, 0.025) / count,
        percentile(sums, 0.975) / count,
    )
