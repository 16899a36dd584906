"""LangChain's own suites for tools, on the emulator, with nothing left out."""

import pytest
from langchain_tests.integration_tests import ToolsIntegrationTests
from langchain_tests.unit_tests import ToolsUnitTests

import emulator_302
from langchain_302 import AI302AvatarTool, AI302ImageTool

IMAGE = {"prompt": "a red fox in snow", "size": "512x384"}
AVATAR = {"image": "photo.png", "person_type": "female", "style": "Watercolor", "num": 2}
ENVIRONMENT = {"AI302_API_KEY": "emulator-key", "AI302_BASE_URL": "http://127.0.0.1:8302"}


@pytest.fixture(autouse=True)
def gateway(monkeypatch):
    with emulator_302.running() as running:
        monkeypatch.setenv("AI302_API_KEY", running.api_key)
        monkeypatch.setenv("AI302_BASE_URL", running.base_url)
        monkeypatch.setenv("AI302_TRUSTED_HOSTS", running.file_host)
        yield running


class ImageTool:
    @property
    def tool_constructor(self):
        return AI302ImageTool

    @property
    def tool_constructor_params(self):
        return {"more_models": ("luma-t2i",)}

    @property
    def tool_invoke_params_example(self):
        return IMAGE

    @property
    def init_from_env_params(self):
        return ENVIRONMENT, {}, {"name": "generate_image"}


class AvatarTool:
    @property
    def tool_constructor(self):
        return AI302AvatarTool

    @property
    def tool_constructor_params(self):
        return {"allowed_dirs": ("cookbook/images",)}

    @property
    def tool_invoke_params_example(self):
        return AVATAR

    @property
    def init_from_env_params(self):
        return ENVIRONMENT, {}, {"name": "generate_avatar"}


class TestImageToolUnit(ImageTool, ToolsUnitTests):
    """The unit suite."""


class TestAvatarToolUnit(AvatarTool, ToolsUnitTests):
    """The unit suite."""


class TestImageToolIntegration(ImageTool, ToolsIntegrationTests):
    """The integration suite."""


class TestAvatarToolIntegration(AvatarTool, ToolsIntegrationTests):
    """The integration suite."""
