"""Releases: a reported period frozen, signed and chained, and how each is checked ever after."""
