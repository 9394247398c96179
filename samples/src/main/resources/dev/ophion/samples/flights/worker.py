"""The side of the flights sample that runs in each interpreter, after columns.py and distribution.py."""


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
