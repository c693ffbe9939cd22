"""What is shipped: the wheel, the locks, the image."""
