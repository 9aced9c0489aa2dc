"""Two clocks, told apart by name: the machine's, and the programme's, which a rehearsal sets and speeds up.

What a person or an edition knows of time goes by the programme's: when something was said, falls due, or ends. What
servers know of it goes by the machine's: records that wait for others, leases, sessions, logs and figures.
"""
