"""The side of the models sample that runs in each image, after columns.py and delays.py."""

flights = None


def first_value(name):
    """Reads the first element of a column as it is now, through NumPy."""
    return int(np.asarray(columns[name])[0])


def prepare_flights():
    """Makes the features of all flights from Java's columns."""
    global flights
    flights = prepare(*map(columns.get, ("carrier", "route", "month", "delay")), routes)


def fit_carrier(code, trees):
    """Returns a model's numbers, and the predicted and the true delays, which stay here."""
    return fit(flights, code, trees)


def addresses(arrays):
    """Returns where NumPy sees the elements of arrays."""
    return [np.asarray(array).__array_interface__["data"][0] for array in arrays]
