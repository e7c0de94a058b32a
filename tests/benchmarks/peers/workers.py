"""Contenders as processes of their own, one thread each, that work in turn."""

import json
import os
import resource
import subprocess

ONE_THREAD = {name: "1" for name in (
    "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")}


def cpu_seconds():
    """Of this process, all of its threads together."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


class Worker:
    """A process that answers each line with a line of JSON."""

    def __init__(self, command):
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            stderr=subprocess.DEVNULL, env=dict(os.environ, **ONE_THREAD))
        self.results = []

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            return {"error": f"ended with status {self.process.wait()}"}
        return json.loads(line)

    def work(self, number=""):
        self.process.stdin.write(f"{number}\n")
        self.process.stdin.flush()
        return self.answer()

    def end(self):
        self.process.stdin.close()
        self.process.wait()
