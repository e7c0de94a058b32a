"""Our optimizers against PyTorch's in Python, its foreach and fused forms.

    tools/bazel build -c opt //tests/benchmarks:optimizers
    python3 tests/benchmarks/peers/optimizers.py \\
        bazel-bin/tests/benchmarks/optimizers [--rounds 9] [--steps 10]

Needs torch from PyPI. Ours runs in a process of its own, which does a
round whenever it is asked to; rounds alternate, and each reports the CPU time
of its own process. What the parameters become is compared before anything
counts.
"""

import argparse
import statistics
import subprocess
import time

import torch
from torch import optim

CASES = {
    "sgd": (optim.SGD, dict(lr=0.01, momentum=0.9, weight_decay=5e-4)),
    "adam": (optim.Adam, {}),
    "adam_w": (optim.AdamW, {}),
    "adagrad": (optim.Adagrad, {}),
}


def resnet18():
    """The shapes of ResNet-18's parameters, as in optimizers.cc."""

    def convolution(out, channels, size):
        return [(out, channels, size, size), (out,), (out,)]

    shapes = convolution(64, 3, 7)
    channels = 64
    for out in (64, 128, 256, 512):
        shapes += convolution(out, channels, 3) + convolution(out, out, 3)
        if channels != out:
            shapes += convolution(out, channels, 1)
        shapes += convolution(out, out, 3) + convolution(out, out, 3)
        channels = out
    return shapes + [(1000, 512), (1000,)]


def spread(first, last, shape):
    return torch.linspace(first, last, torch.Size(shape).numel()).view(shape)


class Python:
    """One of PyTorch's forms."""

    def __init__(self, kind, options, steps):
        self.steps = steps
        self.parameters = []
        for shape in resnet18():
            parameter = spread(-1, 1, shape).requires_grad_(True)
            parameter.grad = spread(-0.5, 1, shape)
            self.parameters.append(parameter)
        self.optimizer = kind(self.parameters, **options)

    def round(self):
        """CPU seconds a step, and the squares of all parameters, added up."""
        begin = time.process_time()
        for _ in range(self.steps):
            self.optimizer.step()
        seconds = (time.process_time() - begin) / self.steps
        with torch.no_grad():
            return seconds, sum(
                x.double().square().sum().item() for x in self.parameters)


class Ours:
    """The benchmark's own process."""

    def __init__(self, server, name):
        self.server, self.name = server, name

    def round(self):
        print(self.name, file=self.server.stdin, flush=True)
        return tuple(map(float, self.server.stdout.readline().split()))


def compare(name, server, rounds, steps):
    kind, options = CASES[name]
    contenders = {
        "ours": Ours(server, name),
        "foreach": Python(kind, dict(options, foreach=True), steps),
        "fused": Python(kind, dict(options, fused=True), steps),
    }
    times = {key: [] for key in contenders}
    for number in range(rounds + 1):
        sums = {}
        for key, contender in contenders.items():
            seconds, sums[key] = contender.round()
            if number > 0:  # the first warms up
                times[key].append(seconds)
        for key, value in sums.items():
            difference = abs(value / sums["ours"] - 1)
            assert difference < 1e-5, (name, key, value, sums["ours"])
    for key, seconds in times.items():
        print("result %s_%s_best %.6g ms/step" % (name, key,
                                                  1e3 * min(seconds)))
        print("result %s_%s_median %.6g ms/step" %
              (name, key, 1e3 * statistics.median(seconds)))
    for key in ("foreach", "fused"):
        ratios = [a / b for a, b in zip(times["ours"], times[key])]
        print("result %s_ratio_to_%s_best %.4g x" %
              (name, key, min(times["ours"]) / min(times[key])))
        print("result %s_ratio_to_%s_median %.4g x" %
              (name, key, statistics.median(ratios)), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("binary")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--steps", type=int, default=10)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    server = subprocess.Popen(
        [arguments.binary, "--serve", "--steps=%d" % arguments.steps,
         "--threads=%d" % arguments.threads],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    for name in CASES:
        compare(name, server, arguments.rounds, arguments.steps)
    server.stdin.close()
    server.wait()


main()
