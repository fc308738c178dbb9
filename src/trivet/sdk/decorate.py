"""A context manager around every kind of function: plain, coroutine, generator, asynchronous generator.

A generator's span lasts from its first step to its last, and is the current one only while the generator itself
runs: its consumer, between two steps, is somewhere else.
"""

import functools
import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any


def decorate(function: Callable, make: Callable[[], Any]) -> Callable:
    """`function` inside a fresh `make()` at each call; signature, name and kind of the function stay."""
    if inspect.iscoroutinefunction(function):
        return _coroutine(function, make)
    if inspect.isasyncgenfunction(function):
        return _async_generator(function, make)
    if inspect.isgeneratorfunction(function):
        return _generator(function, make)

    @functools.wraps(function)
    def inside(*args: Any, **kwargs: Any) -> Any:
        with make():
            return function(*args, **kwargs)

    return inside


def _coroutine(function: Callable, make: Callable[[], Any]) -> Callable:
    @functools.wraps(function)
    async def inside(*args: Any, **kwargs: Any) -> Any:
        with make():
            return await function(*args, **kwargs)

    return inside


def _generator(function: Callable, make: Callable[[], Any]) -> Callable:
    @functools.wraps(function)
    def inside(*args: Any, **kwargs: Any) -> Iterator[Any]:
        steps = function(*args, **kwargs)
        step, given = steps.send, None
        current = make()
        with current:
            while True:
                try:
                    result = step(given)
                except StopIteration as stop:
                    return stop.value
                current.suspend()
                try:
                    step, given = steps.send, (yield result)
                except GeneratorExit:
                    current.resume()
                    steps.close()
                    raise
                except BaseException as error:
                    step, given = steps.throw, error
                current.resume()

    return inside


def _async_generator(function: Callable, make: Callable[[], Any]) -> Callable:
    @functools.wraps(function)
    async def inside(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        steps = function(*args, **kwargs)
        step, given = steps.asend, None
        current = make()
        with current:
            while True:
                try:
                    result = await step(given)
                except StopAsyncIteration:
                    return
                current.suspend()
                try:
                    step, given = steps.asend, (yield result)
                except GeneratorExit:
                    current.resume()
                    await steps.aclose()
                    raise
                except BaseException as error:
                    step, given = steps.athrow, error
                current.resume()

    return inside
