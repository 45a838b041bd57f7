"""The users of the installation: what their page shows, and what its buttons do."""
