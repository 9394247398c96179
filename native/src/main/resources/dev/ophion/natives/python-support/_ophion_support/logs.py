"""Records of the module logging go to SLF4J."""

import logging

import _ophion
import _thread
from _ophion_support import errors


class Handler(logging.Handler):
    """On the root logger. Whether a record is wanted is for Java to say."""

    def __init__(self):
        super().__init__()
        self._busy = _thread._local()

    def handle(self, record):
        # Without the handler's lock: what takes the record may wait for another thread that logs.
        kept = self.filter(record)
        if isinstance(kept, logging.LogRecord):
            record = kept
        if kept:
            self.emit(record)
        return kept

    def emit(self, record):
        # An appender that calls Python, which logs, would go round for ever.
        if getattr(self._busy, "is_handing_over", False):
            return
        self._busy.is_handing_over = True
        try:
            self._hand_over(record)
        except Exception:
            self.handleError(record)
        finally:
            self._busy.is_handing_over = False

    def _hand_over(self, record):
        level = int(record.levelno)
        level = max(0, min(level, logging.CRITICAL))
        name = errors.plain_text(str(record.name))
        if not _ophion.is_logged(level, name):
            return
        message = self.format(record) if self.formatter else record.getMessage()
        if record.stack_info:
            message = f"{message}\n{self.formatStack(record.stack_info)}"
        error = record.exc_info and record.exc_info[1]
        described = errors.describe(error) if isinstance(error, BaseException) else None
        _ophion.log(level, (name, errors.plain_text(message), described))

    def formatStack(self, stack_info):
        return str(stack_info)


def install():
    root = logging.getLogger()
    root.addHandler(Handler())
    # The levels of SLF4J's configuration hold, unless the user's code sets one here.
    root.setLevel(logging.NOTSET)
