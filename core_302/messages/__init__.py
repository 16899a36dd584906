"""Parts of messages in wire form, and the accumulator of streamed answers. No I/O."""
