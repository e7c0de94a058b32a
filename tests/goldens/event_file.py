"""Records of TensorBoard's own writer, for framework/tensorboard's test.

Made with tensorboard 2.21; to make them again:

    pip install tensorboard==2.21.0
    python3 tests/goldens/event_file.py
"""

import io

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.summary.writer.record_writer import RecordWriter

WALL_TIME = 1700000000.25


def record(event):
    file = io.BytesIO()
    RecordWriter(file).write(event.SerializeToString())
    return file.getvalue().hex()


def scalars():
    event = Event(wall_time=WALL_TIME, step=7)
    event.summary.value.add(tag="loss/train", simple_value=0.5)
    event.summary.value.add(tag="lr/base", simple_value=float("nan"))
    return event


def start():
    event = Event(wall_time=WALL_TIME, step=5)
    event.session_log.status = 1
    return event


print("version:", record(Event(wall_time=WALL_TIME,
                               file_version="brain.Event:2")))
print("scalars:", record(scalars()))
print("start:", record(start()))
