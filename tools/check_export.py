#!/usr/bin/env python3
"""Runs what tools/export has written and compares the outputs with Toque's.

check_export.py FOLDER...

Each folder holds example.safetensors and net.py, net.onnx or both. Every output
must be within 1e-4 of the greatest in the batch, for the whole batch and for
its first example alone, which a net that normalises by the batch can't be. What
the files know of classes and transforms is printed. Needs numpy and
safetensors, torch for net.py and onnxruntime for net.onnx (pip install); a test
tool, no test.
"""

import importlib.util
import json
import os
import sys

import numpy
from safetensors.numpy import load_file

TOLERANCE = 1e-4


def describe(classes, transforms):
    """What a file says of its net, in a line."""
    parts = transforms.count("\n  transform {")
    return "%d class names, %s" % (
        len(classes), "%d transforms" % parts if transforms else
        "transforms not known")


def python_net(folder):
    """The net of net.py as a function of arrays, and what is known of it."""
    import safetensors.torch
    import torch
    spec = importlib.util.spec_from_file_location(
        "net", os.path.join(folder, "net.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    net = module.Net()
    net.load_state_dict(
        safetensors.torch.load_file(os.path.join(folder, "net.safetensors")))
    net.eval()

    def run(array):
        with torch.no_grad():
            return net(torch.from_numpy(array)).numpy()

    return run, describe(module.CLASSES, module.TRANSFORMS)


def onnx_net(folder):
    """The net of net.onnx as a function of arrays, and what is known of it."""
    import onnxruntime
    session = onnxruntime.InferenceSession(
        os.path.join(folder, "net.onnx"), providers=["CPUExecutionProvider"])
    known = session.get_modelmeta().custom_metadata_map
    return (lambda array: session.run(["output"], {"input": array})[0],
            describe(json.loads(known.get("classes", "[]")),
                     known.get("transforms", "")))


def check(name, net, known, example):
    """Whether the net gives the example's output; prints how far it is off."""
    expected = example["output"]
    scale = numpy.abs(expected).max() or 1.0  # a head may begin at zero
    off = 0.0
    for count in (len(expected), 1):
        output = net(example["input"][:count])
        if output.shape != expected[:count].shape:
            print("%s: shape %s, not %s" % (
                name, output.shape, expected[:count].shape))
            return False
        off = max(off, numpy.abs(output - expected[:count]).max() / scale)
    print("%s: off by %.1e; %s" % (name, off, known))
    return bool(off <= TOLERANCE)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    right = []
    for folder in sys.argv[1:]:
        example = load_file(os.path.join(folder, "example.safetensors"))
        for name, load in (("net.py", python_net), ("net.onnx", onnx_net)):
            path = os.path.join(folder, name)
            if os.path.exists(path):
                right.append(check(path, *load(folder), example))
    sys.exit(0 if right and all(right) else 1)


main()
