"""Self-assessments of phases: written, read, backed by evidence, and what is still missing."""
