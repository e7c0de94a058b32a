"""The image libraries that images.py runs.

A peer makes, of every picture, what a network trains on ("train": a rectangle
resized to 224 x 224 and half the time flipped) or is evaluated with ("eval":
the short side 256, the centre 224), as normalised float32 [3, 224, 224] where
its name doesn't say uint8.
"""

import dataclasses
import io
import pathlib
import random
import typing

PACKAGES = [
    "numpy", "torch==2.11.0 torchvision==0.26.0", "pillow",
    "opencv-python-headless", "simplejpeg", "nvidia-dali-cuda130",
]
SIZE, SHORT = 224, 256
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@dataclasses.dataclass
class Peer:
    path: str  # "train" or "eval"
    # Of {path: rectangles} makes run(round), which returns how many it did.
    make: typing.Callable
    # Of a file's bytes and a rectangle the uint8 [224, 224, 3], for --check.
    crop: typing.Callable = None


def contents(rectangles):
    """[(bytes, rectangles)] of the files."""
    return [(pathlib.Path(path).read_bytes(), sets)
            for path, sets in rectangles.items()]


def over(rectangles, prepare, change):
    """A run that does change(prepared, rectangle, flip) to every picture."""
    files = [(prepare(data), sets) for data, sets in contents(rectangles)]

    def run(number):
        chance = random.Random(number)
        for prepared, sets in files:
            change(prepared, sets[number % len(sets)], chance.random() < 0.5)
        return len(files)
    return run


def one_thread():
    import torch
    torch.set_num_threads(1)
    return torch


# Pillow, as torchvision drives it.

def pillow_crop(data, rectangle):
    import numpy
    from PIL import Image
    x, y, width, height = rectangle
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    picture = picture.crop((x, y, x + width, y + height))
    return numpy.asarray(picture.resize((SIZE, SIZE), Image.BILINEAR))


def pillow(path):
    def make(rectangles):
        torch = one_thread()
        from PIL import Image
        from torchvision.transforms import v2
        from torchvision.transforms.v2 import functional as f
        tail = v2.Compose([v2.PILToTensor(),
                           v2.ToDtype(torch.float32, scale=True),
                           v2.Normalize(MEAN, STD)])
        centre = v2.Compose([v2.Resize(SHORT), v2.CenterCrop(SIZE)])

        def change(data, rectangle, flip):
            picture = Image.open(io.BytesIO(data)).convert("RGB")
            if path == "eval":
                return tail(centre(picture))
            x, y, width, height = rectangle
            picture = f.resized_crop(picture, y, x, height, width,
                                     [SIZE, SIZE])
            return tail(f.horizontal_flip(picture) if flip else picture)
        return over(rectangles, lambda data: data, change)
    return make


# torchvision's own decoder and tensors of bytes.

def tensor_of(data):
    import torch
    return torch.frombuffer(bytearray(data), dtype=torch.uint8)


def tensor_crop(data, rectangle):
    from torchvision.io import ImageReadMode, decode_jpeg
    from torchvision.transforms.v2 import functional as f
    x, y, width, height = rectangle
    picture = decode_jpeg(tensor_of(data), mode=ImageReadMode.RGB)
    picture = f.resized_crop(picture, y, x, height, width, [SIZE, SIZE])
    return picture.permute(1, 2, 0).numpy()


def tensors(path, floats=True):
    def make(rectangles):
        torch = one_thread()
        from torchvision.io import ImageReadMode, decode_jpeg
        from torchvision.transforms import v2
        from torchvision.transforms.v2 import functional as f
        tail = v2.Compose([v2.ToDtype(torch.float32, scale=True),
                           v2.Normalize(MEAN, STD)])
        centre = v2.Compose([v2.Resize(SHORT), v2.CenterCrop(SIZE)])

        def change(data, rectangle, flip):
            picture = decode_jpeg(data, mode=ImageReadMode.RGB)
            if path == "eval":
                return tail(centre(picture))
            x, y, width, height = rectangle
            picture = f.resized_crop(picture, y, x, height, width,
                                     [SIZE, SIZE])
            picture = f.horizontal_flip(picture) if flip else picture
            return tail(picture) if floats else picture
        return over(rectangles, tensor_of, change)
    return make


# OpenCV, which does not antialias.

