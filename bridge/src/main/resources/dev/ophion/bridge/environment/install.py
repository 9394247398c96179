"""Makes a virtual environment and lets pip fill it; ends with the JVM that started it."""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import threading
import venv


class Installation:
    def __init__(self):
        self._process = None
        self._starting = threading.Lock()

    def run(self, command, lock):
        with self._starting:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, start_new_session=True, pass_fds=(lock,)
            )
        return self._process.wait()

    def end_with_parent(self):
        # The JVM holds the other end. It closes it to give up, and the kernel does when it dies.
        while os.read(0, 1):
            pass
        with self._starting:
            if self._process is None:
                os._exit(1)
            os.killpg(self._process.pid, signal.SIGKILL)


def main(guard, folder, arguments):
    installation = Installation()
    threading.Thread(target=installation.end_with_parent, daemon=True).start()
    # pip inherits it: nobody starts over while one whose JVM was killed still writes.
    lock = os.open(guard, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    if os.path.lexists(folder):
        shutil.rmtree(folder)
    venv.create(folder, symlinks=True)
    if not arguments:
        return 0
    # The distribution's pip in the environment's Python, as `pip --python` does it.
    python = os.path.join(folder, "bin", os.path.basename(sys.executable))
    pip = os.path.join(os.path.dirname(os.__file__), "site-packages", "pip")
    return installation.run([python, "-I", "-u", "-X", "utf8", pip, *arguments], lock)


sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
