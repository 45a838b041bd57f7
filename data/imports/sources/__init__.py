"""Where a file comes from: looked at, recognised with evidence, and mapped without code."""
