"""What the house owes to people whose data it holds, and to the data itself: erasure, access,
dates after which things go, and copies."""
