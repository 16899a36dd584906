"""The stand-in for a language model: rules that answer from what they are given."""
