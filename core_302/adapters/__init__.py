"""What the classes of both adapters share that is no framework's type."""
