"""Commands around a release: the tag, the clean installs, the licences, the lock."""
