"""What an edge node remembers: SQLite, one writer, committed before anything that follows from it goes out."""
