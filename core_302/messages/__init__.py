"""Parts of messages in wire form, and answers added up. No I/O."""
