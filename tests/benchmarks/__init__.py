"""The programs that measure: what they judge, and that they run."""
