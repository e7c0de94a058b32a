"""Temporal segment networks in PyTorch, for the tests of temporal shift.

The shift is written from section 3 of Lin et al., "TSM: Temporal Shift Module
for Efficient Video Understanding" (2019); the net is torchvision's ResNet-18
with the weights of formula.py, torch 2.11 and torchvision 0.26:

    OMP_NUM_THREADS=1 python3 tests/goldens/temporal_shift.py
"""
import torch
from torch import nn
from torchvision import models

import formula


def shifted(x, segments, fraction):
    """One of `fraction` channels from the next frame, one from the last."""
    clips = x.view(-1, segments, *x.shape[1:])
    fold = x.shape[1] // fraction
    out = torch.zeros_like(clips)
    out[:, :-1, :fold] = clips[:, 1:, :fold]
    out[:, 1:, fold:2 * fold] = clips[:, :-1, fold:2 * fold]
    out[:, :, 2 * fold:] = clips[:, :, 2 * fold:]
    return out.view_as(x)


class Shift(nn.Module):
    """Residual shift: in front of the first convolution of a branch."""

    def __init__(self, convolution, segments, fraction):
        super().__init__()
        self.convolution = convolution
        self.segments = segments
        self.fraction = fraction

    def forward(self, x):
        return self.convolution(shifted(x, self.segments, self.fraction))


def row(name, scores):
    print(name, " ".join("%.7g" % value for value in scores.flatten().tolist()))


def resnet(segments):
    model = models.resnet18(num_classes=4)
    formula.fill(model)
    for layer in (model.layer1, model.layer2, model.layer3, model.layer4):
        for block in layer:
            block.conv1 = Shift(block.conv1, segments, 8)
    return model.double()


def clip_scores(model, clips):
    scores = model(clips.flatten(0, 1)).unflatten(0, clips.shape[:2])
    return scores.mean(1)


def main():
    x = torch.arange(1, 3 * 5 + 1).double().view(3, 5, 1, 1)
    row("shift", shifted(x, 3, 2))
    row("shift of two clips", shifted(x.view(1, 15, 1, 1).repeat(4, 1, 1, 1) +
                                      100 * torch.arange(4).view(4, 1, 1, 1),
                                      2, 5))
    clips = formula.sines((2, 3, 3, 32, 32)).double()
    with torch.no_grad():
        row("eval", clip_scores(resnet(3).eval(), clips))
        plain = models.resnet18(num_classes=4)
        formula.fill(plain)
        row("without", clip_scores(plain.double().eval(), clips))
        model = resnet(3).train()
        norms = [m for m in model.modules() if isinstance(m, nn.BatchNorm2d)]
        for norm in norms[1:]:
            norm.eval()
        row("partial", clip_scores(model, clips))
        row("first norm", norms[0].running_mean[:4])
        row("second norm", norms[1].running_mean[:4])


if __name__ == "__main__":
    main()
