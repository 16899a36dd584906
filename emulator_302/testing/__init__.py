"""What a test holds in its hands: the gateway, its assertions, and what runs it in a test run."""
