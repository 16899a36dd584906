"""OpenAI's own libraries as strangers to the emulator, each in a place of its own."""
