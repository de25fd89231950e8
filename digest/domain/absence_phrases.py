"""What mail systems say of a mailbox or a domain that is not there, in English.

Only these, and their like in `foreign_phrases`, make a bounce hard. See `bounce_phrases` for how a
phrase is written; ``<hostgap>`` is its ``<gap>`` for a domain.
"""

WHO = (
    "(?:user(?:name|id)?|recipient(?: name| address| mailbox)?|mail ?box|account|(?:e-?)?mail "
    "(?:address|account|box)|address(?:ee)?|destinat(?:ion|aire)(?: address)?|local[- ]part|alias|"
    "person|receiver|mail drop|log ?in(?: name)?|@|final delivery userid|inbox|subscriber|e-?mail)"
    "(?:e?s)?"
)
# What is missing is the mailbox then, not something else that the sentence speaks of meanwhile.
GAP = (
    r"(?:(?!(?:server|host|system|service|domain|connection|message|attachment|file|sender|client|"
    r"route|database|network|dns|program|list|store)\b)[^.;!]){0,50}?"
)
# The same for a host: "host mx.b.example said: mailbox a does not exist" tells nothing of a host.
HOST_GAP = (
    r"(?:(?!(?:mailbox|user|(?<!of the )recipient|account|person|alias|inbox)\b)[^.;!]){0,50}?"
)

# Gone for good, whatever else is said of it: "the mailbox has been closed and deleted".
DELETED = r"""
<who> (?:has been |have been |had been |was |is |were )?(?:permanently |closed and |
    disabled and )?(?:deleted|removed|purged|erased)\b
"""

MOVED = r"""
(?:has|have|was|mailbox|user|recipient) (?:been )?moved
recipient no longer on
no longer (?:at|with|an employee|employed|works?|working|using)
(?:address|mailbox|account)…(?:has )?changed
no forwarding address
new e-?mail address (?:is|of|for)
not our customer
left (?:the|our)\b
(?:user|employee|person|recipient|customer|he|she) (?:has |have )?left\b
relocated
(?:not|no longer) with us
please (?:use|try|update)…new (?:e-?mail )?address
"""

NOT_ACCEPT = r"""
(?:does|do|did|will|could) ?n[o']t accept (?:any |incoming |inbound )?(?:e-?mail|mail|smtp|
    messages)\b(?! (?:from|with|over|larger))
(?:system|host|server|domain) (?:is )?not accepting (?:any |network |e-?)?(?:mail|messages)
no smtp service(?! for you)
null mx\b
accepts? no (?:e-?)?(?:mail|messages)
couldn't find a mail exchanger
(?:has|have|with|found) no (?:valid )?(?:mx|mail exchanger|mail server)
no (?:valid )?mx\b(?! (?:server|host)s? (?:is |are |was |were )?(?:reach|avail|respon|could))
mx(?: records?| host)? (?:is |are |points? )…(?:localhost|invalid|itself)
mail (?:is )?not accepted (?:here|for this (?:host|domain))
no mail (?:is |will be )?accepted
no longer accept(?:s|ing)? (?:any )?(?:e-?)?(?:mail|messages)
(?:domain|host|machine|system|server)[^.;!]{0,30}?(?:does not|doesn't|do not|never|
    cannot) (?:accept|receive|take|handle) (?:any )?(?:e-?)?mail\b(?! (?:from|with|over|larger))
no mail (?:host|server|exchanger)s?\b
not configured to (?:receive|accept|handle) (?:any )?(?:e-?mail|mail|messages)
mail is not accepted (?:at|by|for) this
is not a mail (?:server|host|domain)
(?:mail )?receiving (?:is |has been )?disabled
don't accept mail
"""

