"""The command ``kg``: runs it, and turns what went wrong into one line and an exit code.

0 done · 1 findings of level error, or some documents failed · 2 wrong usage · 3 a broken input or resource ·
130 and 143 stopped by Ctrl-C or SIGTERM.
"""

from __future__ import annotations

import os
import signal
import sys
from io import TextIOWrapper

from kg.errors import KgError


def main(arguments: list[str] | None = None) -> int:
    """Run ``kg`` with ``arguments`` (those of the process by default); the exit code."""
    given = sys.argv[1:] if arguments is None else arguments
    if arguments is None:
        signal.signal(signal.SIGTERM, _stop)
    traced = "--traceback" in given
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        code = _run([a for a in given if a != "--traceback"])
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # The reader of the pipe has had enough; nothing may be flushed to it when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return _fail("stopped", 130)
    except Exception as error:
        if traced:
            raise
        return _fail(*_told(error))


def _run(arguments: list[str]) -> int:
    from typer import Exit
    from typer.main import get_command

    from kg.cli import app

    try:
        command = get_command(app)
        with command.make_context("kg", arguments) as context:
            command.invoke(context)
    except Exit as ended:
        return ended.exit_code
    return 0


def _told(error: Exception) -> tuple[str, int]:
    """The line about an error, and the exit code."""
    if isinstance(error, KgError):
        return " ".join(str(error).split()), error.exit_code
    told = getattr(error, "format_message", None)
    if told is not None:
        # A wrong call, found by the parser of the command line.
        command = getattr(getattr(error, "ctx", None), "command_path", "kg")
        return f"{' '.join(told().split())} ({command} --help)", 2
    return f"internal error, {type(error).__name__}; run again with --traceback and report it", 3


def _fail(message: str, code: int) -> int:
    print(f"kg: {message}", file=sys.stderr)
    return code


def _stop(number: int, frame: object) -> None:
    """End as by Ctrl-C, so that unfinished files are removed."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main())
