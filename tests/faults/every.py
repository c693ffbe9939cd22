"""All faults, in the order of the table."""

from tests.faults import databases, disks, hearing, kills, people, postgres, restored, rooms, servers, wire
from tests.faults.fault import FAULTS

__all__ = [
    "FAULTS",
    "databases",
    "disks",
    "hearing",
    "kills",
    "people",
    "postgres",
    "restored",
    "rooms",
    "servers",
    "wire",
]
