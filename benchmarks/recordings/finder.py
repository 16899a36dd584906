"""Finds the recorded replies in a folder of repositories, and says why the rest is left out.

Each folder below the given one is a repository, named `owner+name`. A reply counts once, however
many files hold it.
"""

from __future__ import annotations

import gzip
import hashlib
import re
import subprocess
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.recordings.cassettes import UnreadableFileError, exchanges
from benchmarks.recordings.reader import NotJudgedError, read
from benchmarks.recordings.recording import Exchange, Recording

SUFFIXES = frozenset({"yaml", "yml", "json", "jsonl", "har", "httprr", "txt", "sse", "gz"})
NEVER = frozenset({".git", "node_modules", ".venv"})
LARGEST = 50_000_000  # bytes
MARKS = (b"chat/completions", b'"choices"', b"choices:", b"chat.completion")

# Words of an endpoint's host, or else of a file's path, and whose they are; the first that fits.
VENDORS = {
    "azure": "Azure",
    "openrouter": "OpenRouter",
    "open-router": "OpenRouter",
    "open_router": "OpenRouter",
    "mistral": "Mistral",
    "groq": "Groq",
    "deepseek": "DeepSeek",
    "vercel": "Vercel AI Gateway",
    "hyper.charm": "Charm Hyper",
    "ollama": "Ollama",
    "11434": "Ollama",
    "huggingface": "Hugging Face",
    "x.ai": "xAI",
    "xai": "xAI",
    "z.ai": "Z.ai",
    "zai": "Z.ai",
    "databricks": "Databricks",
    "perplexity": "Perplexity",
    "cerebras": "Cerebras",
    "snowflake": "Snowflake",
    "cloudflare": "Cloudflare",
    "together": "Together",
    "avian": "Avian",
    "crusoe": "Crusoe",
    "ai21": "AI21",
    "googleapis": "Google",
    "gemini": "Google",
    "bedrock": "AWS Bedrock",
    "amazonaws": "AWS Bedrock",
    "portkey": "Portkey",
    "heroku": "Heroku",
    "alibaba": "Alibaba",
    "dashscope": "Alibaba",
    "qwen": "Alibaba",
    "moonshot": "Moonshot",
    "minimax": "MiniMax",
    "fireworks": "Fireworks",
    "nvidia": "NVIDIA",
    "cloud.ibm": "IBM watsonx",
    "llamafile": "llamafile",
    "llamacpp": "llama.cpp",
    "lmstudio": "LM Studio",
    "vllm": "vLLM",
    "hyperbolic": "Hyperbolic",
    "galadriel": "Galadriel",
    "copilot": "GitHub Copilot",
    "gpustack": "GPUStack",
    "openai": "OpenAI",
}


@dataclass
class Found:
    """What is in the folder.

    Attributes:
        recordings: The distinct replies that can be judged.
        files: How many files were looked into.
        skipped_files: Why files hold nothing to replay, and how many.
        skipped_exchanges: Why exchanges are left out, and how many.
        commits: The commit of each repository that is a checkout, shortened.
    """

    recordings: list[Recording] = field(default_factory=list)
    files: int = 0
    skipped_files: Counter[str] = field(default_factory=Counter)
    skipped_exchanges: Counter[str] = field(default_factory=Counter)
    commits: dict[str, str] = field(default_factory=dict)

    @property
    def without_recordings(self) -> list[str]:
        """The repositories that hold none."""
        return sorted(set(self.commits) - {one.repository for one in self.recordings})


def find(folder: Path) -> Found:
    """Return the replies in the repositories below `folder`."""
    found = Found()
    seen: set[bytes] = set()
    for repository in sorted(path for path in folder.iterdir() if path.is_dir()):
        found.commits[_name(repository)] = _commit(repository)
        for path in _files(repository):
            found.files += 1
            _look_into(path, repository, found, seen)
    return found


def _name(repository: Path) -> str:
    return repository.name.replace("+", "/", 1)


