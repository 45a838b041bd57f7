"""What funders count: indicators as data, how they are counted, and what a target has reached."""
