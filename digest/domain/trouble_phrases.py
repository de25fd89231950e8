"""What mail systems say when a mail fails for trouble on the way: theirs, the network's, ours.

None of these blames the address. See `bounce_phrases` for how a phrase is written.
"""

FILES = r"""
(?:cannot|can't|couldn't|could not|unable to) (?:open|create|write|append|lock|stat|read|
    chdir)\b
no such file
lock failure
(?:error|failed) writing
file too large
(?:cannot|can't) access
write error
"""

NETWORK = r"""
too many hops
hop count
loop(?:s|ing)?\b
loops back to
excessive recursion
connection refused
connection (?:was )?(?:timed out|timeout|refused|reset|lost|dropped|closed|broken|failed|died)
connect(?:ion)? (?:attempt )?to…(?:timed out|refused|failed|unreachable|no route)
(?:operation|network|session|read|write|command) time[d ]*-?out
timed out (?:while|waiting|during|connecting)
no route to host
(?:network|host|server|destination) (?:is )?(?:unreachable|down|not responding)
(?:unable|cannot|could not|couldn't|can't|failed|wasn't able) (?:to )?(?:connect|establish|
    reach|contact)
did not accept our requests to connect
dns (?:error|server|failure|query|problem)
name server
lost connection
no answer from host
(?:start)?tls\b
certificate
host (?:name )?lookup failure
socket (?:error|stream)
closed connection
(?:backend|upstream|server) not (?:responding|ready)
network error
(?:is )?not reachable
did not respond
timed out\b
(?:closed|dropped) the connection
dnssec
no route (?:found )?to
unable to open connection
servfail
dns (?:check|time-?out|temporar)
no mx (?:server|host)s?
points? to local ?host
no valid route to
routing information
conversation with…timed out
bad file number
routing (?:loop|error|problem|server)
"""

EXPIRED = r"""
expired\b
retry time(?:out)?…(?:exceeded|reached)
in the queue too long
retries exhausted
(?:queued|tried) for …(?:days?|hours?)
(?:queue|message) lifetime
giving up
given up
(?:could not|couldn't|cannot|can't|unable to|not able to|not been able to|not been|were not|
    was not) (?:be )?(?:send|sent|deliver|delivered)…(?:\bfor\b|within|past|last|after|
    in) …(?:days?|hours?|minutes?|seconds?|attempts|tries)
(?:delivery|message|mail) (?:time[d ]*-?out|timeout)
delivery (?:failed )?(?:after )?\d* ?attempts
(?:maximum|max|too many|number of) (?:delivery |retry )?(?:attempts|retries|tries|age)
undeliver(?:ed|able) for
unable to deliver…in \d+ (?:minutes|hours|days)
message too old
time limit (?:specified|exceeded|expired|reached)
maximum (?:lifetime|queue)
"""

SYSTEM = r"""
(?:internal|system|server|software|local|configuration|processing|program|mailer|disk|i/o|
    unexpected|transient|temporary|general|lookup) (?:configuration |processing |system |
    server |resource |software |delivery )?(?:error|failure|problem|trouble|fault|malfunction)
service (?:is )?(?:currently |temporarily )?(?:unavailable|not available|refused)
(?:temporar\w+|currently) (?:unavailable|rejected|deferred|unable)
try (?:again )?later
on (?:the )?server; try
(?:command|parameter|argument)…(?:not (?:implemented|recogni[sz]ed)|unrecogni[sz]ed|rejected|
    unknown)
(?:improper|bad) (?:sequence|use) of
bad sequence
(?:unknown|unrecogni[sz]ed|invalid|bad) command
command (?:is )?(?:not found|unknown)
insufficient (?:system )?resources
exception\b
syntax error
protocol (?:error|violation)
ldap
database\b
delivery (?:temporarily )?suspended
communication problem
mail transport unavailable
(?:several|multiple|more than one) match
cannot route
out of memory
unable to (?:open|create|write|run|execute|deliver locally)
permission denied
pipe\b
died with status
terminated by signal
service is down
(?:server|system|too) busy
local delivery failed
(?:server|host|(?:file )?system) (?:is )?(?:currently )?(?:not available|unavailable)
too many open files
unknown error
must precede
action aborted
(?:load|too much load)\b
shutting down
address verification in progress
"""
