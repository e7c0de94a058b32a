"""Small picture files and their pixels, for framework/codec/codec_test.cc.

Made with Pillow 13.0; to make them again, from the top folder:

    pip install pillow==13.0.0
    python3 tests/goldens/images.py > framework/codec/codec_golden.txt

A line: a name, width and height, the file in hex, its R, G and B in hex.
Where Pillow doesn't write a kind, the file is put together here, and Pillow
still says what its pixels are. Where Pillow drops bits (16-bit grey) or turns
a level that lies between two down, the pixels are computed here.
"""

import io
import random
import struct
import zlib

from PIL import Image

W, H = 13, 9
random.seed(5)


def rgb(width=W, height=H):
    """A slope with noise, so that no two rows or columns are equal."""
    image = Image.new("RGB", (width, height))
    image.putdata([(15 * x % 256, 20 * y % 256, random.randrange(256))
                   for y in range(height) for x in range(width)])
    return image


def indices(bits):
    return [random.randrange(2**bits) for _ in range(W * H)]


def palette(size):
    return bytes(random.randrange(256) for _ in range(3 * size))


def paletted(bits):
    image = Image.new("P", (W, H))
    image.putdata(indices(bits))
    image.putpalette(palette(2**bits))
    return image


def saved(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def golden(name, data, pixels=None, size=None):
    if pixels is None:
        image = Image.open(io.BytesIO(data))
        size = image.size
        # Alpha is dropped, never blended.
        pixels = image.convert("RGB").tobytes()
    print(name, *size, data.hex(), pixels.hex())


# PNG

ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4),
         (1, 0, 2, 2), (0, 1, 1, 2)]


def chunk(kind, content):
    return (struct.pack(">I", len(content)) + kind + content +
            struct.pack(">I", zlib.crc32(kind + content)))


def packed(samples, bits):
    """A row of samples, the first in the upper bits."""
    text = "".join(format(sample, "0%db" % bits) for sample in samples)
    text += "0" * (-len(text) % 8)
    return bytes(int(text[i:i + 8], 2) for i in range(0, len(text), 8))


def png(colour, bits, channels, samples, interlaced=False, extra=b""):
    data = b""
    for left, top, right, down in ADAM7 if interlaced else [(0, 0, 1, 1)]:
        for y in range(top, H, down):
            row = [samples[(y * W + x) * channels + c]
                   for x in range(left, W, right) for c in range(channels)]
            if row:
                data += b"\0" + packed(row, bits)
    header = struct.pack(">IIBBBBB", W, H, bits, colour, 0, 0, interlaced)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra +
            chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b""))


