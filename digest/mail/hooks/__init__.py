"""What mail providers post of bounces and complaints: read, and their signatures checked. No I/O.

Every reader takes JSON as anybody may have made it: what is not of the form raises HookError.
"""
