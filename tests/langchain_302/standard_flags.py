"""Every flag of LangChain's standard suites, on."""

from typing import ClassVar

EVERY_DETAIL = [
    "audio_input",
    "audio_output",
    "reasoning_output",
    "cache_read_input",
    "cache_creation_input",
]


class EverythingOn:
    """What a chat model says of itself to the suites. A flag that is off skips its tests."""

    has_tool_calling = True
    has_tool_choice = True
    has_structured_output = True
    supports_json_mode = True
    supports_image_inputs = True
    supports_image_urls = True
    supports_pdf_inputs = True
    supports_audio_inputs = True
    supports_video_inputs = True
    supports_anthropic_inputs = True
    supports_image_tool_message = True
    supports_pdf_tool_message = True
    returns_usage_metadata = True
    supports_model_override = True
    model_override_value = "gpt-4o-mini"
    enable_vcr_tests = True
    supported_usage_metadata_details: ClassVar = {"invoke": EVERY_DETAIL, "stream": EVERY_DETAIL}