HOST_UNKNOWN = r"""
(?:host|domain|server)(?: ?name)?(?: or domain name)?(?: part)?(?: is| was)? (?:unknown|
    not found|not known|invalid)
(?:host|domain|server)(?: ?name)?<hostgap>(?:does ?n[o']t|do(?:es)? not|dose not|
    (?<!may )(?<!might )not|no) (?:exists?|resolve|found)
(?:unknown|invalid|illegal|non-?existent|unresolvable|unroutable|unrouteable|bad) (?:mail |
    e-?mail |recipient(?:'s)? |destination |system |remote ){0,3}(?:host|domain|server)
no such (?:host|domain|server)
domain (?:name )?(?:is )?not reachable
(?:host|domain|server)(?: ?name)?…(?:could not|cannot|can't|couldn't) be (?:found|resolved|
    located)
(?:domain|host)(?: ?name| part)?…(?:is|was|seems?) (?:incorrect|invalid|misspell?ed|not registered|
    not in dns)
(?:domain|host)(?: ?name)? (?:is )?not (?:in (?:the )?dns|registered)
unrout(?:e)?able
nxdomain\b
no address associated
domain…not registered
(?:unable to|cannot|could not|can't|couldn't|failed to) resolve\b(?! (?:
    your|client|sender|helo|recipient|address|user))
domain (?:name )?(?:is |was )?not (?:hosted|handled|served|configured)\b
(?:unable to|cannot|can ?not|can't|could not|couldn't) (?:find|resolve|locate|look up) (?:
    \w{1,12} ){0,3}(?:domain|host)\b
bad[- ](?:domain|host)
no (?:dns|a|address|a or mx|mx or a)(?: resource)? (?:record|entr)
(?:has|have|had) no dns\b
host lookup (?:failed|did not complete)
lookups? failed permanently
bad destination (?:system|host|mailbox address system)
dns lookup fail
name or service not known
no (?:route|path) to (?:the )?(?:domain|recipient)
cannot (?:find|resolve) (?:the )?(?:recipient |destination |mail )?(?:domain|host|server)
address family not supported
illegal host
domain…no longer (?:exists|hosted|valid|in use)
"""

