"""One page a file; each is a short list of what stands on it."""
