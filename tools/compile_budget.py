#!/usr/bin/env python3
"""Tells what each plugin costs to compile, from a profile of Bazel.

compile_budget.py PROFILE [--budget=SECONDS] [--most=N]

PROFILE is what `--profile` wrote, as JSON, gzipped or not:

  tools/bazel build --disk_cache= --profile=/tmp/profile.gz //...

Prints the N (10) plugins that took longest: their own source, options and test,
without what they link. Fails where one is over the budget, or where nothing was
compiled: what comes from a cache costs nothing and is counted apart.
"""
import argparse
import bisect
import collections
import gzip
import json
import re
import sys

COMPILING = "Compiling "
PLUGIN = re.compile(r"(?:^|/)((?:models|datasets|plugins/[a-z_]+)/[^/]+)/")

Compile = collections.namedtuple("Compile", "path seconds")


def read_events(path):
    """The finished events of a profile."""
    with open(path, "rb") as file:
        data = file.read()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    return [e for e in json.loads(data)["traceEvents"] if "dur" in e]


def processes(events):
    """By thread, the sorted (start, duration) of its compilers, in seconds."""
    spans = collections.defaultdict(list)
    for event in events:
        # Within the action, without what it waited for before.
        if event["name"] == "CppCompile" and "wall time" in event["cat"]:
            spans[event["tid"]].append((event["ts"] / 1e6, event["dur"] / 1e6))
    for each in spans.values():
        each.sort()
    return spans


def compiles(events):
    """Every file that was to be compiled; None for seconds if it was cached."""
    spans = processes(events)
    for event in events:
        if event["cat"] != "action processing":
            continue
        if not event["name"].startswith(COMPILING):
            continue
        begin, end = event["ts"] / 1e6, (event["ts"] + event["dur"]) / 1e6
        own = spans[event["tid"]]
        i = bisect.bisect_left(own, (begin,))
        ran = i < len(own) and own[i][0] < end
        yield Compile(event["name"][len(COMPILING):],
                      own[i][1] if ran else None)


def by_plugin(done):
    """Seconds and files of each plugin, the dearest first."""
    files = collections.defaultdict(list)
    for each in done:
        match = PLUGIN.search(each.path)
        if match:
            files[match[1]].append(each)
    rows = [(sum(each.seconds for each in own), folder, own)
            for folder, own in files.items()]
    return sorted(rows, key=lambda row: (-row[0], row[1]))


def show(rows, most):
    for seconds, folder, own in rows[:most]:
        dearest = max(own, key=lambda each: each.seconds)
        print("%6.1f s  %s  (%d files, %s %.1f s)" % (
            seconds, folder, len(own), dearest.path.rpartition("/")[2],
            dearest.seconds))


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("profile", metavar="PROFILE")
    parser.add_argument("--budget", type=float, metavar="SECONDS")
    parser.add_argument("--most", type=int, default=10, metavar="N")
    return parser.parse_args()


def main():
    options = arguments()
    try:
        every = list(compiles(read_events(options.profile)))
    except (OSError, EOFError, ValueError, KeyError) as error:
        sys.exit("%s must be a whole profile of Bazel, got %s" % (
            options.profile, error))
    done = [each for each in every if each.seconds is not None]
    rows = by_plugin(done)
    show(rows, options.most)
    print("%d plugins %.1f s, all %d files %.1f s, %d more from a cache" % (
        len(rows), sum(row[0] for row in rows), len(done),
        sum(each.seconds for each in done), len(every) - len(done)))
    if not rows:
        sys.exit("no plugin was compiled; build with --disk_cache= after "
                 "tools/bazel clean")
    over = [row for row in rows if options.budget and row[0] > options.budget]
    for seconds, folder, _ in over:
        print("OVER %s must compile in at most %g s, got %.1f" % (
            folder, options.budget, seconds))
    sys.exit(1 if over else 0)


if __name__ == "__main__":
    main()
