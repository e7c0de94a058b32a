"""Prints what Python's architectures are and give, for the tests of models/.

architectures.py FAMILY > models/FAMILY/FAMILY_golden.txt, with torch 2.11 and
torchvision 0.26, as

  OMP_NUM_THREADS=1 python3 tests/goldens/architectures.py resnet \\
    > models/resnet/resnet_golden.txt

Of each architecture of the family: the names and shapes of its state dict, in
order. Of those that have a side, too: the sum and the sum of squares of the
state dict after manual_seed(0) ("seeded"); then, with the weights of
formula.py, for two pictures of sines of that side, louder where "loudness"
says so, rows of the output in evaluation and in training without dropout
("eval", "train"), computed in float64; and the sum and sum of squares of the buffers after that training
("after"). A row is the sum, the sum of squares and ten values, equally spaced.
framework/testing/architecture.h compares, with what of it there is.
"""
import sys

import torch
import torchvision
from torch import nn
from torchvision import models

import formula
import nets


def moments(tensors):
    """The sum and the sum of squares of all values."""
    tensors = [t.double() for t in tensors if t.is_floating_point()]
    total = sum(t.sum().item() for t in tensors)
    return "%.9g %.9g" % (total, sum(t.square().sum().item() for t in tensors))


def row(mode, output):
    """One line of an example's output."""
    output = output.flatten()
    picks = [output[i * len(output) // 10].item() for i in range(10)]
    print("@" + mode, moments([output]),
          " ".join("%.7g" % value for value in picks))


def without_dropout(model):
    """The same model, whose dropout and stochastic depth drop nothing."""
    for part in model.modules():
        if isinstance(part, (nn.Dropout, torchvision.ops.StochasticDepth)):
            part.p = 0.0
    return model


def results(model, shape, seeded=True, modes=("eval", "train"), loudness=1):
    """What the model gives for an input of `shape`.

    Without `seeded` the first values aren't compared: for models that draw
    them in another order.
    """
    if seeded:
        print("@seeded", moments(model.state_dict().values()))
    formula.fill(model)
    model = without_dropout(model).double()
    x = formula.sines(shape).double() * loudness
    print("@input", ",".join(map(str, shape)))
    if loudness != 1:
        print("@loudness", loudness)
    with torch.no_grad():
        for mode in modes:
            for output in model.train(mode == "train")(x):
                row(mode, output)
    buffers = list(model.buffers())
    if buffers and "train" in modes:
        print("@after", moments(buffers))


def show(name, make, side=None, channels=3, seeded=True,
         modes=("eval", "train"), loudness=1):
    """The section of an architecture; a side asks for results, too."""
    torch.manual_seed(0)
    if side is None:
        with torch.device("meta"):
            model = make()
    else:
        model = make()
    print("@architecture", name)
    for entry, tensor in model.state_dict().items():
        print(entry, ",".join(map(str, tensor.shape)) or "-")
    if side is not None:
        results(model, (2, channels, side, side), seeded, modes,
                loudness)


def published(name, side=None, **options):
    """An architecture of torchvision."""
    show(name, lambda: getattr(models, name)(**options), side)


def evaluated(name, loudness=1):
    """An architecture of torchvision too large for more than an evaluation."""
    show(name, getattr(models, name), 64, seeded=False, modes=["eval"],
         loudness=loudness)


def resnet():
    """One of each kind; the others in evaluation, the largest by names."""
    published("resnet18", 64)
    evaluated("resnet34")
    published("resnet50", 64)
    evaluated("resnet101")
    published("resnet152")
    published("resnext50_32x4d", 64)
    published("resnext101_32x8d")
    published("resnext101_64x4d")
    evaluated("wide_resnet50_2")
    published("wide_resnet101_2")


def vgg():
    """The smallest of both kinds, and R73's; the others by names.

    Only a loud picture comes through to the logits, past the biases of the
    linear layers.
    """
    published("vgg11", 64)
    for name in ["vgg11_bn", "vgg16", "vgg16_bn"]:
        evaluated(name, loudness=100000)
    for depth in [13, 19]:
        published("vgg%d" % depth)
        published("vgg%d_bn" % depth)


def alex_net():
    """The only one."""
    published("alexnet", 64)


def squeeze_net():
    """Both versions."""
    published("squeezenet1_0", 64)
    published("squeezenet1_1", 64)


def dense_net():
    """The smallest; the others by names."""
    published("densenet121", 64)
    for depth in [161, 169, 201]:
        published("densenet%d" % depth)


def mobile_net_v1():
    """A quarter of the width, which is published, and all of it."""
    show("mobilenet_v1_x0.25", lambda: nets.MobileNetV1(0.25), 64)
    show("mobilenet_v1", lambda: nets.MobileNetV1(1))


def mobile_net_v2():
    """The published one; others by names."""
    published("mobilenet_v2", 64)
    show("mobilenet_v2_x1.4", lambda: models.mobilenet_v2(width_mult=1.4))
    show("mobilenet_v2_x0.35", lambda: models.mobilenet_v2(width_mult=0.35))


def mobile_net_v3():
    """Both sizes, and a narrow one."""
    published("mobilenet_v3_large", 64)
    published("mobilenet_v3_small", 64)
    show("mobilenet_v3_small_x0.75",
         lambda: models.mobilenet_v3_small(width_mult=0.75))


def efficient_net_b0():
    """The only one."""
    published("efficientnet_b0", 64)


def efficient_net_lite():
    """The smallest, and one at a side that pads some layers evenly."""
    show("lite0", lambda: nets.efficient_net_lite(0, 64), 64)
    show("lite1", lambda: nets.efficient_net_lite(1, 75), 75)
    for size in [2, 3, 4]:
        show("lite%d" % size, lambda: nets.efficient_net_lite(size))


def conv_next():
    """The smallest; the others by names."""
    published("convnext_tiny", 64)
    for size in ["small", "base", "large"]:
        published("convnext_%s" % size)


def vision_transformer():
    """B/16 and a small one, for few patches; L/16 by names."""
    published("vit_b_16", 32, image_size=32)
    published("vit_l_16")
    show("small", lambda: models.VisionTransformer(
        image_size=32, patch_size=8, num_layers=2, num_heads=4, hidden_dim=64,
        mlp_dim=128), 32)


FAMILIES = {
    "resnet": resnet,
    "vgg": vgg,
    "alex_net": alex_net,
    "squeeze_net": squeeze_net,
    "dense_net": dense_net,
    "mobile_net_v1": mobile_net_v1,
    "mobile_net_v2": mobile_net_v2,
    "mobile_net_v3": mobile_net_v3,
    "efficient_net_b0": efficient_net_b0,
    "efficient_net_lite": efficient_net_lite,
    "conv_next": conv_next,
    "vision_transformer": vision_transformer,
}

if __name__ == "__main__":
    FAMILIES[sys.argv[1]]()
