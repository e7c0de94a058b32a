"""Prints what torchvision and Pillow make of small pictures.

A picture each of 3 channels and of 1, then each operation with its numbers and
its result: "NAME NUMBER... = HEIGHTxWIDTHxCHANNELS PIXELS", bytes in
hexadecimal. Lines of magnitudes are numbers alone. Regenerate with torchvision
0.26 and Pillow 13.0:

  python3 tests/goldens/augment.py > framework/augment/augment_golden.txt
"""
import numpy as np
from PIL import Image
from torchvision.transforms import InterpolationMode, RandAugment
from torchvision.transforms import TrivialAugmentWide
from torchvision.transforms import functional as F

NEAREST, BILINEAR = InterpolationMode.NEAREST, InterpolationMode.BILINEAR
FACTORS = [0, 0.35, 1.6, 3]


def show(name, numbers, picture):
    """One line of a result."""
    array = np.asarray(picture)
    height, width = array.shape[:2]
    print(name, *["%.17g" % number for number in numbers], "=",
          "%dx%dx%d" % (height, width, array.size // (height * width)),
          array.tobytes().hex())


def picture(height, width, channels):
    """Smooth shapes with noise, of 30 levels to 250 or so."""
    y, x, c = np.meshgrid(np.arange(height), np.arange(width),
                          np.arange(channels), indexing="ij")
    waves = np.sin(x * 0.7 + c) + np.cos(y * 0.5 - c * 1.3)
    noise = (x * 7919 + y * 104729 + c * 1299709) % 61
    levels = np.clip(110 + 45 * waves + noise, 0, 255).astype(np.uint8)
    return Image.fromarray(levels if channels == 3 else levels[:, :, 0])


def colours(source):
    """Operations on each pixel."""
    for factor in FACTORS:
        show("brightness", [factor], F.adjust_brightness(source, factor))
        show("contrast", [factor], F.adjust_contrast(source, factor))
        show("saturation", [factor], F.adjust_saturation(source, factor))
        show("sharpness", [factor], F.adjust_sharpness(source, factor))
    for turn in [-0.5, -0.21, 0, 0.1, 0.37]:
        show("hue", [turn], F.adjust_hue(source, turn))
    for bits in [1, 4, 8]:
        show("posterize", [bits], F.posterize(source, bits))
    for threshold in [0, 127.5, 200]:
        show("solarize", [threshold], F.solarize(source, threshold))
    show("auto_contrast", [], F.autocontrast(source))


def warps(source, fill):
    """Operations that move pixels; the first number is 1 for bilinear."""
    for bilinear, filter in enumerate([NEAREST, BILINEAR]):
        for degrees in [0, 17.3, 90, 180, -135]:
            for expand in [0, 1]:
                show("rotate", [bilinear, degrees, expand], F.rotate(
                    source, degrees, filter, bool(expand), fill=fill))
        for motion in [(0, 3, -2, 1, 0, 0), (0, 0, 0, 0.7, 0, 0),
                       (0, 0, 0, 1.9, 0, 0), (30, 1, 2, 1.2, 10, -5),
                       (-75, -4, 0, 0.5, 0, 35), (0, 0, 0, 1, 20, 0)]:
            angle, x, y, scale, shear_x, shear_y = motion
            show("affine", [bilinear, *motion], F.affine(
                source, angle, [x, y], scale, [shear_x, shear_y], filter,
                fill))


def magnitudes(name, space):
    """A line for each operation that has magnitudes."""
    for i, (values, _) in enumerate(space.values()):
        if values.ndim:
            print(name, i, *["%.9g" % value for value in values.tolist()])


def main():
    for channels, fill in [(3, (10, 20, 30)), (1, 77)]:
        source = picture(11, 13, channels)
        show("picture", [], source)
        colours(source)
        warps(source, fill)
        for kernel_size, sigma in [(1, 0.5), (5, 0.1), (5, 1.1), (9, 2)]:
            show("blur", [kernel_size, sigma],
                 F.gaussian_blur(source, [kernel_size] * 2, [sigma] * 2))
        # More than 255 pixels, or nothing is equalized.
        source = picture(20, 26, channels)
        show("picture", [], source)
        show("equalize", [], F.equalize(source))
    magnitudes("rand_augment", RandAugment()._augmentation_space(
        31, (224, 160)))
    magnitudes("trivial_augment", TrivialAugmentWide()._augmentation_space(31))
    magnitudes("trivial_augment", TrivialAugmentWide()._augmentation_space(8))


main()
