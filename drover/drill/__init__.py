"""Drills on a live fleet: cut a link on purpose, keep work going, heal, and count what was lost or done twice."""
