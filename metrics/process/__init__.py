"""Process metrics: one metric a file, each a METRIC and a compute."""
