"""Scripts: which request they are for, and what they answer. Data only: nothing here is a server."""
