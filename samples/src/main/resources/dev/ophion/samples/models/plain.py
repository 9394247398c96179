"""The run in a single process, after delays.py and plot.py: CSV on stdin, a line per carrier.

It reads and codes the text by itself, so that it checks Java's columns too. Its arguments are the
number of trees and, for the plot, a path.
"""

import sys


def main(trees, path=None):
    table = pd.read_csv(sys.stdin, keep_default_na=False)
    carrier, names = pd.factorize(table["carrier"])
    route, routes = pd.factorize(table["origin"] + "-" + table["dest"])
    delay = table["dep_delay"].replace("NA", CANCELLED).astype(np.int16)
    flights = prepare(carrier, route, table["month"].to_numpy(), delay.to_numpy(), routes)
    order = np.argsort(-np.bincount(carrier), kind="stable")
    results = [fit(flights, code, trees) for code in order]
    for code, (numbers, _, _) in zip(order, results):
        print(names[code], *map(repr, numbers[:-1]), numbers[-1])
    if path is not None:
        numbers, predicted, true = zip(*results)
        draw(path, names[order], numbers, predicted, true)


main(int(sys.argv[1]), *sys.argv[2:])
