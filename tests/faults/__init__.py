"""What goes wrong on the way, row by row, and what each caller sees of it."""
