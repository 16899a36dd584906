"""What is measured and counted, beside rivals, by commands of the Makefile."""