USER_UNKNOWN = r"""
(?:unknown|invalid|unrecogni[sz]ed|undefined|non[- ]?exist(?:ent|ing|ant)|inexist[ea]nt|illegal|
    incorrect|wrong|no such|not a valid|not a known|isn't a valid|bad|
    undeliverable)[ -](?:or \w+ )?(?:remote |local |virtual |mail |
    final |smtp |destination |(?:to|rcpt) |internet )*<who>\b
<who>(?: name| \S{1,40})?(?: is| was| has been| are|:)? (?:an? )?(?:unknown|invalid|
    non[- ]?exist(?:ent|ing)|inexistent|unrecogni[sz]ed|undefined|unresolvable)
@ (?:is )?unknown
unknown (?:user ?)?name
<who><gap>(?:does ?n[o']t|(?:do|does|dos|is|was|are|did)n'?t|do not|not?|no longer|
    never|did not|dose not) (?:currently |yet |to |in |an? )?(?:exists?|existing|found|
    be found|known|valid|recogni[sz]ed|listed|registered|available|located|defined|present|
    in use|active any|live|belong|match|ours?\b|have an account|been found|created|reside|use\b|
    (?:on|in|at) (?:our|the|my|this) (?!list|white|allow)|in (?:recipient|user|mailbox|account) )
this user doesn't have an?\b
(?:no longer has|does not have|doesn't have) an? (?:\w+ )?(?:account|mailbox)
<who><gap>(?:cannot|can't|could not|couldn't) be (?:found|verified|resolved|located|identified)
<who><gap>(?:verify|verification) fail
(?:un|not )able to (?:find|locate|resolve|identify|validate|match) (?:\w{1,6} ){0,2}<who>
(?:cannot|can ?not|can't|could not|couldn't) (?:find|locate|resolve|identify) (?:\w{1,6} ){0,2}<who>
verification failed for @
no ?(?:one|body) (?:here )?(?:by|of|with) (?:that|this)\b
(?:not|isn't|not an?) local (?:user|mailbox|address|recipient|account)
<who>(?: is| was)? not (?:a )?local
not (?:one of )?our users?\b
not a member of (?:the |this |our )?domain
<who><gap>(?:no longer|not any ?more) (?:active|in use|used|on|at|here|available|
    maintained|assigned|associated|part of|hosted|supported|monitored)\b
<who><gap>(?:retired|decommissioned|purged)\b
<who><gap>is (?:unknown|invalid|incorrect|wrong|unrecogni[sz]ed)\b
(?:do|does|did|could|can)(?: ?n[o']t| not) (?:have|know|exists?|find|recogni[sz]e|verify|
    handle|host|serve|locate|identify)s? (?:\w{1,10} ){0,3}<who>
(?:know|have|find) (?:of )?(?:any ?one|any ?body) (?:called|named|by|with)
(?:not|isn't) (?:an? |one of (?:our |the ))?<who> (?:of|on|at|here|in) (?:this|our|the|us)\b
(?:not|n't|does|dont|doesnt) exists? (?:that |this |the |such |an? )?<who>
no ?(?:one|body) …(?:here|at th[ai][st]|called|named)\b
(?:unavailable|no matching|no known|not any) (?:mail |e-?mail )?<who>
match any (?:existing |known |valid )?<who>
incorrectly addressed
(?:do not|don't|does not|doesn't) know (?:this|that|the|any|such)?(?: an?)? ?<who>
no records? of (?:that|this|the|such|any|a)? ?<who>
(?:not|n't) a customer
not a deliverable
missing (?:mailbox|recipient)\b
no such (?:user ?)?id\b
(?:mailing )?list (?:does not exist|doesn't exist|unknown|not found)
(?:cannot|can't|could not) accept (?:this |that |the )?(?:user|recipient|address)\b
no such (?:mailing )?(?:list|entry|name)\b
not (?:found |listed |known )?in (?:our |the |this |my )?(?:directory|address ?book|ldap)
user (?:was not|wasn't) found
unknown (?:by|at|to) (?:the |this |our )?(?:primary|secondary|system|server|host)
(?:no|not a|there is no|no valid) (?:such )?(?:valid )?<who>\b…(?:by that|here|with|at|on|in|
    named|of that|found|exist|matching)\b
no (?:such )?(?:user|recipient|mailbox|account|person|address)\b(?! name server)
(?:user|recipient|mailbox|address|account)s? unknown\b
unknown (?:user|recipient|address|mailbox|account)s?\b
(?:user|recipient|address|name|mailbox)[^.;!]{0,40}? not (?:listed|found|known) (?:in|at|on|
    here|by)
mailbox (?:name )?(?:is )?(?:unavailable|not available|not allowed)
recip(?:ient)? not found
not a (?:valid|known|registered) (?:user|recipient|mailbox|address|account|e-?mail)
recipients? (?:address(?:es)? )?rejected(?: ?: access denied|\.?\s*(?:\(|$))
address(?:es)? rejected\.?\s*(?:@|\(|$)
(?:rejected|bad|invalid) recipients?\b
is not (?:an? )?(?:known|valid|registered|recogni[sz]ed) (?:here|at this|on this|user|
    recipient|address)
wasn't found at
address couldn't be found
doesn't (?:exist|have a)…account
delivery to the following recipients? failed because…exist
(?:mailbox|user|account|address|recipient) (?:was |has been )?(?:deleted|removed|not present)
deleted (?:user|account|mailbox)
(?:bad|unknown|no such)[- ](?:destination )?mailbox
this name is(?: ?n[o']t| not) known
user not (?:exist|local|known|found)
is not a user
no mailbox (?:here|by)
no account by
no match(?:es)?(?: was| were)?(?: found)?\b…(?:directory|address ?book)
requested user mailbox not found
rcp-(?:p1|u1)
"""

# Where nothing else is understood: somebody, and in the same sentence a word of not being there.
NEARLY = r"""
<who><gap>(?:\b(?:not|no|never|neither|nobody|none|lacks?)|n't)\b<gap>(?:exist|found|known|valid|
    users?\b|mailbox|account|here\b|local\b|match|records?\b|registered|hosted|served)
(?:not|n't|no|never|nobody|none|lacks?)\b<gap><who><gap>(?:exists?|found|known|valid|here|
    match\w*|by th[ai][st]|named|called)\b
"""
