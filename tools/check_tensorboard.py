#!/usr/bin/env python3
"""Reads a run's curves with the real TensorBoard and compares them.

check_tensorboard.py RUN_FOLDER

The run had the hook recipe.TensorBoard. Every value of metrics.jsonl must be
found under its name at its step, as a float32, and nothing else. Needs the
package tensorboard (pip install tensorboard); a test tool, no test.
"""

import json
import math
import os
import struct
import sys

from tensorboard.backend.event_processing.event_accumulator import (
    EventAccumulator)


def as_float32(value):
    """What an event holds of a number; null in JSON is one not finite."""
    if value is None:
        return None
    return struct.unpack("f", struct.pack("f", value))[0]


def logged(folder):
    """{(tag, step): value} of metrics.jsonl."""
    values = {}
    with open(os.path.join(folder, "metrics.jsonl"), encoding="utf-8") as file:
        for text in file:
            line = json.loads(text)
            step = line.pop("step")
            line.pop("epoch")
            for tag, value in line.items():
                values[tag, step] = as_float32(value)
    return values


def shown(folder):
    """The same as TensorBoard reads it."""
    curves = EventAccumulator(os.path.join(folder, "tensorboard"),
                              size_guidance={"scalars": 0})
    curves.Reload()
    values = {}
    for tag in curves.Tags()["scalars"]:
        for event in curves.Scalars(tag):
            finite = math.isfinite(event.value)
            values[tag, event.step] = event.value if finite else None
    return values


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    expected, found = logged(sys.argv[1]), shown(sys.argv[1])
    for key in sorted(expected.keys() | found.keys()):
        if expected.get(key, "nothing") != found.get(key, "nothing"):
            print("%s at step %d: logged %s, shown %s" % (
                *key, expected.get(key, "nothing"), found.get(key, "nothing")))
    tags = {tag for tag, _ in found}
    print("%d values of %d tags" % (len(found), len(tags)))
    sys.exit(0 if found and expected == found else 1)


main()
