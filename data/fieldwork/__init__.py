"""Asking people: collections, links, answers as they come, and what people are told."""
