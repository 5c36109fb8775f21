"""What people do in the shop can be asked for by name, with JSON arguments."""

import functools
from collections.abc import Callable, Mapping
from typing import Any, Concatenate, ParamSpec, TypeVar, get_type_hints

import msgspec

from qbwc_service.demo.keap.records import Records, ShopError

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound=Records)

_ACTS: dict[str, Callable[..., object]] = {}


def act(method: Callable[Concatenate[S, P], R]) -> Callable[Concatenate[S, P], R]:
    """Makes a method an act: one at a time, and none while a page is being read."""

    @functools.wraps(method)
    def locked(shop: S, /, *args: P.args, **kwargs: P.kwargs) -> R:
        with shop.lock:
            outcome = method(shop, *args, **kwargs)
            shop.heard(method.__name__, outcome)
            return outcome

    _ACTS[method.__name__] = locked
    return locked


def do_act(shop: Records, name: str, arguments: Mapping[str, Any]) -> object:
    """Any act by its name with JSON arguments. Raises ShopError for what does not fit."""
    method = _ACTS.get(name)
    if method is None:
        raise ShopError(f"no such act: {name}; there are {', '.join(sorted(_ACTS))}")
    hints = get_type_hints(method)
    try:
        typed = {key: msgspec.convert(value, hints[key]) for key, value in arguments.items()}
        return method(shop, **typed)
    except (KeyError, TypeError, msgspec.ValidationError) as error:
        raise ShopError(f"{name} does not take that: {error}") from error
