"""The cookbook does what it says: programs, notebooks, and the recipes that read scans."""
