"""A function and its rule become a function that tells: one wrapper for each kind of function that Python has."""

import inspect
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from typing import Any

from opentelemetry import context as context_api

from trivet import faults
from trivet.instrument.kit import Aside, Call, Teller, Told, Wrap
from trivet.instrument.patch import dressed, places
from trivet.instrument.within import inside


def wrapped(rule: Wrap, teller: Teller) -> Callable[[Callable], Callable]:
    def wrap(function: Callable) -> Callable:
        known = places(function)
        if inspect.iscoroutinefunction(function):
            made = _coroutine(rule, teller, function, known)
        elif inspect.isasyncgenfunction(function):
            made = _async_generator(rule, teller, function, known)
        elif inspect.isgeneratorfunction(function):
            made = _generator(rule, teller, function, known)
        else:
            made = _plain(rule, teller, function, known)
        return dressed(made, function)

    return wrap


def _plain(rule: Wrap, teller: Teller, function: Callable, known: Mapping[str, int]) -> Callable:
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        call = Call(known, args, kwargs)
        told = teller.begin(rule, call)
        if told is None:
            return function(*args, **kwargs)
        try:
            result = function(*call.args, **call.kwargs)
        except BaseException as error:
            told.fail(error)
            raise
        if inspect.iscoroutine(result):  # a function that hands out another's coroutine, to be awaited elsewhere
            told.suspend()
            return _resumed(told, result)
        told.succeed(result)
        return result

    return wrapper


async def _resumed(told: Told, result: Any) -> Any:
    told.resume()
    return await _awaited(told, result)


async def _awaited(told: Told, result: Any) -> Any:
    try:
        value = await result
    except BaseException as error:
        told.fail(error)
        raise
    told.succeed(value)
    return value


def _coroutine(rule: Wrap, teller: Teller, function: Callable, known: Mapping[str, int]) -> Callable:
    async def wrapper(*args: Any, **kwargs: Any) -> Any:
        call = Call(known, args, kwargs)
        told = teller.begin(rule, call)
        if told is None:
            return await function(*args, **kwargs)
        return await _awaited(told, function(*call.args, **call.kwargs))

    return wrapper


def _generator(rule: Wrap, teller: Teller, function: Callable, known: Mapping[str, int]) -> Callable:
    def wrapper(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        call = Call(known, args, kwargs)
        told = teller.begin(rule, call)
        if told is None:
            return (yield from function(*args, **kwargs))
        generator = function(*call.args, **call.kwargs)
        step, given = generator.send, None
        try:
            while True:
                value = step(given)
                told.suspend()
                try:
                    given, step = (yield value), generator.send
                except GeneratorExit:
                    told.resume()
                    generator.close()
                    raise
                except BaseException as error:
                    given, step = error, generator.throw
                told.resume()
        except StopIteration as stop:
            told.succeed(stop.value)
            return stop.value
        except GeneratorExit:
            told.succeed()
            raise
        except BaseException as error:
            told.fail(error)
            raise

    return wrapper


def _async_generator(rule: Wrap, teller: Teller, function: Callable, known: Mapping[str, int]) -> Callable:
    async def wrapper(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        call = Call(known, args, kwargs)
        told = teller.begin(rule, call)
        generator = function(*call.args, **call.kwargs)
        step, given = generator.asend, None
        try:
            while True:
                value = await step(given)
                if told:
                    told.suspend()
                try:
                    given, step = (yield value), generator.asend
                except GeneratorExit:
                    await generator.aclose()
                    raise
                except BaseException as error:
                    given, step = error, generator.athrow
                finally:
                    if told:
                        told.resume()
        except (StopAsyncIteration, GeneratorExit) as stop:
            if told:
                told.succeed()
            if isinstance(stop, GeneratorExit):
                raise
        except BaseException as error:
            if told:
                told.fail(error)
            raise

    return wrapper


def quiet(rule: Aside) -> Callable[[Callable], Callable]:
    """The function, with a look at each call, and with families that make no spans inside."""

    def wrap(function: Callable) -> Callable:
        known = places(function)

        def look(args: tuple, kwargs: dict[str, Any]) -> Call:
            call = Call(known, args, kwargs)
            try:
                if rule.run is not None:
                    rule.run(call)
            except Exception as error:
                faults.swallow(error, "instrument")
            return call

        def looks(*args: Any, **kwargs: Any) -> Any:
            call = look(args, kwargs)
            return function(*call.args, **call.kwargs)

        async def looks_and_awaits(*args: Any, **kwargs: Any) -> Any:
            call = look(args, kwargs)
            return await function(*call.args, **call.kwargs)

        async def awaits(*args: Any, **kwargs: Any) -> Any:
            call = look(args, kwargs)
            token = context_api.attach(inside(context_api.get_current(), rule.quiet))
            try:
                return await function(*call.args, **call.kwargs)
            finally:
                context_api.detach(token)

        def calls(*args: Any, **kwargs: Any) -> Any:
            call = look(args, kwargs)
            token = context_api.attach(inside(context_api.get_current(), rule.quiet))
            try:
                return function(*call.args, **call.kwargs)
            finally:
                context_api.detach(token)

        # Without `quiet`, whatever context it leaves behind stays.
        made = (awaits, calls) if rule.quiet else (looks_and_awaits, looks)
        return dressed(made[0] if inspect.iscoroutinefunction(function) else made[1], function)

    return wrap
