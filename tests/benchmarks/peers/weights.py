"""Weights of VGG-16's size into a model: ours against Python's, in one run.

    tools/bazel build -c opt //tests/benchmarks:weights
    python3 tests/benchmarks/peers/weights.py \
        bazel-bin/tests/benchmarks/weights [--rounds 9] [--folder /tmp]

Needs torch and safetensors from PyPI and 1.1 GB in the folder. Ours runs in a
process of its own, which loads a file whenever it is asked to; rounds
alternate. Each load reads a file, which is in the page cache, and copies it
into the tensors of a model; Python's are also timed without the copy. Sums over
the model are compared.
"""

import argparse
import os
import statistics
import subprocess
import time

import torch
from safetensors.torch import load_file, save_file


def vgg16():
    """The state dict of torchvision's vgg16, 138,357,544 elements."""
    state = {}
    channels, index = 3, 0
    for out in [64, 64, 0, 128, 128, 0, 256, 256, 256, 0] + [512] * 3 + \
            [0] + [512] * 3 + [0]:
        if out == 0:
            index += 1
            continue
        state["features.%d.weight" % index] = torch.randn(out, channels, 3, 3)
        state["features.%d.bias" % index] = torch.randn(out)
        channels, index = out, index + 2
    for index, out, size in [(0, 4096, 25088), (3, 4096, 4096),
                             (6, 1000, 4096)]:
        state["classifier.%d.weight" % index] = torch.randn(out, size)
        state["classifier.%d.bias" % index] = torch.randn(out)
    return state


def into(model, load):
    """Seconds of a load, and of a load and a copy."""
    start = time.perf_counter()
    state = load()
    loaded = time.perf_counter()
    for name, tensor in model.items():
        tensor.copy_(state[name])
    return loaded - start, time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ours")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--folder", default="/tmp")
    args = parser.parse_args()
    torch.manual_seed(0)
    model = vgg16()
    safe = os.path.join(args.folder, "vgg16.safetensors")
    pth = os.path.join(args.folder, "vgg16.pth")
    save_file(model, safe)
    torch.save(model, pth)
    total = sum(t.double().sum().item() for t in model.values())

    server = subprocess.Popen([args.ours, safe], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)

    def ours(path):
        server.stdin.write(path + "\n")
        server.stdin.flush()
        seconds, result = map(float, server.stdout.readline().split())
        assert abs(result - total) < 1e-2 * max(1, abs(total)), result
        return seconds, seconds

    contenders = {
        "ours_safetensors": lambda: ours(safe),
        "ours_pth": lambda: ours(pth),
        "python_safetensors": lambda: into(model, lambda: load_file(safe)),
        "torch_load": lambda: into(
            model, lambda: torch.load(pth, weights_only=True)),
        "torch_load_mmap": lambda: into(
            model, lambda: torch.load(pth, weights_only=True, mmap=True)),
    }
    times = {name: [] for name in contenders}
    for _ in range(args.rounds + 1):
        for name, run in contenders.items():
            times[name].append(run())
    for name, values in times.items():
        alone, whole = zip(*values[1:])
        print("result %s %.4g ms" % (name, 1e3 * statistics.median(whole)))
        print("result %s_without_copy %.4g ms" %
              (name, 1e3 * statistics.median(alone)))
    server.stdin.close()
    server.wait()


main()
