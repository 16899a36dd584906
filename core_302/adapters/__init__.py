"""What the classes of both adapters share, apart from the frameworks' types."""
