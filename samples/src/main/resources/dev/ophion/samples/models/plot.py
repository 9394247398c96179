"""The plot of all models."""

import matplotlib

matplotlib.use("Agg")

from matplotlib.figure import Figure

BINS = 20
MODEL, BASELINE = "#1f6f8b", "#c9c9c9"


def draw(path, carriers, numbers, predicted, true):
    """Writes a PNG: the models' errors by carrier, and what was predicted beside what came true."""
    figure = Figure(figsize=(12, 6), layout="constrained")
    figure.suptitle("Departure delays from New York City, 2013: one model a carrier")
    errors, calibration = figure.subplots(1, 2)
    draw_errors(errors, carriers, numbers)
    draw_calibration(calibration, np.concatenate(predicted), np.concatenate(true))
    # Without the version of matplotlib and the date, equal plots are equal files.
    figure.savefig(path, dpi=100, metadata={"Software": None})


def draw_errors(axes, carriers, numbers):
    """The mean absolute error of each model and of the carrier's mean."""
    rows = np.arange(len(carriers))
    axes.barh(rows, [row[3] for row in numbers], color=BASELINE, label="the carrier's mean")
    axes.barh(rows, [row[2] for row in numbers], height=0.5, color=MODEL, label="the model")
    axes.set_yticks(rows, [f"{name} ({row[1]:,})" for name, row in zip(carriers, numbers)])
    axes.invert_yaxis()
    axes.set_xlabel("mean absolute error in minutes")
    axes.set_ylabel("carrier (flights held out)")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False)


def draw_calibration(axes, predicted, true):
    """The mean true delay of flights with about the same predicted delay, in equal parts."""
    parts = np.array_split(np.argsort(predicted, kind="stable"), min(BINS, len(predicted)))
    means = np.array([(predicted[part].mean(), true[part].mean()) for part in parts])
    ends = means.min(), means.max()
    axes.plot(ends, ends, color=BASELINE, label="as predicted")
    axes.plot(*means.T, "o", color=MODEL, label=f"{len(parts)} equal parts of the flights")
    axes.set_xlabel("predicted delay in minutes")
    axes.set_ylabel("true delay in minutes")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False)
