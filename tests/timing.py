"""Processor time inside one run: what is compared is one piece of work with another."""

import time
from collections.abc import Callable


def spent(work: Callable[[], object]) -> float:
    "Processor seconds that `work` takes."
    start = time.process_time()
    work()
    return time.process_time() - start
