"""The stand-in for image models: it draws what a prompt names."""
