"""What is published: files, names to install, licences, types as users' checkers see them."""
