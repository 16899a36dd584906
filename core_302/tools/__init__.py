"""Tools that an agent can call, without a framework: images, avatars, search, reading."""