def _commit(repository: Path) -> str:
    if not (repository / ".git").exists():
        return ""
    command = ["git", "-C", str(repository), "rev-parse", "--short", "HEAD"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603


def _files(repository: Path) -> Iterator[Path]:
    for path in sorted(repository.rglob("*")):
        known = path.suffix.lower().lstrip(".") in SUFFIXES
        if known and not NEVER & set(path.parts) and path.is_file() and not path.is_symlink():
            yield path


def _look_into(path: Path, repository: Path, found: Found, seen: set[bytes]) -> None:
    try:
        listed = exchanges(*_content(path))
    except UnreadableFileError as error:
        found.skipped_files[str(error)] += 1
        return
    inside = path.relative_to(repository).as_posix()
    name = _name(repository)
    for number, exchange in enumerate(listed, 1):
        try:
            recording = _recording(exchange, name, inside, number)
        except NotJudgedError as error:
            found.skipped_exchanges[str(error)] += 1
            continue
        if (mark := _digest(recording)) in seen:
            found.skipped_exchanges["the same bytes as another"] += 1
            continue
        seen.add(mark)
        found.recordings.append(recording)


def _content(path: Path) -> tuple[str, bytes]:
    if path.stat().st_size > LARGEST:
        raise UnreadableFileError(f"larger than {LARGEST // 1_000_000} MB")
    name, content = path.name, path.read_bytes()
    if name.endswith(".gz"):
        name, content = name.removesuffix(".gz"), _gunzipped(content)
    if not any(mark in content for mark in MARKS):
        raise UnreadableFileError("no word of chat completions in it")
    return name, content


def _gunzipped(content: bytes) -> bytes:
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, zlib.error):
        raise UnreadableFileError("not gzip, or cut") from None


def _recording(exchange: Exchange, repository: str, path: str, number: int) -> Recording:
    _check_endpoint(exchange)
    plain = _unpacked(exchange)
    if not plain.strip():
        raise NotJudgedError("no body was recorded")
    stream = _is_stream(exchange, plain)
    read(plain, exchange.status, stream=stream)
    gzipped = exchange.body.startswith(b"\x1f\x8b")
    return Recording(
        repository=repository,
        path=path,
        number=number,
        kind=exchange.kind,
        vendor=_vendor(exchange.url, path),
        status=exchange.status,
        stream=stream,
        gzipped=gzipped,
        body=exchange.body if gzipped else plain,
    )


def _check_endpoint(exchange: Exchange) -> None:
    if exchange.url and not re.search(r"/chat/completions/?(\?|$)", exchange.url):
        raise NotJudgedError("of another endpoint")
    if exchange.method != "POST":
        raise NotJudgedError("not a POST")


def _unpacked(exchange: Exchange) -> bytes:
    """Return the body as JSON or events; some tools write it down compressed, some do not."""
    try:
        if exchange.body.startswith(b"\x1f\x8b"):
            return gzip.decompress(exchange.body)
        if exchange.encoding == "deflate":
            return zlib.decompress(exchange.body)
    except (OSError, EOFError, zlib.error):
        pass
    try:
        exchange.body.decode()
    except UnicodeDecodeError:
        encoding = exchange.encoding or "no"
        raise NotJudgedError(f"a body that is not text, with {encoding} encoding") from None
    return exchange.body


def _is_stream(exchange: Exchange, plain: bytes) -> bool:
    if re.search(rb"^data:", plain, re.MULTILINE):
        return True
    if plain.lstrip()[:1] == b"{":
        return exchange.status >= 400 and bool(exchange.asked_to_stream)  # noqa: PLR2004
    return exchange.media_type == "text/event-stream" or bool(exchange.asked_to_stream)


def _vendor(url: str, path: str) -> str:
    host = url.partition("//")[2].partition("/")[0]
    for where in (host, path.lower()):
        for word, vendor in VENDORS.items():
            if re.search(rf"(?<![a-z]){re.escape(word)}", where):
                return vendor
    return "not named"


def _digest(recording: Recording) -> bytes:
    mark = f"{recording.status} {recording.stream} ".encode()
    return hashlib.sha256(mark + recording.body).digest()
