"""The floor that judges: sufficient statistics in, protected figures out. Pure functions only."""
