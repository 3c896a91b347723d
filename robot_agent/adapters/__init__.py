"""The door that every robot comes through: one interface, one adapter a kind of robot."""
