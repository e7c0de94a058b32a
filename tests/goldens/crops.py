"""What torchvision draws and cuts, for the tests of cropping transforms.

torchvision 0.26 with Pillow; a minute:

    python3 tests/goldens/crops.py
"""

import math

import torch
from torchvision.transforms import RandomErasing, RandomResizedCrop
from torchvision.transforms import functional as F

DRAWS = 1_000_000
# Bins of the aspect have irrational bounds, so that no ratio of whole numbers
# lies on one.
ASPECT_LOW, ASPECT_HIGH, ASPECT_BINS = 0.7, 1 / 0.7, 11


def aspect_bin(height, width, low, high):
    place = math.log(width / height / low) / math.log(high / low)
    return min(max(int(math.floor(place * ASPECT_BINS)), 0), ASPECT_BINS - 1)


def histograms(name, picture, draw, low, high):
    """Counts of DRAWS regions by area, aspect, top, left, and jointly."""
    height, width = picture
    area, top, left = [0] * 10, [0] * 10, [0] * 10
    aspect, joint = [0] * ASPECT_BINS, [0] * 12
    for _ in range(DRAWS):
        i, j, h, w = draw()
        of_area = min(h * w * 10 // (height * width), 9)
        of_aspect = aspect_bin(h, w, low, high)
        area[of_area] += 1
        aspect[of_aspect] += 1
        top[i * 10 // (height - h + 1)] += 1
        left[j * 10 // (width - w + 1)] += 1
        joint[of_area * 4 // 10 * 3 + of_aspect * 3 // ASPECT_BINS] += 1
    for what, counts in (("area", area), ("aspect", aspect), ("top", top),
                         ("left", left), ("area and aspect", joint)):
        print(name, "%d x %d" % picture, what, counts)


def resized_crops():
    for picture in ((192, 256), (32, 32), (60, 200)):
        image = torch.empty((1, *picture))
        histograms(
            "RandomResizedCrop", picture,
            lambda image=image: RandomResizedCrop.get_params(
                image, [0.08, 1], [3 / 4, 4 / 3]), ASPECT_LOW, ASPECT_HIGH)
    for picture in ((10, 100), (100, 10), (30, 30), (9, 100)):
        image = torch.empty((1, *picture))
        print("fallback", picture,
              RandomResizedCrop.get_params(image, [1, 1], [3 / 4, 4 / 3]))


def erased():
    image = torch.empty((1, 24, 40))
    histograms(
        "RandomErasing", (24, 40), lambda: RandomErasing.get_params(
            image, (0.02, 0.33), (0.3, 3.3), [0.0])[:4], 0.29, 1 / 0.29)


def center_crops():
    """The first row's and column's place of centre crops of an index picture;
    255 is padding."""
    for size in ((4, 4), (5, 4), (4, 5), (9, 3), (3, 12), (12, 13)):
        for picture in ((7, 9), (8, 10), (6, 11)):
            rows = torch.arange(picture[0]).view(1, -1, 1).expand(1, *picture)
            columns = torch.arange(picture[1]).view(1, 1, -1).expand(
                1, *picture)
            index = torch.cat([rows, columns]).to(torch.uint8) + 1
            crop = F.center_crop(index, list(size)).to(torch.int64)
            tops = crop[0].amax(1).tolist()
            lefts = crop[1].amax(0).tolist()
            # Where row 0 of the picture would lie.
            y = next(y for y, v in enumerate(tops) if v)
            x = next(x for x, v in enumerate(lefts) if v)
            print("CenterCrop", picture, size, "top", tops[y] - 1 - y, "left",
                  lefts[x] - 1 - x)


def sizes():
    for size, most in ((256, None), (7, None), (256, 300), (5, 6)):
        for picture in ((375, 500), (500, 375), (333, 500), (1, 1000),
                        (256, 256), (101, 99), (1000, 3)):
            height, width = F._compute_resized_output_size(
                picture, [size], most)
            print("Resize", "size %d max_size %s" % (size, most), picture,
                  (height, width))


def ten_crops():
    index = torch.arange(1, 31).view(1, 5, 6)
    for vertical in (False, True):
        for crop in F.ten_crop(index, [2, 3], vertical):
            print("TenCrop", "vertical" if vertical else "horizontal",
                  crop.flatten().tolist())


def greys():
    from PIL import Image
    values = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255),
              (1, 2, 3), (17, 200, 90), (254, 254, 253), (128, 127, 7)]
    print("Grayscale", [Image.new("RGB", (1, 1), v).convert("L").getpixel(
        (0, 0)) for v in values])


if __name__ == "__main__":
    torch.manual_seed(0)
    center_crops()
    sizes()
    ten_crops()
    greys()
    resized_crops()
    erased()
