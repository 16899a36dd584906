"""The stand-in for image models: it draws the subjects that a prompt names."""
