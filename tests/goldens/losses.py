"""PyTorch's values of losses, for the tests of plugins/losses.

Made with torch 2.11; to make them again:

    python3 tests/goldens/losses.py
"""

import torch
from torch.nn.functional import cross_entropy, log_softmax, one_hot

torch.set_default_dtype(torch.float64)

LOGITS = torch.tensor([[1.0, -0.5, 2.0, 0.25], [0.0, 1.5, -1.0, 0.5],
                       [-2.0, 0.75, 0.5, 3.0]])
CLASSES = torch.tensor([2, 0, 3])
SOFT = torch.tensor([[0.7, 0.3, 0.0, 0.0], [0.1, 0.2, 0.3, 0.4],
                     [0.0, 0.0, 0.5, 0.5]])
WEIGHT = torch.tensor([1.0, 2.0, 0.5, 3.0])


def article_class(logits, classes, epsilon):
    """Recipe R58: the share is added to every class, the true one included."""
    count = logits.shape[1]
    target = one_hot(classes, count) * (1 - epsilon) + epsilon / (count - 1)
    return -(target * log_softmax(logits, 1)).sum(1).mean()


def article_loop(logits, classes, epsilon):
    """Recipe R59: the share goes to the other classes."""
    count = logits.shape[1]
    target = torch.full_like(logits, epsilon / (count - 1))
    target.scatter_(1, classes[:, None], 1 - epsilon)
    return -(target * log_softmax(logits, 1)).sum(1).mean()


def show(name, value):
    print("%-28s %.15g" % (name, value))


if __name__ == "__main__":
    show("mean", cross_entropy(LOGITS, CLASSES))
    show("sum", cross_entropy(LOGITS, CLASSES, reduction="sum"))
    show("weight", cross_entropy(LOGITS, CLASSES, WEIGHT))
    show("ignore", cross_entropy(LOGITS, CLASSES, ignore_index=0))
    show("weight, ignore", cross_entropy(
        LOGITS, CLASSES, WEIGHT, ignore_index=0))
    show("soft", cross_entropy(LOGITS, SOFT))
    show("soft, weight", cross_entropy(LOGITS, SOFT, WEIGHT))
    show("soft, sum", cross_entropy(LOGITS, SOFT, reduction="sum"))
    for epsilon in (0.1, 0.9):
        show("uniform %g" % epsilon, cross_entropy(
            LOGITS, CLASSES, label_smoothing=epsilon))
        show("others %g" % epsilon, article_loop(LOGITS, CLASSES, epsilon))
        show("added %g" % epsilon, article_class(LOGITS, CLASSES, epsilon))
    show("uniform, weight, ignore", cross_entropy(
        LOGITS, CLASSES, WEIGHT, ignore_index=0, label_smoothing=0.1))
    show("uniform, sum", cross_entropy(
        LOGITS, CLASSES, reduction="sum", label_smoothing=0.1))
    show("uniform, soft, weight", cross_entropy(
        LOGITS, SOFT, WEIGHT, label_smoothing=0.1))
