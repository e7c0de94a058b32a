"""Frames of clips: Toque against the video libraries of Python, CPU time.

    tools/bazel build //tests/benchmarks:video
    python tests/benchmarks/peers/video.py --install=FOLDER
    FOLDER/bin/python tests/benchmarks/peers/video.py --data=$TOQUE_DATA \\
        --program=bazel-bin/tests/benchmarks/video
    FOLDER/bin/python tests/benchmarks/peers/video.py --check --data=...

--install makes a virtual environment, outside of the tree, with the peers of
video_peers.py from PyPI; torchcodec also wants FFmpeg's shared libraries.
Every contender is a process of its own on one thread; one works at a time, in
turn, since the speed of a machine drifts. All of them open the same clips and
take the same K frames, one at a random place in each of K equal segments (TSN),
as RGB of the clip's own size. Toque's indexes have been made before. Prints
milliseconds of CPU time per clip, by group of clips and K, least and median of
the rounds, and how many times as long as Toque each takes at its best, as
geometric mean over all groups and K of which it delivered all clips.

--check compares every frame that is taken with a plain decode by PyAV instead.
The packed forms are compared by their bytes, too.
"""

import argparse
import collections
import json
import math
import os
import pathlib
import random
import re
import statistics
import subprocess
import sys
import tempfile
import venv

import video_peers
from workers import Worker, cpu_seconds

OURS = {"toque": "file", "toque, packed": "packed",
        "toque, short groups": "short", "toque, JPEG": "jpeg",
        "toque, open alone": "open"}
LARGE = ("h264 444 720p", "h264 1080p", "vp9 720p webm")  # with K = 8 alone

Request = collections.namedtuple("Request", "group path frames")


def install(folder):
    venv.create(folder, with_pip=True)
    python = os.path.join(folder, "bin", "python")
    for package in video_peers.PACKAGES:
        done = subprocess.run(
            [python, "-m", "pip", "install", "--quiet", *package.split()])
        if done.returncode != 0:
            print(f"{package}: can't be installed, left out")


def requests_of(folder):
    """The same ones in every round and for every contender."""
    requests = []
    for group, clips in video_peers.groups_of(folder).items():
        for count in (3, 8, 25):
            if group in LARGE and count != 8:
                continue
            for path, frames in clips:
                if frames < count:
                    continue
                draw = random.Random(f"{os.path.basename(path)} {count}")
                segment = frames / count
                numbers = [min(frames - 1, int(segment * (i + draw.random())))
                           for i in range(count)]
                requests.append(Request(f"{group} K={count}", path, numbers))
    return requests


def write_requests(requests, file):
    for one in requests:
        numbers = " ".join(str(number) for number in one.frames)
        file.write(f"{one.group}\t{one.path}\t{numbers}\n")
    file.flush()


def read_requests(path):
    requests = []
    for line in pathlib.Path(path).read_text().splitlines():
        group, clip, numbers = line.split("\t")
        requests.append(
            Request(group, clip, [int(one) for one in numbers.split()]))
    return requests


def serve_all(take, requests):
    """{group: [clips delivered, seconds]}; what fails is not delivered."""
    sums = {}
    for one in requests:
        done = sums.setdefault(one.group, [0, 0.0])
        start = cpu_seconds()
        try:
            done[0] += len(take(one.path, one.frames)) == len(one.frames)
        except Exception:  # whatever a library throws for a clip
            pass
        done[1] += cpu_seconds() - start
    return sums


