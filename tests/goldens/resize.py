"""Prints what Pillow, and PyTorch without antialiasing, make of a picture of
other sizes.

The picture has H x W pixels whose channel c is (13 y + 7 x + 50 c + (x y) % 97 +
90 ((x / 3 + y / 2) % 2)) % 256. A line: filter, antialias, H, W, the box (top,
left, height, width) that is resized, the size it gets, and the bytes [height,
width, 3] in hexadecimal. Regenerate with Pillow 12 and torch 2.11 (from 13 on
Pillow sometimes goes down the columns first, and cuts what a cubic overshoots
at another place):

  python3 tests/goldens/resize.py > framework/image/resize_golden.txt
"""
import numpy
import torch
from PIL import Image

FILTERS = {"bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC,
           "nearest": Image.NEAREST}
# Source, box, size.
CASES = [
    ((17, 23), (0, 0, 17, 23), (5, 7)),
    ((17, 23), (0, 0, 17, 23), (34, 46)),
    ((17, 23), (0, 0, 17, 23), (16, 24)),
    ((17, 23), (3, 5, 9, 11), (13, 8)),
    ((17, 23), (2, 1, 1, 1), (4, 5)),
    ((17, 23), (0, 4, 17, 2), (3, 9)),
    ((1, 63), (0, 0, 1, 63), (3, 20)),
    ((64, 1), (0, 0, 64, 1), (9, 1)),
    ((90, 120), (0, 0, 90, 120), (7, 5)),
    ((90, 120), (11, 20, 71, 83), (20, 24)),
    ((90, 120), (0, 0, 90, 120), (1, 1)),
]


def picture(height, width):
    y, x, c = numpy.meshgrid(numpy.arange(height), numpy.arange(width),
                             numpy.arange(3), indexing="ij")
    levels = 13 * y + 7 * x + 50 * c + (x * y) % 97
    levels += 90 * ((x // 3 + y // 2) % 2)
    return (levels % 256).astype(numpy.uint8)


def row(name, antialias, size, box, to, levels):
    print(name, int(antialias), *size, *box, *to, levels.tobytes().hex())


for size, box, to in CASES:
    top, left, height, width = box
    part = picture(*size)[top:top + height, left:left + width]
    for name, method in FILTERS.items():
        resized = Image.fromarray(part).resize((to[1], to[0]), method)
        row(name, True, size, box, to, numpy.asarray(resized))
    values = torch.from_numpy(part.copy()).permute(2, 0, 1)[None].float()
    resized = torch.nn.functional.interpolate(values, to, mode="bilinear")
    levels = resized[0].permute(1, 2, 0).round().byte().contiguous().numpy()
    row("bilinear", False, size, box, to, levels)
