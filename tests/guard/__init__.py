"""The integration as an attack surface: each attack, its defence and the tests that hold it."""