def serve(name, request_file):
    """A peer's process: serves all requests for each line read."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # what libraries print is no answer
    requests = read_requests(request_file)
    take = video_peers.PEERS[name]
    try:
        take(requests[0].path, requests[0].frames)
    except ImportError as error:
        answers.write(json.dumps({"error": str(error)[:200]}) + "\n")
        return
    serve_all(take, requests)
    answers.write(json.dumps({"ready": 1}) + "\n")
    for _ in sys.stdin:
        answers.write(json.dumps(serve_all(take, requests)) + "\n")


def start_all(options, request_file):
    commands = {name: [options.program, mode, request_file,
                       options.index_folder]
                for name, mode in OURS.items() if options.program}
    for name in video_peers.PEERS:
        commands[name] = [sys.executable, __file__, "--serve", name,
                          "--requests", request_file]
    workers = {}
    for name, command in commands.items():
        if not re.search(options.only, name):
            continue
        worker = Worker(command)
        first = worker.answer()
        if "error" in first:
            print(f"{name}: skipped: {first['error']}", flush=True)
        else:
            workers[name] = worker
    return workers


def race(options, request_file):
    workers = start_all(options, request_file)
    for _ in range(options.rounds):
        for name in list(workers):
            result = workers[name].work()
            if "error" in result:
                print(f"{name}: {result['error']}", flush=True)
                del workers[name]
            else:
                workers[name].results.append(result)
    for worker in workers.values():
        worker.end()
    return {name: worker.results for name, worker in workers.items()}


def milliseconds(results, group, clips):
    """Of each round, or None unless every clip was delivered."""
    if any(one[group][0] < clips for one in results):
        return None
    return [1e3 * one[group][1] / clips for one in results]


def report(requests, results):
    clips = collections.Counter(one.group for one in requests)
    ratios = collections.defaultdict(list)
    for group, count in clips.items():
        print(f"\n{group}, {count} clips: CPU ms per clip, least and median")
        times = {name: milliseconds(rounds, group, count)
                 for name, rounds in results.items()}
        for name, found in times.items():
            if not found:
                print(f"    {name:28} not all clips delivered")
                continue
            text = (f"    {name:28}{min(found):10.2f}"
                    f"{statistics.median(found):10.2f}")
            if times.get("toque"):
                ratios[name].append(min(found) / min(times["toque"]))
                text += f"{ratios[name][-1]:9.2f} x toque"
            print(text, flush=True)
    print("\nas long as toque: geometric mean, least, number of groups")
    for name, values in ratios.items():
        mean = math.exp(statistics.mean(math.log(value) for value in values))
        print(f"{name:32}{mean:8.2f}{min(values):8.2f}{len(values):6}")


def check(options, requests, request_file):
    """Counts, for each contender, the frames that are as they should be."""
    names = [name for name in video_peers.PEERS
             if re.search(options.only, name)]
    equal = collections.Counter()
    lines = []
    if options.program:
        done = subprocess.run(
            [options.program, "hash", request_file, options.index_folder],
            check=True, stdout=subprocess.PIPE, text=True)
        lines = done.stdout.splitlines()
    for number, one in enumerate(requests):
        plain = [video_peers.hash_of(frame)
                 for frame in video_peers.plain(one.path, one.frames)]
        equal["all"] += len(plain)
        if lines:
            found = lines[number].split()
            equal["toque"] += sum(a == b for a, b in zip(found, plain))
        for name in names:
            try:
                found = video_peers.PEERS[name](one.path, one.frames)
                equal[name] += sum(video_peers.hash_of(a) == b
                                   for a, b in zip(found, plain))
            except Exception as error:  # whatever a library throws
                reason = str(error).splitlines()[0][:80]
                print(f"{name}: {os.path.basename(one.path)}: {reason}")
    for name in ["toque", *names]:
        print(f"{name:32}{equal[name]:6} of {equal['all']} frames are equal")


def report_sizes(options, requests, request_file):
    done = subprocess.run(
        [options.program, "sizes", request_file, options.index_folder],
        check=True, stdout=subprocess.PIPE, text=True)
    sums = collections.Counter()
    for line in done.stdout.splitlines():
        mode, _, size = line.split("\t")
        sums[mode] += int(size)
    files = sum(os.path.getsize(path)
                for path in {one.path for one in requests})
    for mode, size in sums.items():
        print(f"{mode:32}{size / files:8.3f} x the files' bytes")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--install", metavar="FOLDER")
    parser.add_argument("--data", metavar="FOLDER",
                        help="with ucf101-6 and video-variety")
    parser.add_argument("--program", help="bazel-bin/tests/benchmarks/video")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="a regular expression")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--sizes", action="store_true",
                        help="of the packed forms")
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    parser.add_argument("--requests", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.install:
        return install(options.install)
    if options.serve:
        return serve(options.serve, options.requests)
    if not options.data:
        parser.error("--data must be given")
    requests = requests_of(options.data)
    with (tempfile.NamedTemporaryFile("w", suffix=".txt") as file,
          tempfile.TemporaryDirectory() as options.index_folder):
        write_requests(requests, file)
        if options.check:
            check(options, requests, file.name)
        elif options.sizes:
            report_sizes(options, requests, file.name)
        else:
            report(requests, race(options, file.name))


if __name__ == "__main__":
    main()
