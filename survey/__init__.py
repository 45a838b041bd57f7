"""The floor that asks: instruments as data, their scoring rules, and the texts of both."""
