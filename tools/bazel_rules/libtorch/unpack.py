"""Unpacks what a build needs of LibTorch's wheels.

unpack.py OUT cpu|cuda FOLDER_OF_WHEELS
"""
import glob
import os
import re
import shutil
import sys
import zipfile

CPU_LIBS = {
    "libc10.so", "libtorch_cpu.so", "libgomp.so.1", "libcudart.so.13",
    "libcupti.so.13",
}
CUDA_SKIP = {
    "libtorch_python.so", "libshm.so", "libcheckpoint.so",
    "libnvperf_host.so", "libnvperf_target.so", "libpcsamplingutil.so",
    "libcufile_rdma.so.1",
}
HEADER = re.compile(
    r"torch/include/((ATen|c10|torch|caffe2|fmt|kineto)/.*\.(h|hpp))$")
# These 2,800 files serve ATen's own kernels.
OPS_SKIP = re.compile(
    r"torch/include/ATen/ops/.*_(cpu|cuda|meta|composite[a-z]*)_dispatch\.h$")
LIBRARY = re.compile(r"(torch|nvidia/[^/]+)/lib/([^/]+\.so(\.\d+)*)$")
CUDA_HEADER = re.compile(r"nvidia/[^/]+/include/(.*[^/])$")
LICENSE = re.compile(
    r"[^/]+\.dist-info/(licenses/)?(LICENSE|License|NOTICE)[^/]*$")


def target(member, cuda):
    """Where a wheel's member goes below OUT; None where it isn't needed."""
    if OPS_SKIP.match(member):
        return None
    if match := HEADER.match(member):
        return "include/" + match[1]
    if match := LIBRARY.match(member):
        # One flat folder: every library has $ORIGIN in its rpath.
        wanted = match[2] in CPU_LIBS or (cuda and match[2] not in CUDA_SKIP)
        return "lib/" + match[2] if wanted else None
    if cuda and (match := CUDA_HEADER.match(member)):
        return "cuda_include/" + match[1]
    if LICENSE.match(member):
        return "licenses/" + member
    return None


def main():
    out, cuda, wheels = sys.argv[1], sys.argv[2] == "cuda", sys.argv[3]
    for wheel in sorted(glob.glob(os.path.join(wheels, "*.whl"))):
        with zipfile.ZipFile(wheel) as archive:
            for member in archive.namelist():
                place = target(member, cuda)
                if place is None:
                    continue
                path = os.path.join(out, place)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with archive.open(member) as src, open(path, "wb") as dst:
                    shutil.copyfileobj(src, dst, 1 << 22)
                if place.startswith("lib/"):
                    os.chmod(path, 0o755)


main()
