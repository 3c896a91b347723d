"""FSP/1 whole, on a virtual clock: real SyncMachines on both sides, between them every fault that the design lists.

One seed is one history: which faults there are, when they strike, what people do meanwhile. `run.simulate` plays it and names the
invariants that fell; `mutations` breaks one rule of the protocol at a time, to prove that they would.
"""
