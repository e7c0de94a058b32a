"""Pictures: Toque against the image libraries of Python, CPU time per picture.

    tools/bazel build //tests/benchmarks:images
    python tests/benchmarks/peers/images.py --install=FOLDER
    FOLDER/bin/python tests/benchmarks/peers/images.py \\
        --pictures=$TOQUE_DATA/imagenet-sample \\
        --program=bazel-bin/tests/benchmarks/images
    FOLDER/bin/python tests/benchmarks/peers/images.py --check --pictures=...

--install makes a virtual environment, outside of the tree, with the peers of
image_peers.py from PyPI; what can't be installed there is left out and named.
Every contender is a process of its own on one thread; one works at a time, in
turn, since the speed of a machine drifts. All of them read the files before and
cut the same rectangles, those that torchvision draws from a fixed seed, DALI
apart, which draws its own. Prints microseconds of CPU time per picture, least
and median of the rounds, and each in relation to the floor of its path:
libjpeg-turbo's decoding of no more than the rectangles.
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
import venv

import image_peers
from workers import Worker, cpu_seconds

SETS = 6  # of rectangles, which rounds take turns in
OURS = {
    "train": {"floor": "floor_train", "toque float": "train_f32",
              "toque uint8": "train_u8",
              "toque float, cached": "cached_train_f32",
              "toque uint8, cached": "cached_train_u8"},
    "eval": {"floor": "floor_eval", "toque float": "eval_f32",
             "toque float, cached": "cached_eval_f32"},
}


def install(folder):
    venv.create(folder, with_pip=True)
    python = os.path.join(folder, "bin", "python")
    for package in image_peers.PACKAGES:
        done = subprocess.run(
            [python, "-m", "pip", "install", "--quiet", *package.split()])
        if done.returncode != 0:
            print(f"{package}: can't be installed, left out")


def picture_paths(folder):
    paths = sorted(str(path.absolute())
                   for path in pathlib.Path(folder).rglob("*")
                   if path.suffix.lower() in (".jpeg", ".jpg"))
    if not paths:
        sys.exit(f"--pictures must hold JPEG files, got {folder}")
    return paths


def draw_rectangles(paths):
    """{path: [(x, y, width, height)] * SETS}, from a fixed seed."""
    import torch
    from PIL import Image
    from torchvision.transforms import RandomResizedCrop
    rectangles = {path: [] for path in paths}
    for number in range(SETS):
        torch.manual_seed(number)
        for path in paths:
            width, height = Image.open(path).size
            top, left, rows, columns = RandomResizedCrop.get_params(
                torch.empty(1, height, width), [0.08, 1.0], [3 / 4, 4 / 3])
            rectangles[path].append((left, top, columns, rows))
    return rectangles


def write_rectangles(rectangles, file):
    for path, sets in rectangles.items():
        numbers = " ".join(str(number) for one in sets for number in one)
        file.write(f"{path}\t{numbers}\n")
    file.flush()


def read_rectangles(path):
    rectangles = {}
    for line in pathlib.Path(path).read_text().splitlines():
        name, numbers = line.split("\t")
        values = [int(number) for number in numbers.split()]
        rectangles[name] = [tuple(values[i:i + 4])
                            for i in range(0, len(values), 4)]
    return rectangles


def serve(name, rectangle_file):
    """A peer's process: a pass for each line read, a number of rectangles."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what libraries print is no answer
    try:
        run = image_peers.PEERS[name].make(read_rectangles(rectangle_file))
        run(0)
    except Exception as error:  # whatever keeps it from working here
        reason = f"{type(error).__name__}: {error}".splitlines()[0]
        answers.write(json.dumps({"error": reason[:200]}) + "\n")
        return
    answers.write(json.dumps({"ready": 1}) + "\n")
    for line in sys.stdin:
        wall, cpu = time.perf_counter(), cpu_seconds()
        count = run(int(line))
        answers.write(json.dumps({
            "n": count, "cpu": cpu_seconds() - cpu,
            "wall": time.perf_counter() - wall}) + "\n")


def commands(options, path, rectangle_file):
    """{name: command line} of the contenders of "train" or "eval"."""
    found = {}
    if options.program:
        for name, mode in OURS[path].items():
            found[name] = [options.program, mode, rectangle_file]
    for name, peer in image_peers.PEERS.items():
        if peer.path == path:
            found[name] = [sys.executable, __file__, "--serve", name,
                           "--rectangles", rectangle_file]
    return {name: command for name, command in found.items()
            if re.search(options.only, name)}


def start_all(found):
    workers = {}
    for name, command in found.items():
        try:
            worker = Worker(command)
            first = worker.answer()
        except OSError as error:
            first = {"error": str(error)}
        if "error" in first:
            print(f"{name}: skipped: {first['error']}", flush=True)
        else:
            workers[name] = worker
    return workers


def race(options, path, rectangle_file):
    workers = start_all(commands(options, path, rectangle_file))
    for number in range(options.rounds + 1):
        for name in list(workers):
            result = workers[name].work(number)
            if "error" in result:
                print(f"{name}: {result['error']}", flush=True)
                del workers[name]
            elif number > 0:  # the first warms up
                workers[name].results.append(
                    1e6 * result["cpu"] / result["n"])
    for worker in workers.values():
        worker.end()
    return {name: worker.results for name, worker in workers.items()}


def report(path, results):
    print(f"\n{path}: CPU microseconds per picture, least and median")
    floor = results.get("floor")
    for name, times in results.items():
        text = f"{name:34}{min(times):9.1f}{statistics.median(times):9.1f}"
        if floor:
            ratio = statistics.median(
                one / least for one, least in zip(times, floor))
            text += f"{ratio:8.3f} x floor"
        print(text, flush=True)


def check_ours(program, rectangles):
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        write_rectangles(rectangles, file)
        done = subprocess.run([program, "dump", file.name], check=True,
                              stdout=subprocess.PIPE)
    return image_peers.differences(image_peers.crops_of(done.stdout),
                                   rectangles)


def check(options, rectangles):
    """The same rectangles through every decoder and resizer, against Pillow."""
    paths = list(rectangles)[:options.check_pictures]
    rectangles = {path: rectangles[path] for path in paths}
    found = {}
    if options.program:
        found["toque"] = lambda: check_ours(options.program, rectangles)
    for name, peer in image_peers.PEERS.items():
        if peer.crop is not None:
            found[name] = lambda crop=peer.crop: image_peers.differences(
                crop, rectangles)
    print("difference to Pillow's antialiased bilinear, levels of 255")
    for name, compare in found.items():
        if not re.search(options.only, name):
            continue
        try:
            means, greatest = compare()
            print(f"{name:34} mean {statistics.mean(means):.3f}  "
                  f"most {greatest:.0f}", flush=True)
        except Exception as error:  # as in serve
            print(f"{name}: skipped: {type(error).__name__}: {error}")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--install", metavar="FOLDER")
    parser.add_argument("--pictures", metavar="FOLDER")
    parser.add_argument("--program", help="bazel-bin/tests/benchmarks/images")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="a regular expression")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--check_pictures", type=int, default=50)
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    parser.add_argument("--rectangles", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.install:
        return install(options.install)
    if options.serve:
        return serve(options.serve, options.rectangles)
    if not options.pictures:
        parser.error("--pictures must be given")
    rectangles = draw_rectangles(picture_paths(options.pictures))
    if options.check:
        return check(options, rectangles)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        write_rectangles(rectangles, file)
        for path in ("train", "eval"):
            report(path, race(options, path, file.name))


if __name__ == "__main__":
    main()
