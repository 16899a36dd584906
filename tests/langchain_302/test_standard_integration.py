"""LangChain's own integration tests of chat models, with every flag on, against the emulator.

The suite runs three times, once for each way to structured output.
"""

import base64

import httpx
import pytest
from langchain_core.messages import HumanMessage, SystemMessage
from langchain_tests.integration_tests import ChatModelIntegrationTests

from langchain_302 import ChatAI302
from tests import media_files
from tests.langchain_302.recordings import REAL_KEY, REAL_URL
from tests.langchain_302.standard_flags import EverythingOn

pytest_plugins = ["emulator_302.pytest_plugin"]

LONG_PROMPT = "You answer questions about the rules of a very long game. " * 100
SPOKEN = {"modalities": ["text", "audio"], "audio": {"voice": "alloy", "format": "wav"}}


class OnEmulator(EverythingOn, ChatModelIntegrationTests):
    """The suite. The base class's `invoke_with_...` are what it asks its users to write."""

    structured_output_method = "function_calling"

    @pytest.fixture(autouse=True)
    def _emulator(self, ai302_emulator, monkeypatch, record_mode):
        self.recording = record_mode != "none"
        self.gateway = ai302_emulator
        self.made = []
        found = media_files.files()
        for address, content in found.items():
            ai302_emulator.publish(address, content)
        monkeypatch.setattr(httpx, "get", media_files.served_from(found))
        monkeypatch.setenv("LANGCHAIN_TESTS_USER_AGENT", "ai302-tests")
        yield
        for model in self.made:
            model.close()

    @pytest.fixture
    def default_cassette_name(self, request):
        return request.node.name  # one recording for the three classes

    @property
    def chat_model_class(self):
        return ChatAI302

    @property
    def chat_model_params(self):
        gateway = self.gateway
        if self.recording and REAL_KEY:
            return {"model": "gpt-4o", "base_url": REAL_URL, "api_key": REAL_KEY}
        return {"model": "gpt-4o", "base_url": gateway.base_url, "api_key": gateway.api_key}

    @property
    def structured_output_kwargs(self):
        return {"method": self.structured_output_method}

    def invoke_with_audio_input(self, *, stream=False):
        data = base64.b64encode(media_files.sound()).decode()
        heard = {"type": "audio", "mime_type": "audio/wav", "base64": data}
        return self._asked([HumanMessage([heard])], stream=stream, model="gpt-4o-audio-preview")

    def invoke_with_audio_output(self, *, stream=False):
        question = "Say exactly: good morning to you"
        model = "gpt-4o-audio-preview"
        return self._asked(question, stream=stream, model=model, extra_body=SPOKEN)

    def invoke_with_reasoning_output(self, *, stream=False):
        return self._asked("What is 12 * 7?", stream=stream, model="deepseek-r1")

    def invoke_with_cache_read_input(self, *, stream=False):
        messages = [SystemMessage(LONG_PROMPT), HumanMessage("Hello")]
        self._asked(messages, stream=stream)
        return self._asked(messages, stream=stream)

    def invoke_with_cache_creation_input(self, *, stream=False):
        kept = {"type": "text", "text": LONG_PROMPT, "cache_control": {"type": "ephemeral"}}
        # What the suite asked before must not make this prompt a known one.
        self.gateway.reset()
        return self._asked([SystemMessage([kept]), HumanMessage("Hello")], stream=stream)

    def _asked(self, messages, *, stream, **given):
        self.made.append(ChatAI302(**{**self.chat_model_params, **given}))
        if not stream:
            return self.made[-1].invoke(messages)
        first, *others = self.made[-1].stream(messages)
        return first + others


class TestByFunctionCalling(OnEmulator):
    structured_output_method = "function_calling"


class TestByJsonSchema(OnEmulator):
    structured_output_method = "json_schema"


class TestByJsonMode(OnEmulator):
    structured_output_method = "json_mode"
