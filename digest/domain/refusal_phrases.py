"""What mail systems say when they turn a mail down for the sake of its sender, or of what it holds.

None of these blames the address. See `bounce_phrases` for how a phrase is written.
"""

AUTH_FAILURE = r"""
dmarc\b
dkim\b
spf\b
sender policy framework
authentication checks? failed
(?:not pass|fail(?:s|ed)?) (?:the )?(?:sender |email |message )?authentication
unauthenticated (?:e-?)?mail
required authentication level
(?:message|mail|e-?mail|sender) (?:is|was) (?:not|un) ?authenticated
"""

RELAYING = r"""
relay(?:ing)?\b(?: mail| access| operation)?(?: to @?)? ?(?:is |was )?(?:denied|rejected|
    prohibited|forbidden|refused|not (?:permitted|allowed|supported|authori[sz]ed|available))
(?:unable|not (?:permitted|allowed|authori[sz]ed|able)|cannot|can't|do(?:es)? not|don't|won't|
    no|refuse to|declining) (?:to )?relay
no relaying
allowed to relay
send to a non-?local
not configured to relay
authenticat\w+ (?:is )?required for relay
rcpthosts
not a gateway
mail relay(?:ing)? (?:is )?(?:denied|disabled|prohibited)
insecure mail relay
(?:den(?:y|ies)|refuses?|rejects?|prohibits?) (?:to |the )?relay
local (?:users?|domains?|recipients?) only
address is not verified
local domain only
that domain isn't in my list
"""

RATE = r"""
too many (?:concurrent |simultaneous |smtp )?(?:connections|messages(?! (?:in|on)\b)|recipients|
    (?:e-?)?mails|sessions|errors|invalid|bad|unknown|requests|attempts|different)
to too many recipients
rate[ -]?(?:limit|control)
throttl
(?:exceed|limit|maximum)…(?:rate\b|per (?:hour|minute|day|connection|session))
(?:daily|hourly) …(?:quota|limit)
unexpected volume
(?:high|large|unusual) (?:volume|rate|number) of
at a rate\b
sending (?:limit|rate|quota)
quota (?:is |was |has been )?(?:exceeded |reached )?(?:
    for|of|by) (?:this |the |your )?(?:sender|domain|ip)\b
too (?:fast|frequent|much (?:(?:e-?)?mail(?! (?:in|right))|traffic))
slow down
temporar(?:y|ily) (?:deferred|rate)(?! due to user)
(?:try|come back|retry) (?:again )?(?:in|after) \d
first[- ]time sender
too quickly
(?:send|sending|hourly|daily) …(?:rate|limit|quota) (?:is |was )?exceeded
(?:recipient|message) limit exceeded
connection (?:rate|limit|count)
greylist
graylist
connections from (?:this|your) host
频率
frequency limited
(?:mi|rp):(?!iru)[a-z]{3}\b
(?:message|mail|sending) rate\b
receiving mail too
excessive (?:number|user|unknown|invalid|bad)
(?:exceeded|exceeds) …(?:limit|number) (?:of|on) (?:messages|recipients|mails|unknown|invalid)
max(?:imum)? (?:number of )?(?:messages?|connections?|recipients?) per
concurrent (?:smtp |server )?connections
server (?:is )?(?:too )?busy
out of resources, try again
"""

