"""What is true in this trade: pure rules, no I/O, no clock, no asyncio."""
