"""Nets of architectures.py that torchvision lacks.

EfficientNet-Lite is that of the package efficientnet_lite_pytorch 0.1.0.
"""
from torch import nn


class MobileNetV1(nn.Module):
    """Howard et al., 2017; names of bubbliiiing's retinaface-pytorch."""

    def __init__(self, width, slope=0.1):
        super().__init__()

        def channels(published):
            return int(published * width)

        def norm(out):
            return [nn.BatchNorm2d(out), nn.LeakyReLU(slope)]

        def separable(inside, out, stride):
            inside, out = channels(inside), channels(out)
            return nn.Sequential(
                nn.Conv2d(inside, inside, 3, stride, 1, groups=inside,
                          bias=False), *norm(inside),
                nn.Conv2d(inside, out, 1, bias=False), *norm(out))

        first = channels(32)
        stem = nn.Sequential(nn.Conv2d(3, first, 3, 2, 1, bias=False),
                             *norm(first))
        self.stage1 = nn.Sequential(
            stem, separable(32, 64, 1), separable(64, 128, 2),
            separable(128, 128, 1), separable(128, 256, 2),
            separable(256, 256, 1))
        self.stage2 = nn.Sequential(
            separable(256, 512, 2),
            *[separable(512, 512, 1) for _ in range(5)])
        self.stage3 = nn.Sequential(separable(512, 1024, 2),
                                    separable(1024, 1024, 1))
        self.avg = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(channels(1024), 1000)

    def forward(self, x):
        x = self.stage3(self.stage2(self.stage1(x)))
        return self.fc(self.avg(x).flatten(1))


def efficient_net_lite(size, side=224):
    """For pictures of `side`, which decides the padding; no drop-connect."""
    # Only those who make these goldens have the package.
    from efficientnet_lite_pytorch import EfficientNet
    return EfficientNet.from_name("efficientnet-lite%d" % size,
                                  image_size=side, drop_connect_rate=0)
