"""One emulator for several programs: its OCR takes a second a page, and reads each page once."""

import pytest

import emulator_302


@pytest.fixture(scope="session")
def emulator():
    """Return the variables of the environment that let a program ask it."""
    with emulator_302.running() as gateway:
        yield {
            "AI302_API_KEY": gateway.api_key,
            "AI302_BASE_URL": gateway.base_url,
            "AI302_TRUSTED_HOSTS": gateway.file_host,
        }