BLOCKED = r"""
black ?-?list(?!ed (?:url|uri|link))
block ?-?list
deny ?list
(?:rbl|dnsbl|dnsrbl|rdns)\b
(?:found|listed) (?:on|in) (?:\w{1,8} ){0,3}(?:dnsb|rb)ls\b
(?:spamhaus|spamcop|barracuda|sorbs|cloudmark|senderbase|senderscore|proofpoint)\b
reputation
reverse[ -]?(?:dns|lookup|name|hostname|map)
ptr\b
(?:\bip\b|ip address|client|client host|your host|your server|your network|your domain|
    your access|mail server|connection(?!s? refused)|connecting)…(?:
    blocked|banned|rejected|refused|denied|listed|
    filtered|prohibited|not allowed|not permitted|not authori[sz]ed|unwelcome)
(?:blocked|banned|(?<!not )listed|rejected|refused|denied)…(?:\bip\b|ip address|your host|
    your server|your network|mail server|client host)
(?:blocked|(?<!not )listed|banned) (?:in|on|at|using|for|from|because)\b(?! (?:it|spam\b))
(?:blocked|listed|banned) by\b(?! (?:our |the |a )?(?:\w{1,12} )?(?:policy|spam|recipient|user))
banned send
(?:messages?|mail|e-?mails?) (?:from )?(?:you|this|your)?…(?:blocked|banned)(?! (?:
    because its? c|(?:due to|as|using|by) (?:our |a )?(?:
    \w{1,12} )?(?:spam|virus|malware|policy)))
refused to talk to me
not accepting connections?
no (?:more )?connections? (?:accepted|allowed) from
(?:dynamic|residential|dial-?up) (?:ip|address|host|pool|range)
(?:bad|invalid|rejected|unacceptable|forged) (?:helo|ehlo)\b
(?:helo|ehlo)\b…(?:reject|denied|invalid|refused|fqdn|not (?:accept|valid)|mismatch|unknown)
(?:refuse|reject|do not accept) your (?:host|server)
blocked - see
ip=
no (?:smtp service|access) for (?:you|this ip)
not allowed to connect
not allowed access from
(?:bad|black) ip\b
\bip\b…hang ?up
unknown client
(?:host|server|domain) of (?:the )?(?:sending|connecting|client)
(?:client|connecting|sending)(?:'s)? (?:host|domain|ip)(?: ?name)?…(?:
    not |n't |unknown|invalid|fail)
(?:rtr|rly|hvu|dyn|con|ipt|sdi|fsv|dns):[a-z]{1,2}\d?\b
(?:of|by) the client\b
(?:not|n't) (?:in|on) (?:the |our |my )?(?:white|allow|safe) ?list
(?:refuse|reject|block)\w* (?:all )?(?:mail|connections?) from your
your network is
due to abuse
too many bounces
(?:helo|ehlo) command rejected
my name was rejected
(?:invalid|wrong|unauthori[sz]ed) ip\b
access denied…\bip\b
network is on our
bad dns
cannot (?:find|resolve) your (?:host ?name|reverse|ip|address|domain)
can ?not send (?:e-?)?mail to yourself
your (?:mail ?)?(?:host|domain|server|helo|ip|computer|mta)\b…(?:does not|doesn't|not |no |
    fail|invalid|mismatch)
(?:sending|connecting|originating|source) (?:mail ?)?(?:domain|server|host|ip|mta|address|
    network)\b…(?:not |no |fail|invalid|reject|refus|denied|block|ban)
(?:seems?|configured) to reject all
adresse ip…bloqu
"""

SPAM = r"""
spam
spam(?:my|med|ming)?\b
unsolicited\b
junk (?:e-?)?mail\b
bulk (?:e-?)?mail\b
(?:uce|ube)\b
blacklisted (?:url|uri|link)
(?:user|recipient) complaints
(?:uri|sur)bl\b
junk\b
dt:[a-z]{3}\b
"""

VIRUS = r"""
(?:virus|viruses|malware|trojan|worm|malicious)\b
infected\b
(?:dangerous|potential(?:ly)?|executable) (?:attachment|file|security risk)
"""

SIZE = r"""
(?:message|mail|e-?mail|attachment|data|content|text|body)…(?:too (?:large|big)|
    size (?:limit|exceed)|exceed(?:s|ed|ing)?…size|larger than|length exceed)
(?:size|length) (?:of (?:this|your|the) (?:message|mail))?…exceed
exceeds? (?:the |our |my |its )?(?:fixed |maximum |max ){0,3}(?:message |mail )?size
(?:recip|sender|send|receive) ?size ?limit
line (?:limit exceeded|too long)
too (?:large|big) (?:a )?(?:message|mail)
message too (?:large|big|long)
"""

