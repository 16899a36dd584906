"""What each endpoint of the gateway answers."""
