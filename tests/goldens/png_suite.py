"""Checksums of PNGs' pixels, for framework/codec/corpus_test.cc.

Made with Pillow 13.0; to make them again, from the top folder:

    pip install pillow==13.0.0
    TOQUE_DATA=FOLDER python3 tests/goldens/png_suite.py \
        > framework/codec/png_suite_golden.txt

A line: a file below malformed-images/rs-png and the CRC-32 of its R, G and B.
Files of 16 bits are left out: Pillow cuts their lower bits off; and those whose
name begins with x, which are broken.
"""

import os
import zlib

from PIL import Image

FOLDER = os.path.join(os.environ["TOQUE_DATA"], "malformed-images", "rs-png")
BITS_AT = 24  # of the header


def golden(path):
    with open(path, "rb") as file:
        head = file.read(BITS_AT + 1)
    if (not path.endswith(".png") or os.path.basename(path).startswith("x")
            or head[BITS_AT:] == b"\x10"):
        return
    try:
        # Alpha is dropped, never blended.
        pixels = Image.open(path).convert("RGB").tobytes()
    except (OSError, SyntaxError, ValueError):
        return
    print(os.path.relpath(path, FOLDER), zlib.crc32(pixels))


for folder, _, files in sorted(os.walk(FOLDER)):
    for name in sorted(files):
        golden(os.path.join(folder, name))
