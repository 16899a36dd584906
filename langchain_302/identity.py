"""What LangChain asks of a model before, after and instead of a call: who it is, what it can.

Traces, caches, dumps, profiles and token counts come here; none of it asks the gateway.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

from langchain_core.language_models import BaseChatModel, LangSmithParams, ModelProfile
from langchain_core.messages import BaseMessage
from langchain_core.messages.ai import add_usage
from langchain_core.tools import BaseTool
from pydantic import model_validator

from core_302.messages.token_estimate import count_conversation, token_ids
from core_302.options.chat import chat_options
from core_302.version import version_of
from langchain_302.blocks import PROVIDER
from langchain_302.chat_settings import ChatSettings
from langchain_302.connection import Connection
from langchain_302.convert import to_wire
from langchain_302.errors import langchain_errors
from langchain_302.profile import ResolvedProfile, profile_of
from langchain_302.tool_binding import wire_tools

if TYPE_CHECKING:
    from typing_extensions import Self


class Identity(ChatSettings, BaseChatModel):
    """A chat model that knows itself, and cannot be asked yet."""

    model_config = Connection.model_config  # pydantic would let the framework's class win

    @model_validator(mode="before")
    @classmethod
    def _look_the_profile_up_again(cls, given: Any) -> Any:
        """Forget a profile that was looked up for another model: `configurable_fields` passes it.

        What the user gave stays.
        """
        if isinstance(given, dict) and isinstance(given.get("profile"), ResolvedProfile):
            return {name: value for name, value in given.items() if name != "profile"}
        return given

    def model_post_init(self, context: Any, /) -> None:
        """Let LangChain note its versions: the classes before it in the order would hide that."""
        BaseChatModel.model_post_init(self, context)

    @model_validator(mode="after")
    def _set_our_version(self) -> Self:
        """Tell traces which version of this package they are of."""
        self._add_version("langchain-302", version_of("langchain-302"))
        return self

    @property
    def model_name(self) -> str:
        """The model's name, as other chat models call it."""
        return self.model

    @property
    def _llm_type(self) -> str:
        return "ai302-chat"

    @classmethod
    def is_lc_serializable(cls) -> bool:
        """LangChain's `dumps` may write this class; secrets are left out."""
        return True

    @classmethod
    def get_lc_namespace(cls) -> list[str]:
        """The module that LangChain's `load` finds this class in.

        `load` knows LangChain's own packages; for this one, name it:
        `load(written, allowed_objects=[ChatAI302], valid_namespaces=["langchain_302"])`.
        """
        return ["langchain_302", "chat_model"]

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model": self.model, "base_url": self.base_url, **self._default_options()}

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> LangSmithParams:
        own = [self.stop] if isinstance(self.stop, str) else list(self.stop or ())
        stop = stop or own or None
        params = super()._get_ls_params(stop=stop, **kwargs)
        params["ls_provider"] = PROVIDER
        most = kwargs.get("max_completion_tokens") or self.max_completion_tokens
        if most and "ls_max_tokens" not in params:
            params["ls_max_tokens"] = most
        return params

    def _get_llm_string(self, stop: list[str] | None = None, **kwargs: Any) -> str:
        with langchain_errors():
            return self._cache_key(stop, kwargs, self.output_version)

    def _combine_llm_outputs(self, outputs: list[dict[str, Any] | None], /) -> dict[str, Any]:
        counts = [output["token_usage"] for output in outputs if output and "token_usage" in output]
        combined: dict[str, Any] = {"model_name": self.model, "model_provider": PROVIDER}
        return {**combined, "token_usage": reduce(add_usage, counts)} if counts else combined

    def _resolve_model_profile(self) -> ModelProfile | None:
        return profile_of(self.model, chat_options(self._default_options()))

    def get_token_ids(self, text: str) -> list[int]:
        """Return a number for each token of `text`: an estimate, see `token_estimate`."""
        return self.custom_get_token_ids(text) if self.custom_get_token_ids else token_ids(text)

    def get_num_tokens_from_messages(
        self,
        messages: list[BaseMessage],
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool] | None = None,
    ) -> int:
        """Return how many tokens a conversation has: an estimate, see `token_estimate`.

        Nothing is asked and no link is opened; a picture counts as a constant.
        """
        with langchain_errors():
            wire = to_wire(messages) if messages else []
            return count_conversation(wire, wire_tools(tools or ()))
