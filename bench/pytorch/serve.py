"""The worker's end of a measurement, as ../support/serve.ts has it."""

import json
import os
import sys
import time

import torch

torch.set_num_threads(len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count())


def options():
    """What the worker was started with."""
    return json.loads(sys.argv[1])


def serve(step, steps, images=1):
    """Warms up for two seconds, says that it is ready, then for each line that comes in times `steps` steps, each of
    so many images."""
    start = time.perf_counter()
    while time.perf_counter() - start < 2:
        step()
    print(json.dumps({'ready': 1}), flush=True)
    for _ in sys.stdin:
        start, cpu = time.perf_counter(), time.process_time()
        for _ in range(steps):
            step()
        seconds, cpu_seconds = time.perf_counter() - start, time.process_time() - cpu
        count = steps * images
        print(json.dumps({'ms': seconds * 1000 / count, 'cpuMs': cpu_seconds * 1000 / count}), flush=True)
