"""Ties a pydantic class of an adapter to its `Connection`: what it gets, and when it is checked.

A decorator and no base class: the framework's own class must stand first among the bases (pydantic
takes its configuration from the last, and `model_post_init` from the first), and methods that stand
after it would come too late.
"""

# ruff: noqa: SLF001 - the private names are those of the classes that are tied here

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import wraps
from inspect import Parameter, Signature
from typing import Any, TypeVar, cast

from pydantic import SecretStr, ValidationError

from core_302.adapters.assignment import checked
from core_302.adapters.client_fields import ClientFields
from core_302.adapters.connection import MAKING, Connection, LifeCycle
from core_302.config import Settings, Unshown, conceal
from core_302.errors import AI302Error, ConfigurationError, InvalidInputError
from core_302.options.chat import explain

Constructor = TypeVar("Constructor", bound=Callable[..., None])
Kind = TypeVar("Kind", bound=ClientFields)

# Fields that a given client has settled already.
SETTLED = (
    *("api_key", "timeout", "max_retries", "retry", "polling", "default_headers", "default_query"),
    *("allow_insecure", "trusted_hosts", "http_client"),
)
LIFE_CYCLE = ("close", "aclose", "__enter__", "__exit__", "__aenter__", "__aexit__")


def connected(
    raised: Callable[[AI302Error], AI302Error] = lambda error: error,
) -> Callable[[type[Kind]], type[Kind]]:
    """Return a decorator for classes with `ClientFields` and a private `_connection`.

    Args:
        raised: Makes an error of the constructor one of the framework's too.
    """

    def tie(cls: type[Kind]) -> type[Kind]:
        for name in LIFE_CYCLE:
            setattr(cls, name, vars(LifeCycle)[name])
        cls._gateway = property(_gateway_of)  # type: ignore[assignment]
        _tie_constructor(cls, raised)
        _tie_copies(cls)
        return cls

    return tie


def _tie_constructor(cls: type[Kind], raised: Callable[[AI302Error], AI302Error]) -> None:
    def __init__(self: Kind, *first: Any, **given: Any) -> None:  # noqa: N807
        if "api_key" in given:
            given["api_key"] = concealed(given["api_key"])
        conceal(given)
        try:
            given |= by_name(cls, first, given)
        except InvalidInputError as error:
            first = ()  # it may be a key, and crash reports show the variables of every frame
            raise raised(error) from None
        try:
            super(cls, self).__init__(**given)
            settings = settings_of(self)  # a missing key is reported now, not by the first call
            if self.api_key is None and not _shared(self):
                self.api_key = SecretStr(str(settings.api_key or ""))
        except ValidationError as error:
            raise raised(what_is_wrong(error, type(self))) from None
        except AI302Error as error:
            raise raised(error) from None

    def __setattr__(self: Kind, name: str, value: Any) -> None:  # noqa: N807
        try:
            value = checked(type(self), name, value)
        except InvalidInputError as error:
            raise raised(error) from None
        super(cls, self).__setattr__(name, value)

    cls.__setattr__ = __setattr__  # type: ignore[method-assign,assignment]
    cls.__init__ = __init__  # type: ignore[method-assign,assignment]
    cls.__pydantic_custom_init__ = True  # `model_validate` comes here as well
    cls.__signature__ = FieldSignature()  # type: ignore[assignment]


def by_name(cls: type, positional: Sequence[Any], given: Collection[str] = ()) -> dict[str, Any]:
    """Return a constructor's positional arguments by name: one at most, where the class has one.

    Args:
        cls: The class.
        positional: What came by position; it is not repeated, since it may be a key.
        given: What came by name.

    Raises:
        InvalidInputError: There are others.
    """
    if not positional:
        return {}
    first: str | None = getattr(cls, "_first", None)
    if len(positional) == 1 and first is not None and first not in given:
        return {first: positional[0]}
    fields = getattr(cls, "model_fields", {})
    example = next((name for name, field in fields.items() if field.is_required()), "api_key")
    positional = ()  # as in the constructor: no frame keeps what is refused
    said = f"{cls.__name__} takes its arguments by name, such as {cls.__name__}({example}=...)."
    raise InvalidInputError(said)


def names_only(constructor: Constructor) -> Constructor:
    """Let a constructor with a signature of its own refuse positional arguments as others do."""

    @wraps(constructor)
    def __init__(self: Any, *positional: Any, **given: Any) -> None:  # noqa: N807
        conceal(given)
        refused = bool(positional)
        positional = ()
        if refused:
            by_name(type(self), [None])
        constructor(self, **given)

    return cast("Constructor", __init__)


