"""The robot agent: makes any robot a VDA 5050 vehicle of the fleet."""
