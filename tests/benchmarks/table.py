"""One row of the table, and what goes into it."""


def quantile(seconds, share):
    return sorted(seconds)[min(len(seconds) - 1, int(len(seconds) * share))]


def row(what, value, bound, note=""):
    print(f"| {what} | {value} | {bound} | {note} |", flush=True)
