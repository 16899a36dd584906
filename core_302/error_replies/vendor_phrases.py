"""How the vendors behind the gateway word a refusal that deserves a class of its own."""

from __future__ import annotations

# "The input is too long", in lower case. Each is a part of a vendor's own sentence.
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
)

# "This model takes no schema for its answer."
SCHEMA_WORDS = ("response_format", "json_schema", "structured output")


def says_overflow(words: str) -> bool:
    """Tell whether a refusal says that the input is too long."""
    lower = words.lower()
    return any(phrase in lower for phrase in OVERFLOW_WORDS)


def says_no_schema(words: str) -> bool:
    """Tell whether a refusal is about the form that was asked of the answer."""
    lower = words.lower()
    return any(phrase in lower for phrase in SCHEMA_WORDS)
