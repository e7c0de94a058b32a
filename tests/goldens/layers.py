"""Prints what PyTorch's layers begin with and give.

Of each layer, made and called once in training after manual_seed(0): first its
parameters, then its buffers and outputs, each as one number that any changed or
moved value changes. Regenerate with torch 2.11 and torchvision 0.26:

  python3 tests/goldens/layers.py > framework/layers/layers_golden.txt
"""
import torch
import torchvision
from torch import nn


def fingerprint(tensor):
    """The sum of the values times the cosine of their position."""
    values = tensor.detach().double().flatten()
    return (values * torch.arange(len(values)).double().cos()).sum().item()


def row(layer, part, tensor):
    """One line: layer/part[sizes] fingerprint."""
    sizes = ",".join(str(size) for size in tensor.shape)
    print("%s/%s[%s] %.12g" % (layer, part, sizes, fingerprint(tensor)))


def show(name, shape, make):
    """Rows of a layer that is given sin(0), sin(1), ..."""
    torch.manual_seed(0)
    layer = make()
    count = torch.Size(shape).numel()
    x = torch.arange(count).double().sin().float().reshape(shape)
    for part, tensor in layer.named_parameters():
        row(name, "begin/" + part, tensor)
    outputs = {}
    for mode in ["train", "eval"]:
        output = layer.train(mode == "train")(x)
        outputs[mode] = output[0] if isinstance(output, tuple) else output
    for part, tensor in layer.named_buffers():
        row(name, "then/" + part, tensor)
    for mode, tensor in outputs.items():
        row(name, "then/" + mode, tensor)


show("Linear", [2, 3], lambda: nn.Linear(3, 4))
show("LinearWithoutBias", [2, 3], lambda: nn.Linear(3, 4, bias=False))
show("Conv1d", [2, 4, 9],
     lambda: nn.Conv1d(4, 6, 3, stride=2, padding=1, groups=2))
show("Conv2dWithoutBias", [2, 2, 5, 6],
     lambda: nn.Conv2d(2, 3, (1, 3), padding=(0, 1), bias=False))
show("Conv2d", [2, 2, 8, 7],
     lambda: nn.Conv2d(2, 3, 3, stride=(2, 1), dilation=2))
show("Conv3d", [2, 2, 3, 4, 5], lambda: nn.Conv3d(2, 3, (1, 2, 3)))
show("ConvTranspose2d", [2, 4, 3, 5],
     lambda: nn.ConvTranspose2d(4, 6, 3, stride=2, padding=1,
                                groups=2, output_padding=1))
show("BatchNorm1dOfVectors", [4, 3], lambda: nn.BatchNorm1d(3))
show("BatchNorm1d", [4, 3, 5], lambda: nn.BatchNorm1d(3))
show("BatchNorm2d", [2, 3, 4, 5],
     lambda: nn.BatchNorm2d(3, eps=1e-3, momentum=0.01))
show("BatchNorm3d", [2, 3, 2, 3, 4], lambda: nn.BatchNorm3d(3))
show("LayerNorm", [2, 3, 4], lambda: nn.LayerNorm([3, 4]))
show("GroupNorm", [2, 4, 3], lambda: nn.GroupNorm(2, 4))
show("InstanceNorm2d", [2, 3, 4, 5], lambda: nn.InstanceNorm2d(3))
show("MaxPool2d", [2, 3, 5, 6], lambda: nn.MaxPool2d(2))
show("MaxPool2dRoundedUp", [2, 3, 6, 5],
     lambda: nn.MaxPool2d(3, 2, 1, ceil_mode=True))
show("AvgPool2d", [2, 3, 6, 5], lambda: nn.AvgPool2d(3, 2, 1))
show("GlobalAvgPool2d", [2, 3, 4, 5], lambda: nn.AdaptiveAvgPool2d(1))
show("AdaptiveAvgPool2d", [2, 3, 4, 5], lambda: nn.AdaptiveAvgPool2d((3, 7)))
show("Relu", [2, 5], lambda: nn.ReLU())
show("LeakyRelu", [2, 5], lambda: nn.LeakyReLU(0.2))
show("Gelu", [2, 5], lambda: nn.GELU())
show("Silu", [2, 5], lambda: nn.SiLU())
show("Sigmoid", [2, 5], lambda: nn.Sigmoid())
show("Tanh", [2, 5], lambda: nn.Tanh())
show("Dropout", [2, 50], lambda: nn.Dropout(0.4))
show("DropPath", [20, 3, 2],
     lambda: torchvision.ops.StochasticDepth(0.4, "row"))
show("Lstm", [2, 5, 3], lambda: nn.LSTM(3, 4, batch_first=True))
show("LstmOfTwoLayers", [2, 5, 3],
     lambda: nn.LSTM(3, 4, 2, dropout=0.5, bidirectional=True,
                     batch_first=True))
show("GruOfTwoLayers", [2, 5, 3],
     lambda: nn.GRU(3, 4, 2, bidirectional=True, batch_first=True))


class SelfAttention(nn.MultiheadAttention):
    """Queries, keys and values are the input."""

    def forward(self, x):
        return super().forward(x, x, x, need_weights=False)[0]


show("SelfAttention", [2, 5, 6],
     lambda: SelfAttention(6, 3, batch_first=True))
show("SqueezeExcitation", [2, 4, 3, 5],
     lambda: torchvision.ops.SqueezeExcitation(
         4, 2, nn.SiLU, nn.Hardsigmoid))
show("ConvNorm", [2, 4, 6, 5],
     lambda: torchvision.ops.Conv2dNormActivation(
         4, 6, 5, stride=2, groups=2, activation_layer=nn.Hardswish))


def inverted_residual(stride, out):
    """That of MobileNetV3, with squeeze-and-excitation."""
    from torchvision.models.mobilenetv3 import (
        InvertedResidual, InvertedResidualConfig)
    config = InvertedResidualConfig(
        8, 3, 16, out, True, "HS", stride, 1, 1)
    return InvertedResidual(
        config, lambda c: nn.BatchNorm2d(c, eps=1e-3, momentum=0.01))


show("InvertedResidual", [2, 8, 6, 5], lambda: inverted_residual(1, 8))
show("InvertedResidualAtStride2", [2, 8, 6, 5],
     lambda: inverted_residual(2, 24))
