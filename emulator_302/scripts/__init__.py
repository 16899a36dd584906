"""Scripts: which request they are for, what they answer, how fast. All of it is data."""
