"""PyTorch's values of losses, for the tests of plugins/losses.

Made with torch 2.11; to make them again:

    python3 tests/goldens/losses.py
"""

import torch
from torch.nn.functional import (binary_cross_entropy_with_logits,
                                 cross_entropy, kl_div, log_softmax, one_hot)

torch.set_default_dtype(torch.float64)

LOGITS = torch.tensor([[1.0, -0.5, 2.0, 0.25], [0.0, 1.5, -1.0, 0.5],
                       [-2.0, 0.75, 0.5, 3.0]])
CLASSES = torch.tensor([2, 0, 3])
SOFT = torch.tensor([[0.7, 0.3, 0.0, 0.0], [0.1, 0.2, 0.3, 0.4],
                     [0.0, 0.0, 0.5, 0.5]])
WEIGHT = torch.tensor([1.0, 2.0, 0.5, 3.0])
POINTS = torch.tensor([[0.1, 0.2], [0.5, -0.3], [-0.4, 0.9], [0.8, 0.7],
                       [0.0, -0.6]])
GROUPS = [0, 0, 1, 1, 2]  # the last has no other of its class


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


def focal(logits, target, gamma, alpha=torch.ones(4)):
    """Lin et al., 2017, over a softmax; the mean is over rows."""
    p = logits.softmax(1)
    return -(target * alpha * (1 - p)**gamma * p.log()).sum(1).mean()


def dice(logits, target, smooth=1, weight=torch.ones(4)):
    p = logits.softmax(1)
    losses = [
        1 - (2 * (p[:, c] * target[:, c]).sum() + smooth) /
        (p[:, c].sum() + target[:, c].sum() + smooth)
        for c in range(logits.shape[1])
    ]
    return sum(w * x for w, x in zip(weight, losses)) / sum(weight)


def distillation(logits, teacher, classes, temperature, alpha):
    """Hinton et al., 2015."""
    soft = kl_div(log_softmax(logits / temperature, 1),
                  (teacher / temperature).softmax(1), reduction="batchmean")
    return (alpha * cross_entropy(logits, classes) +
            (1 - alpha) * temperature**2 * soft)


def triplets(points, labels):
    """All valid (anchor, positive, negative), by loops."""
    places = range(len(labels))
    return [(a, p, n) for a in places for p in places for n in places
            if a != p and labels[a] == labels[p] and labels[a] != labels[n]]


def distance(points, i, j):
    return (points[i] - points[j]).norm()


def triplet_all(points, labels, margin):
    losses = [distance(points, a, p) - distance(points, a, n) + margin
              for a, p, n in triplets(points, labels)]
    above = [x for x in losses if x > 0]
    return sum(above) / len(above)


def triplet_hard(points, labels, margin):
    losses = {}
    for a, p, n in triplets(points, labels):
        loss = distance(points, a, p) - distance(points, a, n) + margin
        losses[a] = max(losses.get(a, 0), loss)
    return sum(losses.values()) / len(losses)


def contrastive(points, labels, margin):
    """Hadsell et al., 2006."""
    losses = []
    for i in range(len(labels)):
        for j in range(i):
            d = distance(points, i, j)
            gap = d if labels[i] == labels[j] else max(margin - d, 0)
            losses.append(gap**2 / 2)
    return sum(losses) / len(losses)


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

    for gamma in (0.5, 2):
        show("focal %g" % gamma, focal(LOGITS, one_hot(CLASSES, 4), gamma))
    show("focal, alpha", focal(LOGITS, one_hot(CLASSES, 4), 2, WEIGHT))
    show("focal, soft", focal(LOGITS, SOFT, 2))
    show("bce", binary_cross_entropy_with_logits(LOGITS, SOFT))
    show("bce, sum", binary_cross_entropy_with_logits(
        LOGITS, SOFT, reduction="sum"))
    show("bce, pos_weight", binary_cross_entropy_with_logits(
        LOGITS, SOFT, pos_weight=WEIGHT))
    show("bce, classes", binary_cross_entropy_with_logits(
        LOGITS, one_hot(CLASSES, 4).double()))
    show("dice", dice(LOGITS, one_hot(CLASSES, 4)))
    show("dice, soft", dice(LOGITS, SOFT))
    show("dice, smooth, weight", dice(
        LOGITS, one_hot(CLASSES, 4), 0.1, WEIGHT))
    show("distillation", distillation(LOGITS, -LOGITS, CLASSES, 4, 0.1))
    show("distillation 2", distillation(LOGITS, -LOGITS, CLASSES, 2, 0.75))
    show("triplet, hard", triplet_hard(POINTS, GROUPS, 0.2))
    show("triplet, hard 1", triplet_hard(POINTS, GROUPS, 1))
    show("triplet, all", triplet_all(POINTS, GROUPS, 0.2))
    show("triplet, all 1", triplet_all(POINTS, GROUPS, 1))
    show("contrastive", contrastive(POINTS, GROUPS, 1))
    show("contrastive 2", contrastive(POINTS, GROUPS, 2))
