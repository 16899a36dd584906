"""What holds for any reply and any row of faults: replies and faults are generated."""
