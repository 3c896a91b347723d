"""How well a language system does: its commands against the benchmark's gold, and the bench that runs one.

`names` reads a site, `form` reads gold and predictions, `jobs` lists the ways to write the same jobs, `slots` and `match`
compare, `score` gives verdicts and the report. The rules are described in benchmarks/language/README.md.
"""
