"""The VDA 5050 vehicle side as a pure machine: no socket, no loop, no clock."""
