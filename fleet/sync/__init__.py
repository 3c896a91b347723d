"""Durable, ordered exchange between cloud and edge node, each row's effect exactly once: one class, `machine.SyncMachine`."""
