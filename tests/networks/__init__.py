"""Networks as they are: services in a network of their own, reached from their servers over a wire that has faults.

`make networks` runs it, in a network namespace in which it may do as it likes. It needs Linux, root and iproute2.
"""
