"""VDA 5050 2.1 messages as typed, validated contracts (VDA5050/VDA5050, branch release/2.1.0).

Attributes are snake_case, the wire is the specification's camelCase (`order_id` is `orderId`). Strict in what we send:
optional fields that are None are left out, required arrays are always there. Lenient in what we read: see codec.py.
"""
