"""Groups, users and memberships in memory. Pure: no I/O and no clock."""
