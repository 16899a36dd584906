"""How each integration is set up as its users would point it at a gateway; named as its class."""

from importlib import import_module

from tests.llama_index_contract.stage import KEY


def _made(module, name, url, settings):
    kind = getattr(import_module(module), name)
    return kind(**{"model": "m1", "api_key": KEY, **settings, "api_base": url})


def AI302(url, **settings):
    return _made("llama_index_302", "AI302", url, settings)


def OpenAILike(url, **settings):
    # Without these two it asks the endpoint for completions, and agents refuse it.
    chat = {"is_chat_model": True, "is_function_calling_model": True}
    return _made("llama_index.llms.openai_like", "OpenAILike", f"{url}/v1", {**chat, **settings})


def OpenRouter(url, **settings):
    return _made("llama_index.llms.openrouter", "OpenRouter", f"{url}/v1", settings)


def DeepSeek(url, **settings):
    return _made("llama_index.llms.deepseek", "DeepSeek", f"{url}/v1", settings)