def scaled(values, greatest):
    """Levels of 255 to the nearest, those between two upwards."""
    return [(value * 510 + greatest) // (2 * greatest) for value in values]


def goldens_of_png():
    golden("png_rgb", saved(rgb(), "PNG"))
    golden("png_grey", saved(rgb().convert("L"), "PNG"))
    alpha = rgb().convert("L")
    for mode in ["RGBA", "LA"]:
        image = rgb().convert(mode)
        image.putalpha(alpha)
        golden("png_" + mode.lower(), saved(image, "PNG"))
    for bits in [1, 2, 4, 8]:
        table = palette(2**bits)
        for interlaced in [False, True]:
            golden("png_palette_%d_%d" % (bits, interlaced),
                   png(3, bits, 1, indices(bits), interlaced,
                       chunk(b"PLTE", table) + chunk(b"tRNS", b"\x00\x80")))
    for bits in [1, 2, 4]:
        golden("png_grey_%d" % bits, png(0, bits, 1, indices(bits)))
    golden("png_interlaced", png(2, 8, 3, rgb().tobytes(), True))
    grey = indices(16)
    levels = scaled(grey, 65535)
    golden("png_grey_16", png(0, 16, 1, grey),
           bytes(level for level in levels for _ in range(3)), (W, H))
    for interlaced in [False, True]:
        deep = [random.randrange(2**16) for _ in range(3 * W * H)]
        golden("png_rgb_16_%d" % interlaced, png(2, 16, 3, deep, interlaced),
               bytes(scaled(deep, 65535)), (W, H))


# WebP

def goldens_of_webp():
    golden("webp_lossless", saved(rgb(), "WEBP", lossless=True))
    for size in [(W, H), (38, 29)]:
        golden("webp_lossy_%d" % size[0], saved(rgb(*size), "WEBP", quality=80))
    image = rgb().convert("RGBA")
    image.putalpha(rgb().convert("L"))
    for lossless in [False, True]:
        golden("webp_alpha_%d" % lossless,
               saved(image, "WEBP", lossless=lossless, exact=True))
    golden("webp_animation",
           saved(rgb(), "WEBP", save_all=True, append_images=[rgb()]))


# BMP

def bmp(header, table, pixels):
    offset = 14 + len(header) + len(table)
    return (b"BM" + struct.pack("<IHHI", offset + len(pixels), 0, 0, offset) +
            header + table + pixels)


def info(bits, compression=0, height=H, size=40, masks=b""):
    return (struct.pack("<IiiHHIIIIII", size, W, height, 1, bits, compression,
                        0, 2835, 2835, 0, 0) + masks).ljust(size, b"\0")


def bgrx(size):
    return b"".join(palette(1) + b"\0" for _ in range(size))


def rows_of_bmp(samples, bits):
    rows = b""
    for y in range(H):
        row = packed(samples[y * W:y * W + W], bits)
        rows += row + bytes(-len(row) % 4)
    return rows


def words(bits):
    """Random pixels of 16 or 32 bits."""
    return b"".join(random.randbytes(W * bits // 8) + bytes(-W * bits // 8 % 4)
                    for _ in range(H))


RLE8 = bytes([
    5, 7, 0, 3, 1, 2, 3, 0, 20, 9, 0, 0,  # a run, three as they are, too long
    0, 2, 4, 2, 3, 200, 0, 4, 5, 6, 7, 8, 0, 0,  # a move
    13, 100, 0, 0, 1, 255, 0, 2, 11, 3, 1, 9, 0, 1])
RLE4 = bytes([
    5, 0x7a, 0, 5, 0x12, 0x34, 0x50, 0, 3, 0xbc, 0, 0,
    0, 2, 4, 2, 3, 0xc1, 0, 4, 0x56, 0x78, 0, 0,
    13, 0x64, 0, 0, 1, 0xff, 0, 2, 11, 3, 1, 0x90, 0, 1])


def goldens_of_bmp():
    golden("bmp_rgb", saved(rgb(), "BMP"))
    golden("bmp_rgba", saved(rgb().convert("RGBA"), "BMP"))
    for bits in [1, 4, 8]:
        golden("bmp_%d" % bits,
               bmp(info(bits), bgrx(2**bits), rows_of_bmp(indices(bits), bits)))
    core = struct.pack("<IHHHH", 12, W, H, 1, 4)
    golden("bmp_core",
           bmp(core, palette(16), rows_of_bmp(indices(4), 4)))
    golden("bmp_top_down",
           bmp(info(8, height=-H), bgrx(256), rows_of_bmp(indices(8), 8)))
    golden("bmp_555", bmp(info(16), b"", words(16)))
    golden("bmp_565", bmp(info(16, 3), struct.pack(
        "<III", 0xf800, 0x7e0, 0x1f), words(16)))
    golden("bmp_32", bmp(info(32), b"", words(32)))
    masks = struct.pack("<IIII", 0xff000000, 0xff0000, 0xff00, 0xff)
    for size in [56, 108, 124]:
        golden("bmp_header_%d" % size,
               bmp(info(32, 3, size=size, masks=masks), b"", words(32)))
    golden("bmp_rle8", bmp(info(8, 1), bgrx(256), RLE8))
    golden("bmp_rle4", bmp(info(4, 2), bgrx(16), RLE4))


# PNM

def pnm(kind, greatest, body):
    text = "P%d # a comment\n%d\n# another\n%d" % (kind, W, H)
    if greatest:
        text += " %d" % greatest
    return (text + "\n").encode() + body


def plain(values):
    return "".join("%d%s" % (value, "\n" if i % 7 == 6 else " ")
                   for i, value in enumerate(values)).encode()


def goldens_of_pnm():
    golden("pnm_1", pnm(1, 0, "".join(map(str, indices(1))).encode()))
    golden("pnm_2", pnm(2, 255, plain(indices(8))))
    golden("pnm_3", pnm(3, 255, plain(rgb().tobytes())))
    golden("pnm_4", pnm(4, 0, b"".join(packed(indices(1)[:W], 1)
                                       for _ in range(H))))
    golden("pnm_5", pnm(5, 255, bytes(indices(8))))
    golden("pnm_6", pnm(6, 255, rgb().tobytes()))
    golden("pnm_5_of_31", pnm(5, 31, bytes(indices(5))))
    deep = [random.randrange(2**16) for _ in range(3 * W * H)]
    golden("pnm_6_of_65535", pnm(6, 65535, struct.pack(">%dH" % len(deep),
                                                       *deep)))


# GIF

def goldens_of_gif():
    golden("gif", saved(paletted(8), "GIF", interlace=0))
    golden("gif_interlaced", saved(paletted(4), "GIF", interlace=1))
    golden("gif_animation", saved(paletted(4), "GIF", save_all=True,
                                  append_images=[paletted(4)]))
    data = bytearray(saved(paletted(2), "GIF", interlace=0))
    golden("gif_larger_than_its_screen",
           data[:6] + struct.pack("<HH", 5, 4) + data[10:])
    # A larger screen, and the frame at (3, 2).
    data[6:10] = struct.pack("<HH", W + 5, H + 4)
    frame = data.index(b"\x2c\0\0\0\0")
    data[frame + 1:frame + 5] = struct.pack("<HH", 3, 2)
    golden("gif_offset", data)
    control = bytes([0x21, 0xf9, 4, 1, 0, 0, 2, 0])
    golden("gif_transparent", data[:frame] + control + data[frame:])


def goldens_of_exif():
    """Turned pictures; the pixels are as they are stored."""
    exif = Image.Exif()
    exif[0x0112] = 6
    for kind in ["png", "webp"]:
        golden(kind + "_orientation_6",
               saved(rgb(), kind.upper(), exif=exif, quality=80))


goldens_of_png()
goldens_of_webp()
goldens_of_bmp()
goldens_of_pnm()
goldens_of_gif()
goldens_of_exif()