REJECTED = r"""
sender…(?:reject|denied|invalid|refused|(?:not|n't) (?:allowed|permitted|accepted|exist|valid|
    found|verified|resolve|known|be )|has no|unknown|verify failed|callout|is missing|blocked)
(?:invalid|bad|unknown|unrouteable|unverified|unable to verify|refusing|unacceptable|
    disallowed) sender
sender (?:domain|verify|verification|address|callback)
(?:mail|envelope)[ -]?from[^.;!]{0,40}?(?:reject|denied|invalid|refused|not |must|unknown)
(?:invalid|bad|unknown) (?:mail|envelope)[ -]?from
(?:mail|message)s? from (?:your|this|unknown|that) (?:domain|address|sender)
badmailfrom
(?:no permission|permissions?) to send
sending restriction|sender not authenticated
(?:allowed|safe|permitted)[- ]senders? list
(?:blocked|banned|bad outbound) sender
blocked by the recipient
recipient has blocked
(?:domain|address) of (?:the |your )?sender
from:? (?:header )?(?:address|domain|header)[^.;!]{0,40}?(?:reject|denied|invalid|refused|not )
domain of sender
you(?:'re| are) not (?:an? |one of )?(?:known|registered|valid|subscribed)
from:? ?(?:domain|address) must\b
sender was rejected
(?:cannot|can't|could not|couldn't|unable to|failed to|not) (?:
    verify|validate|find|resolve|confirm) (?:the |your |envelope |this )*(?:sender|return|from)\b
your (?:e-?mail |mail |from |envelope |return )?address\b(?! ?book)…(?:
    not |n't |unknown|invalid|reject|blocked|denied|banned)
you(?:'re| are)? send(?:ing)? (?:\w{1,10} )?from\b
(?:fake|forged|unvalidated|unauthori[sz]ed|denies the|denied|unknown or invalid) sender
sender…(?:unvalidated|unverified|banned|black)
(?:refus|reject|declin|block)\w* (?:any |all |your |the )*(?:e-?)?(?:mail|messages?) from
(?:not|n't) accept(?:ing)? (?:any |your |the )*(?:e-?)?(?:mail|messages?) from(?! the internet)
(?:not|n't) (?:want|wish) (?:to )?(?:receive|accept|get)\b
user in black
reverse[ -]path
return[ -]path
null sender
(?:not (?:a )?|non-?)members?\b(?! of (?:the |this |our )?domain)
(?:members|subscribers)[ -]only|only (?:members|subscribers)
know the sender
list of (?:members|subscribers)
from known (?:senders|addresses)
send(?:ing)? (?:e?mail |messages? )?as\b
google groups
(?:not (?:allowed|permitted|authori[sz]ed)|no permission|don't have permission|
    do not have permission|not have permission) (?:to )?(?:send|post|mail|write)
(?:address|group|list|mailbox|recipient|delivery|@)…(?:restricted|moderated|only accepts)
auth required|not authori[sz]ed
unauthenticated sender
"""

CONTENT = r"""
content (?:rejected|denied|reject|filter|not accept|was|is|error|invalid|related|presents)
(?:invalid|illegal|forbidden|bad|unacceptable) …(?:content|words?|characters?)\b
has no (?:from|date|subject|to|message-id)\b
non-?ascii|smtputf8
(?:rejected|blocked|denied|refused)…content
headers? (?:too|is|are|missing|contain|not|line|syntax|field)
(?:missing|invalid|duplicate|multiple|malformed|bad)…\bheaders?\b
multiple addresses in
mime (?:error|violation|structure|part|header)
media (?:error|type|not)\b
rfc ?-?\d{3,4}\b
bare (?:lf|cr|newline)
(?:attachment|file) (?:type|name|extension)?…(?:reject|block|not allow|prohibit)
malformed
(?:illegal|forbidden|prohibited|unknown|banned|suspicious) attachment
attachments? of this type
conversion
8-?bit
not (?:rfc|standards?)[ -]?complian
"""

POLICY = r"""
polic(?:y|ies)\b
administrative(?:ly)? (?:prohibit|reject|reason)
administrative prohibition
security (?:reason|risk|restriction)
prohibited
access denied\b
transaction (?:failed|rejected)…policy
message (?:was |has been )?(?:blocked|denied)
(?:rejected|blocked|refused) by (?:the )?(?:administrator|filter|recipient|system|user)
must (?:be )?authenticat
envelope blocked
recipient(?:'s)? preferences
not accept delivery of th
(?:command|domain|sender|user|account) (?:is )?not allowed
comply with
(?:not|n't) accepted (?:here|by)\b
not accepting (?:this|your) (?:message|mail|e-?mail)
(?:pol|int|con|msg)-[pt]\d
(?:delivery|mail|message) (?:is |was )?not (?:allowed|permitted|authori[sz]ed|accepted)
(?:local|recipient's|user-defined|by) rules?\b
bounced by
no permit
authentication (?:is )?required
delivery not authori[sz]ed
blocked\b
filtered\b
spoof(?:ed|ing)
encrypt(?:ed|ion) (?:is )?(?:required|needed)\b
must issue a starttls
not permitted
you are not allowed
refuses to (?:receive|accept)
message refused
"""
