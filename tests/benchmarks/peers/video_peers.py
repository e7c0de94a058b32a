"""The video libraries that video.py runs.

A peer takes the path of a clip and the numbers of frames, rising, and gives
these frames as RGB, [height, width, 3] of bytes each; on one thread, opening
the clip anew.
"""

import pathlib

PACKAGES = [
    "numpy", "torch==2.11.0", "torchcodec==0.17.0", "av==18.1.0",
    "decord==0.6.0", "opencv-python-headless", "xxhash",
]


def torchcodec(mode):
    def take(path, frames):
        from torchcodec.decoders import VideoDecoder
        decoder = VideoDecoder(path, num_ffmpeg_threads=1,
                               dimension_order="NHWC", seek_mode=mode)
        return decoder.get_frames_at(frames).data.numpy()
    return take


def decord(path, frames):
    import decord as library
    reader = library.VideoReader(path, ctx=library.cpu(0), num_threads=1)
    return reader.get_batch(frames).asnumpy()


def one_thread(clip):
    stream = clip.streams.video[0]
    stream.thread_type = "NONE"
    stream.codec_context.thread_count = 1
    return stream


def plain(path, frames):
    """PyAV, from the first frame to the last that is wanted."""
    import av
    wanted, found = set(frames), {}
    with av.open(path) as clip:
        for number, frame in enumerate(clip.decode(one_thread(clip))):
            if number in wanted:
                found[number] = frame.to_ndarray(format="rgb24")
            if number == max(frames):
                break
    return [found[number] for number in frames]


def seeking(path, frames):
    """PyAV, which seeks to each frame by its time."""
    import av
    found = []
    with av.open(path) as clip:
        stream = one_thread(clip)
        start = stream.start_time or 0
        for number in frames:
            time = start + round(
                number / stream.average_rate / stream.time_base)
            clip.seek(time, stream=stream)
            for frame in clip.decode(stream):
                if frame.pts is None or frame.pts >= time:
                    break
            found.append(frame.to_ndarray(format="rgb24"))
    return found


def opencv(path, frames):
    import cv2
    cv2.setNumThreads(1)
    capture = cv2.VideoCapture(path, cv2.CAP_FFMPEG,
                               [cv2.CAP_PROP_N_THREADS, 1])
    capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 0)
    wanted, found = set(frames), {}
    for number in range(max(frames) + 1):
        if not capture.grab():
            break
        if number in wanted:
            found[number] = cv2.cvtColor(capture.retrieve()[1],
                                         cv2.COLOR_BGR2RGB)
    return [found[number] for number in frames]


PEERS = {
    "torchcodec exact": torchcodec("exact"),
    "torchcodec approximate": torchcodec("approximate"),
    "decord": decord,
    "PyAV to the last frame": plain,
    "PyAV seeking per frame": seeking,
    "OpenCV to the last frame": opencv,
}


def count_frames(path):
    import av
    with av.open(path) as clip:
        return sum(1 for _ in clip.decode(one_thread(clip)))


def groups_of(folder):
    """{group: [(path, frames)]} of the data folder."""
    import av
    data = pathlib.Path(folder)
    variety = data / "video-variety"
    plain, reordered = [], []
    for path in sorted((data / "ucf101-6").rglob("*.avi")):
        with av.open(str(path)) as clip:
            context = clip.streams.video[0].codec_context
            (reordered if context.has_b_frames else plain).append(path)
    groups = {
        "mpeg4 320x240": plain[::7],
        "mpeg4 B 320x240": [*reordered, variety / "mmaction2/test.avi"],
        "h264 340x256": [variety / "mmaction2/test.mp4",
                         variety / "mmaction2/demo.mp4"],
        "h264 mkv 640x480": sorted((variety / "asl-gestures").glob("*"))[::7],
        "h264 mp4 640x480": [variety / "serve/sample_video.mp4",
                             variety / "paddlevideo/example.mp4"],
        "h264 small": [variety / "mmaction2/part_0.mp4",
                       variety / "imageio/realshort.mp4",
                       variety / "bento4/video-h264-001.mp4"],
        "h264 444 720p": [variety / "imageio/cockatoo.mp4"],
        "h264 1080p": [variety / "moviepy/smpte-2997.mp4"],
        "vp9 720p webm": [variety / "moviepy/no_duration.webm"],
    }
    return {name: [(str(path), count_frames(str(path)))
                   for path in paths] for name, paths in groups.items()}


def hash_of(frame):
    """As //tests/benchmarks:video prints it."""
    import numpy
    import xxhash
    return xxhash.xxh64_hexdigest(numpy.ascontiguousarray(frame).tobytes())
