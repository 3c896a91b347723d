"""What crosses a process border: ids, resources, the Command IR, messages, topics, codecs and errors."""
