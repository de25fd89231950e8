"""What mail systems say when they turn a mail down, in the words they use, by what it means.

Written from RFC 3463 and RFC 5321 and from replies as servers give them. A phrase is a line (one
that is indented goes on with the line above), a regular expression that begins where a word does;
``…`` are a few more words of the same sentence, ``<gap>`` such that name nothing else that may be
missing, ``<who>`` and ``<person>`` ways to call a mailbox and its owner. Text is matched as
`bounce_reasons.plain_reply` leaves it: small letters, single spaces, ``@`` for an address, without
URLs and hosts. What may lie between two words is bounded, so that no text takes more than linear
time.
"""

import re

from digest.domain import foreign_phrases as foreign
from digest.domain import refusal_phrases as refusals
from digest.domain import trouble_phrases as troubles
from digest.domain.reports import BounceReason

_SENTENCE = "[^.;!]{0,60}?"
_PERSON = (
    "(?:account|mail ?box|inbox|user(?:name)?|recipient(?:'s)?|addressee|customer|subscriber|"
    "e-?mail (?:address|account)|compte)"
)
_WHO = (
    "(?:user(?:name|id)?|recipient(?: name| address| mailbox)?|mail ?box|account|(?:e-?)?mail "
    "(?:address|account|box)|address(?:ee)?|destinat(?:ion|aire)(?: address)?|local[- ]part|alias|"
    "person|receiver|mail drop|log ?in(?: name)?|@|final delivery userid|inbox|subscriber|e-?mail)"
    "(?:e?s)?"
)
# What is missing is the mailbox then, not something else that the sentence speaks of meanwhile.
_GAP = (
    r"(?:(?!(?:server|host|system|service|domain|connection|message|attachment|file|sender|client|"
    r"route|database|network|dns|program|list|store)\b)[^.;!]){0,50}?"
)
_MAILBOX_FULL = r"""
(?:mailbox|mail drop|mail ?folder|inbox|in-box|account|mail file|mailstore|postfach|
    maildir|customer)…(?:\bfull\b|\bover ?quota\b|over (?:its |the |their )?(?:quota|limit|size)|
    exceed|no (?:free )?space|out of (?:space|storage|disk)|too (?:large|full)|\bvoll\b|
    (?:at|reached|hit) its|capacity)
over (?:the )?(?:its |his |her |their |your )?(?:maximum |allowed |disk |mail |storage |
    mailbox ){0,3}quota\b
quota\b…(?:exceed|violat|full|reached|over\b|exhausted)
(?:exceed|violat|over)\w*…\b(?:disk |mail |mailbox |storage )?(?:quota|storage)\b
(?:insufficient|not enough|no|lacks?|out of|low on) (?:free |available |system |disk |mail |
    mailbox |storage ){0,3}(?:space|storage|quota)
disk (?:is )?full
(?:mailbox|storage) (?:size )?limit
shut ?off ?quota
(?:user|recipient)(?:'s)? (?:is )?full\b
box is full
messages in recipient's mailbox exceeded
too much mail data
too many messages in
(?:recipient|user|mailbox|account|mail|inbox)(?:'s)? (?:storage|space|quota|disk) (?:is |has been )?
    (?:full|exceeded|exhausted|used up)
(?:exceed|exhaust|reach|us)\w* (?:up )?(?:all |the |their |his |its )?…(?:allowed |allotted )?(?:
    disk|storage|mailbox|mail) ?space
user…(?:exceeded$|too many messages|out of space|over (?:their|his) limit)
quota issues
no room\b
"""
_DISABLED = r"""
<person>[^.;!]{0,40}?\b(?:disabled|suspended|inactive|deactivated|de-activated|locked|frozen|
    blocked(?! you)|(?<!envelope )(?<!message )(?<!time )expired|closed|
    discontinued|terminated|dormant|cancell?ed|bloqu[eé]|archiv|
    inactivity|not (?:been )?(?:active|activated|enabled)|on hold|(?:temporarily|
    currently) (?:limited|restricted|suspended|disabled|locked)|out of service|
    not currently (?:active|in use)|abandoned)
(?:disabled|suspended|inactive|deactivated|locked|frozen|dormant|expired|
    blocked) (?:e-?mail )?<person>
mailbox (?:is )?(?:currently |temporarily )?unavailable…(?:disabled|inactive)
(?:shut|closed) down by
(?:extended|prolonged|due to) inactivity
new mail is not currently being accepted
user (?:has )?(?:not paid|unpaid)
(?:domain|customer|address|organi[sz]ation)(?:'s)?…(?:disabled|suspended|deactivated)
archived recipient
is now disabled
mail is not currently being accepted
inactive[- ]mailbox
"""
_MOVED = r"""
(?:has|have|was|mailbox|user|recipient) (?:been )?moved
recipient no longer on
no longer (?:at|with|an employee|employed|works?|working|using)
(?:address|mailbox|account)…(?:has )?changed
no forwarding address
new e-?mail address (?:is|of|for)
not our customer
left (?:the|our)\b
relocated
(?:not|no longer) with us
please (?:use|try|update)…new (?:e-?mail )?address
"""
_NOT_ACCEPT = r"""
(?:does|do|did|will|could) ?n[o']t accept (?:any |incoming |inbound )?(?:e-?mail|mail|smtp|
    messages)\b(?! (?:from|with|over|larger))
(?:system|host|server|domain) (?:is )?not accepting (?:any |network |e-?)?(?:mail|messages)
no smtp service(?! for you)
null mx\b
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
_HOST_UNKNOWN = r"""
(?:host|domain|server)(?: ?name)?(?: or domain name)?(?: part)?(?: is| was)? (?:unknown|
    not found|not known|invalid)
