"""The stand-in for a language model: rules that answer from their input."""
