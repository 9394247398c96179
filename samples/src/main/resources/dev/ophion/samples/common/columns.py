"""Keeps the columns that Java hands over, in each interpreter of a crew."""

columns = {}
carriers = []
routes = []


def take_column(name, view):
    """Keeps a view of one of Java's columns. Nothing is copied: the view is the column."""
    columns[name] = view


def take_names(carrier_names, route_names):
    """Keeps what the carrier and route codes stand for."""
    carriers[:] = carrier_names
    routes[:] = route_names


def first_value(name):
    """Reads the first element of a column as it is now."""
    return columns[name][0]


