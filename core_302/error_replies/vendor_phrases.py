"""The phrases in which the vendors behind the gateway word refusals that have their own class."""

from __future__ import annotations

# "The input is too long", in lower case. Each is a part of a vendor's own message.
OVERFLOW_WORDS = (
    "maximum context length",  # OpenAI, DeepSeek, Mistral, OpenRouter, vLLM
    "context length exceeded",
    "context_length_exceeded",
    "exceeds the model's context length",
    "greater than the context length",  # LM Studio
    "context window",  # OpenAI's Responses, MiniMax, Perplexity
    "context size",  # llama.cpp
    "exceed context limit",  # Anthropic: input length and `max_tokens` exceed context limit
    "prompt is too long",  # Anthropic
    "prompt too long",
    "input is too long",  # Amazon Bedrock
    "input token count",  # Gemini
    "input tokens exceed",  # OpenAI: the configured limit
    "prompt token count",  # GitHub's models
    "exceeds the maximum number of tokens",  # Gemini, Vertex
    "exceeds the maximum size",  # Anthropic: request_too_large
    "exceed max message tokens",  # Volcano Ark (Doubao)
    "range of input length",  # Qwen
    "maximum prompt length",  # xAI
    "exceeded model token limit",  # Kimi
    "token limit exceeded",
    "too many tokens",  # Cohere
    "reduce the length of the",  # Groq, OpenAI: the messages, the prompt
    "maximum model length",  # vLLM
    "max_new_tokens` must be",  # Text Generation Inference
    "exceeds max length",  # GLM
    "prompt \u8d85\u957f",  # GLM, in Chinese: the prompt is too long
    "too_many_prompt_tokens",  # Perplexity
    "max input characters",  # Baidu
)

# Phrases of errors that come without a known status or code, in lower case.
QUOTA_WORDS = (
    "insufficient balance",
    "insufficient_balance",
    "insufficient quota",
    "insufficient_quota",
    "insufficient credit",
    "exceeded your current quota",
    "balance is too low",
    "usage limit exceeded",
    "in arrears",
    "arrearage",
    "payment required",
    "\u4f59\u989d\u4e0d\u8db3",  # in Chinese: the balance is insufficient
    "\u6b20\u8d39",  # in arrears
)
RATE_WORDS = (
    "rate limit",
    "rate_limit",
    "ratelimit",
    "too many requests",
    "limit of requests",
    "qps limit",
    "rpm limit",
    "tpm limit",
    "throttl",
    "\u9650\u6d41",  # in Chinese: rate limited
    "\u8bf7\u6c42\u8fc7\u4e8e\u9891\u7e41",  # requests are too frequent
)
KEY_WORDS = (
    "invalid api key",
    "invalid_api_key",
    "incorrect api key",
    "api key is invalid",
    "api key not valid",
    "api key has expired",
    "unauthorized",
    "authentication fail",
    "invalid authentication",
    "login fail",
    "\u9274\u6743\u5931\u8d25",  # in Chinese: the authentication has failed
)
REQUEST_WORDS = ("invalid param", "invalid request", "invalid_request", "invalid argument")

# "This model takes no schema for its answer."
SCHEMA_WORDS = ("response_format", "json_schema", "structured output")


def says_overflow(words: str) -> bool:
    """Return whether a refusal says that the input is too long."""
    return says_any(words, OVERFLOW_WORDS)


def says_no_schema(words: str) -> bool:
    """Return whether a refusal is about the requested form of the answer."""
    return says_any(words, SCHEMA_WORDS)


def says_any(words: str, phrases: tuple[str, ...]) -> bool:
    """Return whether one of `phrases` stands in a refusal."""
    lower = words.lower()
    return any(phrase in lower for phrase in phrases)
