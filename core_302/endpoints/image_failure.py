"""Whether a job that brought no image has failed, and why, in the vendor's own words.

Asked only where no image was found: an error beside a result is none of the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from core_302.error_replies.envelope import words_in
from core_302.error_replies.from_reply import says_error
from core_302.error_replies.vendor_envelopes import vendor_error_in

# How tasks end, in the words of the gateway and of its vendors, as `state_in` spells them.
DONE = frozenset(
    {"completed", "complete", "succeeded", "succeed", "success", "done", "finished", "ready"}
)
FAILED = frozenset(
    {
        *("fail", "failed", "failure", "error", "timeout", "timed_out", "expired", "aborted"),
        *("cancel", "cancelled", "canceled", "rejected", "nsfw"),
        *("content_moderated", "request_moderated"),  # Black Forest Labs
    }
)
STATES = ("status", "task_status", "state")
REASONS = (
    *("fail_reason", "failReason", "failure_reason", "task_status_msg", "err_msg", "reason"),
    *("raiFilteredReason", "finishMessage", "blockReasonMessage", "blockReason", "details"),
)
ENDS = ("finishReason", "finish_reason")
GOOD_ENDS = frozenset({"", "stop", "success", "max_tokens", "length", "finish_reason_unspecified"})
NSFW = ("nsfw", "has_nsfw_concepts", "nsfw_content_detected")
ECHOES = frozenset({"req", "request", "input", "inputs", "parameters"})
MOST_OBJECTS = 200  # of a reply that are looked at
LONGEST_REASON = 1_000  # characters of the vendor's words


def state_in(value: Mapping[str, Any]) -> str:
    """Return the state that an object is in, in lower case with `_` between words; "" if none."""
    said = next((state for name in STATES if isinstance(state := value.get(name), str)), "")
    return "_".join(said.lower().replace("-", " ").split())


def failure_in(raw: Mapping[str, Any]) -> str | None:
    """Return why the job has failed, by the first part of its reply that says so; or None."""
    for level in _objects_in(raw):
        if _says_failed(level):
            words = next((words for inner in _objects_in(level) if (words := _words(inner))), "")
            return words[:LONGEST_REASON] or "it does not say why"
    return None


def _objects_in(raw: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield a reply's objects, outer ones first."""
    levels: list[Any] = [raw]
    for place in range(MOST_OBJECTS):
        if place >= len(levels):
            return
        level = levels[place]
        below = level
        if isinstance(level, Mapping):
            yield level
            below = [inner for name, inner in level.items() if name not in ECHOES]
        levels += [inner for inner in below if isinstance(inner, (Mapping, list))]


def _says_failed(level: Mapping[str, Any]) -> bool:
    return bool(
        state_in(level) in FAILED
        or says_error(level.get("error"))
        or vendor_error_in(level) is not None
        or says_error(level.get("raiFilteredReason"))
        or level.get("blockReason")
        or _is_nsfw(level)
        or any(str(level.get(name) or "").lower() not in GOOD_ENDS for name in ENDS)
    )


def _words(level: Mapping[str, Any]) -> str:
    """Return what one object says went wrong, in one line."""
    texts = {n: v for n, v in level.items() if n == "error" or isinstance(v, str)}
    vendor = vendor_error_in(level)
    words = vendor.words if vendor else ""
    words = words or next((texts[name] for name in REASONS if texts.get(name)), "")
    words = words or words_in(texts) or ("NSFW content" if _is_nsfw(level) else "")
    words = words or next((e for n in ENDS if (e := texts.get(n, "")).lower() not in GOOD_ENDS), "")
    words = words or (state_in(level).replace("_", " ") if state_in(level) in FAILED else "")
    return " ".join(words.split())


def _is_nsfw(level: Mapping[str, Any]) -> bool:
    found = (level.get(name) for name in NSFW)
    return any(said is True or (isinstance(said, list) and True in said) for said in found)