(?:host|domain|server)(?: ?name)?…(?:(?:does not|doesn't|not) (?:exist|resolve|found))
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
_USER_UNKNOWN = r"""
(?:unknown|invalid|unrecogni[sz]ed|undefined|non[- ]?exist(?:ent|ing|ant)|inexist[ea]nt|illegal|
    incorrect|wrong|no such|not a valid|not a known|isn't a valid|bad|
    undeliverable)[ -](?:or \w+ )?(?:remote |local |virtual |mail |
    final |smtp |destination |(?:to|rcpt) |internet )*<who>\b
<who>(?: name| \S{1,40})?(?: is| was| has been| are|:)? (?:an? )?(?:unknown|invalid|
    non[- ]?exist(?:ent|ing)|inexistent|unrecogni[sz]ed|undefined|unresolvable)
@ (?:is )?unknown
unknown (?:user ?)?name
<who><gap>(?:does ?n[o']t|(?:do|does|dos|is|was|are|did)n'?t|do not|not?|no longer|
    never|did not) (?:currently |yet |to |in )?(?:exists?|found|be found|known|valid|recogni[sz]ed|
    listed|registered|available|located|have an account|been found|created|reside|use\b|
    (?:on|in|at) (?:our|the|my|this) (?!list|white|allow))
this user doesn't have an?\b
(?:no longer has|does not have|doesn't have) an? (?:\w+ )?(?:account|mailbox)
<who><gap>(?:cannot|can't|could not|couldn't) be (?:found|verified|resolved|located|identified)
<who><gap>(?:verify|verification) fail
(?:un|not )able to (?:find|locate|resolve|identify|validate) (?:\w{1,6} ){0,2}<who>
(?:cannot|can ?not|can't|could not|couldn't) (?:find|locate|resolve|identify) (?:\w{1,6} ){0,2}<who>
verification failed for @
no ?(?:one|body) (?:here )?(?:by|of|with) (?:that|this)\b
(?:not|isn't|not an?) local (?:user|mailbox|address|recipient|account)
<who>(?: is| was)? not (?:a )?local
not (?:one of )?our users?\b
not a member of (?:the |this |our )?domain
incorrectly addressed
(?:do not|don't|does not|doesn't) know (?:this|that|the|any|such)?(?: an?)? ?<who>
no records? of (?:that|this|the|such|any|a)? ?<who>
(?:not|n't) a customer
not a deliverable
missing (?:mailbox|recipient)\b
no such (?:user ?)?id\b
(?:mailing )?list (?:does not|doesn't) exist
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
user not (?:exist|local|known|found)
is not a user
no mailbox (?:here|by)
no account by
no match(?:es)?(?: was| were)?(?: found)?\b…(?:directory|address ?book)
requested user mailbox not found
rcp-(?:p1|u1)
"""
_ADVICE = r"""
check (?:if|that|whether)…address…correct
"""

_IN_ORDER = (
    (BounceReason.AUTH_FAILURE, refusals.AUTH_FAILURE),
    (BounceReason.RELAYING, refusals.RELAYING),
    (BounceReason.RATE, refusals.RATE),
    (BounceReason.BLOCKED, refusals.BLOCKED),
    (BounceReason.SPAM, refusals.SPAM + foreign.SPAM),
    (BounceReason.VIRUS, refusals.VIRUS),
    (BounceReason.SYSTEM, troubles.FILES),
    (BounceReason.MAILBOX_FULL, _MAILBOX_FULL + foreign.MAILBOX_FULL),
    (BounceReason.SIZE, refusals.SIZE),
    (BounceReason.DISABLED, _DISABLED + foreign.DISABLED),
    (BounceReason.REJECTED, refusals.REJECTED),
    (BounceReason.MOVED, _MOVED),
    (BounceReason.NOT_ACCEPT, _NOT_ACCEPT),
    (BounceReason.HOST_UNKNOWN, _HOST_UNKNOWN + foreign.HOST_UNKNOWN),
    (BounceReason.USER_UNKNOWN, _USER_UNKNOWN + foreign.USER_UNKNOWN),
    (BounceReason.CONTENT, refusals.CONTENT),
    (BounceReason.POLICY, refusals.POLICY + foreign.POLICY),
    (BounceReason.NETWORK, troubles.NETWORK),
    (BounceReason.EXPIRED, troubles.EXPIRED),
    (BounceReason.SYSTEM, troubles.SYSTEM),
    (BounceReason.USER_UNKNOWN, _ADVICE),  # many add it, whatever the cause
)


def _compiled(phrases: str) -> re.Pattern[str]:
    lines = re.sub(r"\n +", "", phrases.strip()).splitlines()
    lines = [line for line in lines if line]
    one = "|".join(lines).replace("<who>", _WHO).replace("<gap>", _GAP).replace("<person>", _PERSON)
    return re.compile(f"(?<![a-z])(?:{one.replace('…', _SENTENCE)})")


# In order of how exactly a phrase tells why: who names a list or a limit means that, even where the
# same line calls the recipient invalid; a general word ("error", "denied") only counts alone.
MEANINGS: tuple[tuple[BounceReason, re.Pattern[str]], ...] = tuple(
    (reason, _compiled(phrases)) for reason, phrases in _IN_ORDER
)
