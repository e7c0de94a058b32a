"""Training on the CPU: Toque against PyTorch in both memory formats.

    pip install torch==2.11.0 torchvision==0.26.0
    tools/bazel build //tests/benchmarks:cpu_training
    python tests/benchmarks/peers/cpu_training.py bazel-bin/tests/benchmarks/cpu_training

Every contender is a process of its own; one works at a time, in turn, since the
speed of a machine drifts. Prints images a second, by CPU and by wall time, and
the ratio to PyTorch's better format, round by round.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time

from workers import cpu_seconds

STEPS = {"convnet": 60, "resnet18": 8, "vgg16": 3}


def build(net):
    import torch
    import torchvision
    nn = torch.nn
    if net == "convnet":
        return nn.Sequential(
            nn.Conv2d(1, 16, 5, padding=2), nn.BatchNorm2d(16), nn.ReLU(),
            nn.MaxPool2d(2), nn.Conv2d(16, 32, 5, padding=2),
            nn.BatchNorm2d(32), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
            nn.Linear(1568, 10))
    if net == "resnet18":
        return torchvision.models.resnet18(num_classes=10)
    features = torchvision.models.vgg16_bn().features
    return nn.Sequential(features, nn.Flatten(), nn.Linear(512, 10))


def serve(net, layout, threads):
    """PyTorch's side: as many steps as each line says."""
    import torch
    torch.set_num_threads(threads)
    shape = (64, 1, 28, 28) if net == "convnet" else (64, 3, 32, 32)
    model, images = build(net).train(), torch.randn(shape)
    labels = torch.randint(10, (64,))
    if layout == "channels_last":
        model = model.to(memory_format=torch.channels_last)
        images = images.to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)

    def step():
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()

    step()
    print(json.dumps({"ready": 1}), flush=True)
    for line in sys.stdin:
        wall, cpu = time.perf_counter(), cpu_seconds()
        for _ in range(int(line)):
            step()
        print(json.dumps({"n": int(line) * 64, "cpu": cpu_seconds() - cpu,
                          "wall": time.perf_counter() - wall}), flush=True)


def start(command, threads):
    environment = dict(os.environ, OMP_NUM_THREADS=str(threads))
    worker = subprocess.Popen(command, stdin=subprocess.PIPE, text=True,
                              stdout=subprocess.PIPE, env=environment)
    assert json.loads(worker.stdout.readline())["ready"]
    return worker


def work(worker, steps):
    worker.stdin.write(f"{steps}\n")
    worker.stdin.flush()
    return json.loads(worker.stdout.readline())


def compare(net, program, threads, rounds):
    own = [sys.executable, __file__, "--serve", net, "--threads", str(threads)]
    workers = {
        "ours": start([program, f"--net={net}",
                       f"--more=compute_threads: {threads}"], threads),
        "torch": start(own + ["--layout=contiguous"], threads),
        "torch_last": start(own + ["--layout=channels_last"], threads),
    }
    seen = {name: [] for name in workers}
    for turn in range(rounds + 1):
        for name, worker in workers.items():
            result = work(worker, STEPS[net])
            if turn > 0:  # the first warms up
                seen[name].append(result)
    for worker in workers.values():
        worker.stdin.close()
        worker.wait()
    for kind in ("cpu", "wall"):
        rates = {name: [r["n"] / r[kind] for r in results]
                 for name, results in seen.items()}
        ratios = [ours / max(a, b) for ours, a, b in
                  zip(rates["ours"], rates["torch"], rates["torch_last"])]
        best = (max(rates["ours"]) /
                max(rates["torch"] + rates["torch_last"]))
        print(f"{net} {threads} threads, images per {kind} second:",
              ", ".join(f"{name} {statistics.median(rate):.0f}"
                        for name, rate in rates.items()),
              f"ratio median {statistics.median(ratios):.3f} best {best:.3f}",
              flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("program", nargs="?")
    parser.add_argument("--nets", default="convnet,resnet18,vgg16")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--serve")
    parser.add_argument("--layout", default="contiguous")
    options = parser.parse_args()
    if options.serve:
        return serve(options.serve, options.layout, options.threads)
    for net in options.nets.split(","):
        compare(net, options.program, options.threads, options.rounds)


if __name__ == "__main__":
    main()
