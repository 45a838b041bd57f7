"""What somebody comes to do: a manager's week, and what a funder waits for."""