def opencv_decode(data):
    import cv2
    import numpy
    return cv2.imdecode(numpy.frombuffer(data, numpy.uint8),
                        cv2.IMREAD_COLOR_RGB)


def simplejpeg_decode(data):
    import simplejpeg
    return simplejpeg.decode_jpeg(data, "RGB", strict=False)


def opencv_crop(decode):
    def crop(data, rectangle):
        import cv2
        x, y, width, height = rectangle
        return cv2.resize(decode(data)[y:y + height, x:x + width],
                          (SIZE, SIZE), interpolation=cv2.INTER_LINEAR)
    return crop


def normalised(picture):
    import numpy
    out = numpy.empty((3, *picture.shape[:2]), numpy.float32)
    for c in range(3):
        numpy.multiply(picture[:, :, c], numpy.float32(1 / (255 * STD[c])),
                       out=out[c], dtype=numpy.float32)
        out[c] -= numpy.float32(MEAN[c] / STD[c])
    return out


def opencv(path, decode):
    def make(rectangles):
        import cv2
        cv2.setNumThreads(1)
        crop = opencv_crop(decode)

        def change(data, rectangle, flip):
            if path == "train":
                picture = crop(data, rectangle)
                return normalised(cv2.flip(picture, 1) if flip else picture)
            picture = decode(data)
            scale = SHORT / min(picture.shape[:2])
            height, width = (int(side * scale) for side in picture.shape[:2])
            picture = cv2.resize(picture, (width, height))
            top, left = (height - SIZE) // 2, (width - SIZE) // 2
            return normalised(picture[top:top + SIZE, left:left + SIZE])
        return over(rectangles, lambda data: data, change)
    return make


# DALI on the CPU, decoding and random crop fused, its own draws.

def dali(rectangles):
    from nvidia import dali
    count = len(rectangles)
    batch = min(count, 50)

    @dali.pipeline_def(batch_size=batch, num_threads=1, device_id=None,
                       prefetch_queue_depth=1, exec_async=False,
                       exec_pipelined=False, seed=1)
    def pipeline():
        data, _ = dali.fn.readers.file(files=list(rectangles))
        picture = dali.fn.decoders.image_random_crop(
            data, device="cpu", random_area=[0.08, 1.0],
            random_aspect_ratio=[3 / 4, 4 / 3])
        picture = dali.fn.resize(picture, size=[SIZE, SIZE], antialias=True)
        return dali.fn.crop_mirror_normalize(
            picture, mirror=dali.fn.random.coin_flip(),
            mean=[255 * mean for mean in MEAN],
            std=[255 * std for std in STD], output_layout="CHW")
    pipe = pipeline()
    pipe.build()

    def run(_):
        for _ in range(count // batch):
            pipe.run()
        return count // batch * batch
    return run


def crops_of(output):
    """The crop of a program that has written all of them, one by one."""
    import numpy
    crops = iter(numpy.frombuffer(output, numpy.uint8).reshape(
        -1, SIZE, SIZE, 3))
    return lambda data, rectangle: next(crops)


def differences(crop, rectangles):
    """Means of the differences to Pillow, and the greatest."""
    import numpy
    means, greatest = [], 0
    for data, sets in contents(rectangles):
        ours = crop(data, sets[0]).astype(numpy.int16)
        apart = numpy.abs(ours - pillow_crop(data, sets[0]))
        means.append(float(apart.mean()))
        greatest = max(greatest, int(apart.max()))
    return means, greatest


PEERS = {
    "torchvision, Pillow": Peer("train", pillow("train"), pillow_crop),
    "torchvision, tensors": Peer("train", tensors("train"), tensor_crop),
    "torchvision, tensors, uint8": Peer("train", tensors("train", False)),
    "OpenCV, aliased": Peer("train", opencv("train", opencv_decode),
                            opencv_crop(opencv_decode)),
    "simplejpeg and OpenCV, aliased": Peer(
        "train", opencv("train", simplejpeg_decode),
        opencv_crop(simplejpeg_decode)),
    "DALI on the CPU": Peer("train", dali),
    "torchvision, Pillow, centre": Peer("eval", pillow("eval")),
    "torchvision, tensors, centre": Peer("eval", tensors("eval")),
    "OpenCV, aliased, centre": Peer("eval", opencv("eval", opencv_decode)),
    "simplejpeg and OpenCV, centre": Peer(
        "eval", opencv("eval", simplejpeg_decode)),
}