class FieldSignature:
    """The fields as the signature that editors show; pydantic's own comes with the first object."""

    def __get__(self, _: object, owner: type[ClientFields]) -> Signature:
        return Signature(
            [
                Parameter(
                    name,
                    Parameter.POSITIONAL_OR_KEYWORD
                    if name == owner._first
                    else Parameter.KEYWORD_ONLY,
                    default=Parameter.empty if field.is_required() else field.get_default(),
                    annotation=field.annotation,
                )
                for name, field in sorted(
                    owner.model_fields.items(), key=lambda item: item[0] != owner._first
                )
            ]
        )


def _tie_copies(cls: type[Kind]) -> None:
    def __getstate__(self: Kind) -> dict[Any, Any]:  # noqa: N807
        """A pickle carries no key, no headers, no query and no connections."""
        state = super(cls, self).__getstate__()
        secret = {"api_key", "default_headers", "default_query"}
        dropped = {*secret, "http_client", cls._async_http_client}
        fields = {k: None if k in dropped else v for k, v in state["__dict__"].items()}
        private = {**(state["__pydantic_private__"] or {}), "_connection": None}
        return {**state, "__dict__": fields, "__pydantic_private__": private}

    def __copy__(self: Kind) -> Kind:  # noqa: N807
        """A copy has connections of its own: its address or key may be changed next."""
        copy: Kind = super(cls, self).__copy__()
        copy._connection = None
        return copy

    def __deepcopy__(self: Kind, memo: dict[int, Any] | None = None) -> Kind:  # noqa: N807
        """A deep copy keeps the key, and shares clients that are not its own."""
        memo = {} if memo is None else memo
        memo[id(self._connection)] = None
        theirs = getattr(self, cls._async_http_client)
        for given in (self.client, self.async_client, self.http_client, theirs):
            memo[id(given)] = given
        return super(cls, self).__deepcopy__(memo)

    for function in (__getstate__, __copy__, __deepcopy__):
        setattr(cls, function.__name__, function)


def _gateway_of(fields: ClientFields) -> Connection:
    if fields._connection is None:
        with MAKING:
            fields._connection = fields._connection or connection_of(fields)
    return fields._connection


def connection_of(fields: ClientFields) -> Connection:
    """Return a connection as `fields` say.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
    """
    return Connection(
        settings_of(fields),
        client=fields.client,
        async_client=fields.async_client,
        http_client=fields.http_client,
        async_http_client=getattr(fields, fields._async_http_client),
        retry=fields.retry,
        polling=getattr(fields, "polling", None),
    )


def settings_of(fields: ClientFields) -> Settings:
    """Return the settings that `fields` say, or those of a given client.

    Raises:
        ConfigurationError: There is no key, or a setting cannot be used.
    """
    if (shared := _shared(fields)) is not None:
        return shared
    key = fields.api_key
    given: dict[str, Any] = {
        "api_key": Unshown(key.get_secret_value()) if isinstance(key, SecretStr) else key,
        "base_url": getattr(fields, fields._address),
    }
    names = ("timeout", "max_retries", "default_headers", "default_query", "allow_insecure")
    given |= {name: getattr(fields, name) for name in (*names, "trusted_hosts")}
    return Settings.from_env(**given)


def _shared(fields: ClientFields) -> Settings | None:
    """Return the settings of a given client; nothing else can be set beside it."""
    given = fields.client or fields.async_client
    if given is None:
        return None
    try:
        Connection(None, client=fields.client, async_client=fields.async_client)
    except ConfigurationError as error:
        error.add(f"Your own httpx clients go in http_client and {fields._async_http_client}.")
        raise
    declared = type(fields).model_fields
    names = (*SETTLED, fields._address, fields._async_http_client)
    own = [n for n in names if n in declared and getattr(fields, n) != declared[n].default]
    if own:
        raise ConfigurationError(
            f"{', '.join(own)} cannot be set together with client=: that client has its own."
        )
    return given.settings


def concealed(key: SecretStr | str | None) -> SecretStr | None:
    """Return a constructor's key as one that no repr shows.

    Crash reports show the variables of every frame, and a constructor that refuses has them all.
    """
    return SecretStr(key) if isinstance(key, str) else key


def what_is_wrong(error: ValidationError, kind: type[ClientFields]) -> AI302Error:
    """Return our own error if a validator raised one, else one that names each wrong argument."""
    for detail in error.errors(include_url=False, include_input=False):
        cause = detail.get("ctx", {}).get("error")
        if isinstance(cause, AI302Error):
            return cause
    return InvalidInputError(explain(error, kind, hint=kind._hint))
