"""What the lessons train, in one place: for the tests that hold them to their figures,
and for the benchmark that times them.
"""
