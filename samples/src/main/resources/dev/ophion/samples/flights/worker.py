"""The side of the flights sample that runs in each interpreter, after distribution.py."""

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


def summarise(first, last, rounds):
    """Returns the distributions of the groups first <= group < last."""
    carrier, route, month = columns["carrier"], columns["route"], columns["month"]
    delay, row, start = columns["delay"], columns["row"], columns["start"]
    results = []
    for group in range(first, last):
        members = row[start[group] : start[group + 1]]
        any_member = members[0]
        key = f"{carriers[carrier[any_member]]} {routes[route[any_member]]} {month[any_member]}"
        results.append(distribution(key, [delay[member] for member in members], rounds))
    return results
