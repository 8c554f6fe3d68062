"""Says how far a rank of a job is, for `heddle jobs`: what `x-heddle: { job: … }` asks of a program. Without Heddle it does nothing.

    progress = Progress(steps=500)
    for batch in progress.data(batches):
        …
        with progress.network():
            torch.distributed.all_reduce(…)
        progress.step(loss=loss.item())

Heddle reads one JSON object from $HEDDLE_JOB_PROGRESS, which is put in place whole: `step`, and whatever is known of `steps`, `phase`,
`seconds` (compute, network, data), `loss` and `checkpoint`.
"""
import atexit
import contextlib
import json
import math
import os
import sys
import threading
import time

# Seconds between two words: who stands still says so all the same, since a thread of its own speaks.
INTERVAL = 0.5


class Progress:
    def __init__(self, steps=None, step=0):
        self._file = os.environ.get('HEDDLE_JOB_PROGRESS')
        self._said = {'step': step, **({} if steps is None else {'steps': steps})}
        # What a program does before its first word, is its own work.
        self._seconds = {'compute': _age(), 'network': 0.0, 'data': 0.0}
        self._phase = 'compute'
        self._since = time.monotonic()
        self._lock = threading.Lock()
        if self._file:
            atexit.register(self._write)
            threading.Thread(target=self._speak, daemon=True).start()

    def step(self, step=None, loss=None, checkpoint=None):
        """One more, or so many, are done. `checkpoint`: the last that the job could go on from."""
        with self._lock:
            self._said['step'] = self._said['step'] + 1 if step is None else step
            if loss is not None:
                self._said['loss'] = loss if math.isfinite(loss) else None
            if checkpoint is not None:
                self._said['checkpoint'] = checkpoint

    def network(self):
        """While it is in an operation with other ranks."""
        return self._at('network')

    def data(self, batches):
        """The same batches; the time that they are waited for is told apart."""
        batches = iter(batches)
        while True:
            with self._at('data'):
                try:
                    batch = next(batches)
                except StopIteration:
                    return
            yield batch

    def end(self):
        """Says the last word, and ends the program: to take PyTorch down in good order takes as long as some steps."""
        self._write()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)

    @contextlib.contextmanager
    def _at(self, phase):
        before = self._turn(phase)
        try:
            yield
        finally:
            self._turn(before)

    def _turn(self, phase):
        with self._lock:
            self._count()
            before, self._phase = self._phase, phase
            return before

    def _count(self):
        now = time.monotonic()
        self._seconds[self._phase] += now - self._since
        self._since = now

    def _speak(self):
        while True:
            self._write()
            time.sleep(INTERVAL)

    def _write(self):
        if not self._file:
            return
        with self._lock:
            self._count()
            text = json.dumps({**self._said, 'phase': self._phase, 'seconds': self._seconds})
            # A disk that is full is no reason to end.
            with contextlib.suppress(OSError):
                with open(f'{self._file}.new', 'w') as file:
                    file.write(text)
                os.replace(f'{self._file}.new', self._file)


def _age():
    """Seconds since this process began (proc_pid_stat(5), field 22)."""
    with open('/proc/self/stat') as stat, open('/proc/uptime') as uptime:
        began = int(stat.read().rsplit(')', 1)[1].split()[19]) / os.sysconf('SC_CLK_TCK')
        return max(0.0, float(uptime.read().split()[0]) - began)
