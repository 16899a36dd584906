"""What holds of both adapters alike: the same parameters, the same capabilities."""
