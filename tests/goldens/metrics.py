"""scikit-learn's values of metrics, for the tests of plugins/hooks.

Made with scikit-learn 1.9; to make them again:

    pip install scikit-learn==1.9.1
    python3 tests/goldens/metrics.py
"""

import numpy as np
from sklearn.metrics import (average_precision_score, confusion_matrix,
                             precision_recall_fscore_support)

# Scores whose order differs between columns, with ties, as the test makes them.
N, C = 40, 4
ROW, COLUMN = np.meshgrid(np.arange(N), np.arange(C), indexing="ij")
SCORES = np.round(np.sin(ROW * 1.7 + COLUMN * 2.3 + ROW * COLUMN), 1)
LABELS = (np.arange(N) * 7 + np.arange(N) // 3) % 3  # class 3 has no examples
SEVERAL = (ROW * ROW // 5 + COLUMN * ROW // 2 + COLUMN) % 3 == 0


def softmax(scores):
    powers = np.exp(scores)
    return powers / powers.sum(1, keepdims=True)


def print_all(name, values):
    print(name, ", ".join("%.15g" % value for value in np.ravel(values)))


predicted = SCORES.argmax(1)
print_all("matrix", confusion_matrix(LABELS, predicted, labels=range(C)))
precision, recall, f1, support = precision_recall_fscore_support(
    LABELS, predicted, labels=range(C), zero_division=0)
print_all("precision", precision)
print_all("recall", recall)
print_all("f1", f1)
print_all("means", [precision.mean(), recall.mean(), f1.mean()])
one_hot = LABELS[:, None] == np.arange(C)
print_all("average precision of labels",
          average_precision_score(one_hot, softmax(SCORES), average=None))
print_all("average precision of several",
          average_precision_score(SEVERAL, SCORES, average=None))
