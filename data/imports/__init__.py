"""Files in: profiles, readers, batches."""
