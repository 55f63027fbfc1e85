"""A training goes on whatever its log meets: what cannot be written becomes a warning that is said once."""

from __future__ import annotations

import functools
import inspect
import logging
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

#: Different complaints that are kept to be said once; what comes then is passed over.
MOST_COMPLAINTS = 1000

_log = logging.getLogger("runglass.writer")


class Complaints:
    """Says each thing once, as a record of the logger ``runglass.writer``."""

    def __init__(self) -> None:
        self._said: set[tuple[object, ...]] = set()

    def say(self, about: tuple[object, ...], message: str) -> None:
        """Log ``message`` as a warning unless something was said ``about`` this."""
        if about in self._said or len(self._said) > MOST_COMPLAINTS:
            return
        self._said.add(about)
        if len(self._said) > MOST_COMPLAINTS:
            message += " (further warnings of this writer are left out)"
        _log.warning("%s", message)


class Guarded(Protocol):
    """What :func:`guarded` needs to know of an object."""

    def _refuse(self, method: str, tag: object, error: Exception) -> None: ...


Writer = TypeVar("Writer", bound=Guarded)
Arguments = ParamSpec("Arguments")


def guarded(
    method: Callable[Concatenate[Writer, Arguments], None],
) -> Callable[Concatenate[Writer, Arguments], None]:
    """Hand every exception of a method to the object's ``_refuse(name of the method, its tag, exception)``.

    The tag is the argument named ``tag`` or ``main_tag``; None where the method has none.
    """
    parameters = inspect.signature(method).parameters
    place, parameter = next(
        ((place - 1, one) for place, one in enumerate(parameters.values()) if one.name in ("tag", "main_tag")),
        (-1, None),
    )

    @functools.wraps(method)
    def wrapper(self: Writer, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        try:
            method(self, *args, **kwargs)
        except Exception as error:  # noqa: BLE001 - whatever the cause: a training must not end for its log
            tag: Any = None
            if parameter is not None:
                tag = args[place] if place < len(args) else kwargs.get(parameter.name, parameter.default)
                tag = None if tag is inspect.Parameter.empty else tag
            self._refuse(method.__name__, tag, error)

    return wrapper
