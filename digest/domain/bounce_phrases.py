"""What mail systems say when they turn a mail down, in the words they use, by what it means.

Written from RFC 3463 and RFC 5321 and from replies as servers give them. Each pattern is matched
against text that `bounce_reasons.plain_reply` made lower case, with one space between words and
without addresses, URLs and names of hosts. Patterns bound what lies between two words, so that no
text takes more than linear time.
"""

import re

from digest.domain.reports import BounceReason

_SENTENCE = "[^.;!]{0,60}?"  # the same sentence, a few words on

_AUTH_FAILURE = (
    r"dmarc\b",
    r"dkim\b",
    r"spf\b",
    "sender policy framework",
    "authentication checks? failed",
    "(?:not pass|fail(?:s|ed)?) (?:the )?(?:sender |email |message )?authentication",
    "unauthenticated (?:e-?)?mail",
    "(?:message|mail|e-?mail|sender) (?:is|was) (?:not|un) ?authenticated",
)
_VIRUS = (
    r"(?:virus|viruses|malware|trojan)\b",
    r"infected\b",
    "(?:dangerous|potential(?:ly)?|executable) (?:attachment|file|security risk)",
)
_SPAM = (
    r"spam",
    r"spam(?:my|med|ming)?\b",
    r"unsolicited\b",
    r"junk (?:e-?)?mail\b",
    r"bulk (?:e-?)?mail\b",
    r"(?:uce|ube)\b",
    "blacklisted (?:url|uri|link)",
    "(?:user|recipient) complaints",
    "垃圾邮件",
    "迷惑メール",
    "спам",
    "mail rejete",
)
_BLOCKED = (
    "black ?-?list",
    "block ?-?list",
    "deny ?list",
    r"(?:rbl|dnsbl|dnsrbl|rdns)\b",
    r"(?:spamhaus|spamcop|barracuda|sorbs|cloudmark|senderbase|senderscore|proofpoint)\b",
    "reputation",
    "reverse[ -]?(?:dns|lookup|name|hostname|map)",
    r"ptr\b",
    rf"(?:\bip\b|ip address|client|client host|your host|your server|your network|your domain|"
    rf"mail server|connection|connecting){_SENTENCE}(?:blocked|banned|rejected|refused|denied|"
    "listed|prohibited|not allowed|not permitted|not authori[sz]ed|unwelcome)",
    rf"(?:blocked|banned|listed|rejected|refused|denied){_SENTENCE}(?:\bip\b|ip address|"
    "your host|your server|your network|mail server|client host)",
    r"(?:blocked|listed|banned) (?:by|in|on|at|using|due|for|from|because)\b",
    "(?:messages?|mail|e-?mails?) (?:from )?(?:you|this|your)?" + _SENTENCE + "(?:blocked|banned)",
    "refused to talk to me",
    "not accepting connections?",
    r"no (?:more )?connections? (?:accepted|allowed) from",
    "(?:dynamic|residential|dial-?up) (?:ip|address|host|pool|range)",
    r"(?:bad|invalid|rejected|unacceptable|forged) (?:helo|ehlo)\b",
    r"(?:helo|ehlo)\b" + _SENTENCE + "(?:reject|denied|invalid|refused|fqdn|not accept|mismatch)",
    "(?:helo|ehlo) command rejected",
    "my name was rejected",
    "invalid ip for sending",
    "access denied" + _SENTENCE + r"\bip\b",
    "network is on our",
    "bad dns",
    "cannot (?:find|resolve) your (?:host ?name|reverse|ip|address|domain)",
    "can ?not send (?:e-?)?mail to yourself",
    r"your (?:mail ?)?(?:host|domain|server|helo|ip|computer|mta)\b"
    + _SENTENCE
    + "(?:does not|doesn't|not |no |fail|invalid|mismatch)",
    r"(?:sending|connecting|originating|source) (?:mail ?)?(?:domain|server|host|ip|mta|address|network)\b"
    + _SENTENCE
    + "(?:not |no |fail|invalid|reject|refus|denied|block|ban)",
    "(?:seems?|configured) to reject all",
    "adresse ip" + _SENTENCE + "bloqu",
)
_RATE = (
    "too many (?:concurrent |simultaneous |smtp )?(?:connections|messages(?! in)|recipients|(?:e-?)?mails|"
    "sessions|errors|invalid|bad|unknown|requests|attempts|different)",
    "to too many recipients",
    r"rate[ -]?(?:limit|control)",
    "throttl",
    r"(?:exceed|limit|maximum)"
    + _SENTENCE
    + r"(?:rate\b|per (?:hour|minute|day|connection|session))",
    rf"(?:daily|hourly) {_SENTENCE}(?:quota|limit)",
    "unexpected volume",
    "(?:high|large|unusual) (?:volume|rate|number) of",
    r"at a rate\b",
    "sending (?:limit|rate|quota)",
    "too (?:fast|frequent|much (?:mail|traffic))",
    "slow down",
    "connection (?:rate|limit|count)",
    "greylist",
    "graylist",
    "connections from (?:this|your) host",
    "频率",
    "out of resources, try again",
)
_RELAYING = (
    r"relay(?:ing)?\b(?: mail| access| operation)?(?: to @?)? ?(?:is |was )?(?:denied|rejected|"
    "prohibited|forbidden|refused|not (?:permitted|allowed|supported|authori[sz]ed|available))",
    r"(?:unable|not (?:permitted|allowed|authori[sz]ed|able)|cannot|can't|do(?:es)? not|don't|won't|no|"
    r"refuse to|declining) (?:to )?relay",
    "no relaying",
    "rcpthosts",
    "not a gateway",
    r"mail relay(?:ing)? (?:is )?(?:denied|disabled|prohibited)",
    "insecure mail relay",
    "address is not verified",
    "local domain only",
    "that domain isn't in my list",
)
_SIZE = (
    "(?:message|mail|e-?mail|attachment|data|content|text|body)"
    + _SENTENCE
    + "(?:too (?:large|big|long)|size (?:limit|exceed)|exceed(?:s|ed|ing)?"
    + _SENTENCE
    + "size|larger than|length exceed)",
    "(?:size|length) (?:of (?:this|your|the) (?:message|mail))?" + _SENTENCE + "exceed",
    "exceeds? (?:the |our |my |its )?(?:fixed |maximum |max )*(?:message |mail )?size",
    "(?:recip|sender|send|receive)sizelimit",
    "line (?:limit exceeded|too long)",
    "too (?:large|big) (?:a )?(?:message|mail)",
    "message too (?:large|big|long)",
)
_MAILBOX_FULL = (
    "(?:mail ?box|mail drop|mail folder|inbox|in-box|account|mail file|mailstore|postfach|"
    "maildir)"
    + _SENTENCE
    + r"(?:\bfull\b|\bover ?quota\b|over (?:its |the |their )?(?:quota|limit|"
    r"size)|exceed|no (?:free )?space|out of (?:space|storage|disk)|too large|\bvoll\b|überfüllt)",
    r"over (?:the )?(?:its |his |her |their |your )?(?:maximum |allowed |disk |mail |storage |mailbox )*quota\b",
    r"quota\b" + _SENTENCE + r"(?:exceed|violat|full|reached|over\b|exhausted)",
    r"(?:exceed|violat|over)\w*"
    + _SENTENCE
    + r"\b(?:disk |mail |mailbox |storage )?(?:quota|storage)\b",
    "(?:insufficient|not enough|no|lacks?|out of|low on) (?:free |available |system |disk |mail |mailbox |storage )*"
    "(?:space|storage|quota)",
    "disk (?:is )?full",
    "(?:mailbox|storage) (?:size )?limit",
    "shutoffquota",
    r"(?:user|recipient)(?:'s)? (?:is )?full\b",
    "box is full",
    "messages in recipient's mailbox exceeded",
    "too much mail data",
    "容量",
    "空间不足",
    "邮箱已满",
    "zu ?viele mails",
    "speicherplatz",
    "espace" + _SENTENCE + "insuffisant",
    "too many messages in",
    "已满",
    "一杯",
    "переполнен",
    "превыш(?:ен|ает)",
    "bo[iî]te (?:aux lettres )?(?:est )?pleine",
    "bandeja" + _SENTENCE + "llen",
    "buz[oó]n" + _SENTENCE + "llen",
    "casella" + _SENTENCE + "piena",
    "caixa" + _SENTENCE + "cheia",
)
_MOVED = (
    "(?:has |have |was |mailbox |user |recipient )+moved",
    "recipient no longer on",
    "no longer (?:at|with|employed|works?|working|using)",
    "(?:address|mailbox|account)" + _SENTENCE + "(?:has )?changed",
    "no forwarding address",
    "new e-?mail address (?:is|of|for)",
    "not our customer",
    "has left (?:the|our)",
    "please (?:use|try|update)" + _SENTENCE + "new (?:e-?mail )?address",
)
_PERSON = (
    "(?:account|mail ?box|user(?:name)?|recipient(?:'s)?|addressee|customer|subscriber|"
    "e-?mail (?:address|account)|compte)"
)
_DISABLED = (
    rf"{_PERSON}[^.;!]{{0,40}}?\b(?:disabled|suspended|inactive|deactivated|de-activated|locked|"
    "frozen|blocked|expired|closed|discontinued|terminated|dormant|cancell?ed|bloqu[eé]|archiv|inactivity|"
    r"not (?:been )?(?:active|activated|enabled)|on hold|(?:temporarily|currently) (?:limited|"
    r"restricted|suspended|disabled|locked)|out of service|not currently (?:active|in use)|abandoned)",
    r"(?:disabled|suspended|inactive|deactivated|locked|frozen|dormant|expired|blocked) (?:e-?mail )?"
    rf"{_PERSON}",
    "mailbox (?:is )?(?:currently |temporarily )?unavailable" + _SENTENCE + "(?:disabled|inactive)",
    "(?:shut|closed) down by",
    "(?:extended|prolonged|due to) inactivity",
    "new mail is not currently being accepted",
    "user (?:has )?(?:not paid|unpaid)",
    "停用",
    "冻结",
    "заблокирован",
    "отключ[её]н",
    "неактив",
)
_NOT_ACCEPT = (
    "(?:does|do|did|will|could) ?n[o']t accept (?:any |incoming |inbound )?(?:e-?mail|mail|smtp|messages)\\b"
    "(?! (?:from|with|over|larger))",
    "(?:system|host|server|domain) (?:is )?not accepting (?:any |network |e-?)?(?:mail|messages)",
    "no smtp service",
    r"null mx\b",
    "couldn't find a mail exchanger",
    "(?:has|have|with|found) no (?:valid )?(?:mx|mail exchanger|mail server)",
    r"no (?:valid )?mx\b",
    r"mx(?: records?| host)? (?:is |are |points? )"
    + _SENTENCE
    + "(?:localhost|invalid|non-?existent|itself)",
    "mail (?:is )?not accepted (?:here|for this (?:host|domain))",
    "don't accept mail",
)
_HOST_UNKNOWN = (
    "(?:host|domain|server)(?: ?name)?(?: or domain name)?(?: part)?(?: is| was)? (?:unknown|not found|not known|"
    "invalid)",
    "(?:host|domain|server)(?: ?name)?"
    + _SENTENCE
    + "(?:(?:does not|doesn't|not) (?:exist|resolve|found))",
    "(?:unknown|invalid|illegal|non-?existent|unresolvable|unroutable|unrouteable|bad) "
    "(?:mail |e-?mail |recipient(?:'s)? |destination |system |remote )*(?:host|domain|server)",
    "no such (?:host|domain|server)",
    "domain (?:name )?(?:is )?not reachable",
    "unrout(?:e)?able",
    r"nxdomain\b",
    "couldn't find any host",
    "host lookup (?:failed|did not complete)",
    "lookups? failed permanently",
    "bad destination (?:system|host|mailbox address system)",
    "dns lookup fail",
    "name or service not known",
    "no (?:route|path) to (?:the )?(?:domain|recipient)",
    "cannot (?:find|resolve) (?:the )?(?:recipient |destination |mail )?(?:domain|host|server)",
    "address family not supported",
    "illegal host",
    "domain" + _SENTENCE + "no longer (?:exists|hosted|valid|in use)",
)
_WHO = (
    "(?:user(?:name|id)?|recipient(?: name| address| mailbox)?|mail ?box|account|(?:e-?)?mail (?:address|"
    "account|box)|address(?:ee)?|destinat(?:ion|aire)(?: address)?|local[- ]part|alias|person|receiver|"
    "final delivery userid|inbox|subscriber|e-?mail)"
)
_USER_UNKNOWN = (
    rf"(?:unknown|invalid|unrecogni[sz]ed|undefined|non-?existent|illegal|incorrect|wrong|no such|"
    rf"not a valid|not a known|isn't a valid|bad) (?:or \w+ )?(?:remote |local |virtual |mail |final |smtp |"
    rf"destination |(?:to|rcpt) |internet )*{_WHO}\b",
    rf"{_WHO}(?: is| was| has been| are|:)? (?:an? )?(?:unknown|invalid|non-?existent|undeliverable|"
    "unrecogni[sz]ed|undefined)",
    rf"{_WHO}[^.;!]{{0,50}}?(?:does ?n[o']t|do ?n[o']t|not|no longer|never|didn't|did not) (?:currently |yet |to )?"
    "(?:exists?|found|be found|known|valid|recogni[sz]ed|listed|registered|available|located|have an account|"
    "been found|in (?:our|the|my) )",
    r"this user doesn't have an?\b",
    "(?:no|not a|there is no|no valid) (?:such )?(?:valid )?"
    + _WHO
    + r"\b"
    + _SENTENCE
    + r"(?:by that|here|with|at|on|in|named|of that|found|exist|matching)\b",
    r"no (?:such )?(?:user|recipient|mailbox|account|person|address)\b(?! name server)",
    r"(?:user|recipient|mailbox|address|account)s? unknown\b",
    r"unknown (?:user|recipient|address|mailbox|account)s?\b",
    "(?:user|recipient|address|name|mailbox)[^.;!]{0,40}? not (?:listed|found|known) (?:in|at|on|here|by)",
    "mailbox (?:name )?(?:is )?(?:unavailable|not available|not allowed)",
    "recip(?:ient)?notfound",
    "not a (?:valid|known|registered) (?:user|recipient|mailbox|address|account|e-?mail)",
    r"recipient (?:address )?rejected(?:: access denied|\.?\s*(?:\(|$))",
    "(?:rejected|bad|invalid) recipients?\\b",
    "is not (?:an? )?(?:known|valid|registered|recogni[sz]ed) (?:here|at this|on this|user|recipient|address)",
    "couldn't be found|could not be found|wasn't found at",
    "address couldn't be found",
    "doesn't (?:exist|have a)" + _SENTENCE + "account",
    "delivery to the following recipients? failed because" + _SENTENCE + "exist",
    "check (?:if|that|whether) (?:the )?address is correct",
    "(?:mailbox|user|account|address|recipient) (?:was |has been )?(?:deleted|removed|not present)",
    "deleted (?:user|account|mailbox)",
    "(?:bad|unknown|no such) (?:destination )?mailbox",
    "user not (?:exist|local|known|found)",
    "is not a user",
    "no mailbox (?:here|by)",
    "no account by",
    "adresse" + _SENTENCE + "(?:invalide|inconnue|incorrecte)",
    "(?:destinataire|utilisateur)" + _SENTENCE + "inconnu",
    "(?:empfänger|benutzer|adressat|nutzer)"
    + _SENTENCE
    + "(?:unbekannt|existiert nicht|nicht gefunden)",
    "(?:unbekannter|ungültiger) (?:empfänger|benutzer)",
    "(?:usuario|destinatario|cuenta|direcci[oó]n|utente|indirizzo)"
    + _SENTENCE
    + "(?:no existe|desconocid|inesistente|non esiste|sconosciut|no encontrad|no v[aá]lid)",
    "usu[aá]rio" + _SENTENCE + "(?:n[aã]o existe|desconhecid|inv[aá]lid)",
    "(?:пользовател|получател|ящик|адрес)"
    + _SENTENCE
    + "(?:не найден|не существует|неизвест|не зарегистрирован)",
    "(?:用户|收件人|用戶|帐号|账号|帳號|邮箱|地址)[^。]{0,12}(?:不存在|未找到|无效|不正确)",
    "(?:宛先|アドレス|ユーザ|あて先|受信者)[^。]{0,20}(?:見つかりません|不明|存在しません|ありません|存在しない)",
    "不明なユーザ",
    "ディレクトリには?見つかりません",
    "no match(?:es)? found in" + _SENTENCE + "(?:directory|address book)",
    "requested user mailbox not found",
    "rcp-(?:p1|u1)",
)
_REJECTED = (
    "sender"
    + _SENTENCE
    + "(?:reject|denied|invalid|refused|not (?:allowed|permitted|accepted|exist|valid|found|"
    "verified|resolve)|unknown|could not be verified|verify failed|callout|is missing|blocked)",
    "(?:invalid|bad|unknown|unrouteable|unverified|unable to verify|refusing|unacceptable|disallowed) sender",
    "sender (?:domain|verify|verification|address|callback)",
    "(?:mail|envelope) ?from[^.;:!]{0,40}?(?:reject|denied|invalid|refused|not )",
    "from address[^.;:!]{0,40}?(?:reject|denied|invalid|refused|not )",
    "domain of sender",
    "sender was rejected",
    "reverse[ -]path",
    "return[ -]path",
    "null sender",
    "(?:not (?:a )?|non-?)members?\\b",
    "(?:members|subscribers)[ -]only",
    "send mail as",
    "google groups",
    "(?:not (?:allowed|permitted|authori[sz]ed)|no permission|don't have permission|do not have permission) "
    "(?:to )?(?:send|post|mail|write)",
    "(?:address|group|list|mailbox|recipient|delivery)"
    + _SENTENCE
    + "(?:restricted|moderated|only accepts)",
    "authrequired|notauthorized|not authori[sz]ed",
    "unauthenticated sender",
)
_POLICY = (
    r"polic(?:y|ies)\b",
    "administrative(?:ly)? (?:prohibit|reject|reason)",
    "administrative prohibition",
    "security (?:reason|risk|restriction)",
    "prohibited",
    r"access denied\b",
    "transaction (?:failed|rejected)" + _SENTENCE + "policy",
    "message (?:was |has been )?(?:blocked|denied)",
    "(?:rejected|blocked|refused) by (?:the )?(?:administrator|filter|recipient|system|user)",
    "must (?:be )?authenticat",
    "authentication (?:is )?required",
    "delivery not authori[sz]ed",
    r"encrypt(?:ed|ion) (?:is )?(?:required|needed)\b",
    "must issue a starttls",
    "not permitted",
    "you are not allowed",
    "拒收",
    "拒绝",
)
_CONTENT = (
    "content (?:rejected|reject|filter|not accept|was|is|error|invalid)",
    "(?:rejected|blocked|denied|refused)" + _SENTENCE + "content",
    "headers? (?:too|is|are|missing|contain|not|line|syntax|field)",
    "(?:missing|invalid|duplicate|multiple|malformed|bad)" + _SENTENCE + r"\bheaders?\b",
    "multiple addresses in",
    "mime (?:error|violation|structure|part|header)",
    "media (?:error|type)",
    r"rfc ?-?\d{3,4}\b",
    "bare (?:lf|cr|newline)",
    "(?:attachment|file) (?:type|name|extension)?"
    + _SENTENCE
    + "(?:reject|block|not allow|prohibit)",
    "malformed",
    "conversion",
    "8-?bit",
    "not (?:rfc|standards?)[ -]?complian",
)
_NETWORK = (
    "too many hops",
    "hop count",
    r"loop(?:s|ing)?\b",
    "loops back to",
    "connection (?:was )?(?:timed out|timeout|refused|reset|lost|dropped|closed|broken|failed|died)",
    "connect(?:ion)? (?:attempt )?to"
    + _SENTENCE
    + "(?:timed out|refused|failed|unreachable|no route)",
    "(?:operation|network|session|read|write|command) time[d ]*-?out",
    "timed out (?:while|waiting|during|connecting)",
    "no route to host",
    "(?:network|host|server|destination) (?:is )?(?:unreachable|down|not responding)",
    "(?:unable|cannot|could not|couldn't|can't|failed|wasn't able) (?:to )?(?:connect|establish|reach|contact)",
    "did not accept our requests to connect",
    "dns (?:error|server|failure|query|problem)",
    r"name server",
    "lost connection",
    "no answer from host",
    r"(?:start)?tls\b",
    "certificate",
    "host (?:name )?lookup failure",
    "socket error",
    "network error",
    "points? to local ?host",
    "no valid route to",
    "routing information",
    "conversation with" + _SENTENCE + "timed out",
    "bad file number",
    "routing (?:loop|error|problem|server)",
)
_EXPIRED = (
    r"expired\b",
    "retry time(?:out)?" + _SENTENCE + "(?:exceeded|reached)",
    "in the queue too long",
    "giving up",
    "given up",
    "(?:could not|couldn't|cannot|can't|unable to|not able to|not been able to|not been|were not|was not) (?:be )?"
    "(?:send|sent|deliver|delivered)"
    + _SENTENCE
    + r"(?:\bfor\b|within|past|last|after|in) "
    + _SENTENCE
    + "(?:days?|hours?|minutes?|seconds?|attempts|tries)",
    "(?:delivery|message|mail) (?:time[d ]*-?out|timeout)",
    "delivery (?:failed )?(?:after )?\\d* ?attempts",
    "(?:maximum|max|too many|number of) (?:delivery |retry )?(?:attempts|retries|tries|age)",
    "undeliver(?:ed|able) for",
    r"unable to deliver" + _SENTENCE + r"in \d+ (?:minutes|hours|days)",
    "message too old",
    "maximum (?:lifetime|queue)",
)
_SYSTEM = (
    "(?:internal|system|server|software|local|configuration|processing|program|mailer|disk|i/o|unexpected|"
    "transient|temporary|general|lookup) (?:configuration |processing |system |server |resource |software |delivery )?"
    "(?:error|failure|problem|trouble|fault|malfunction)",
    "service (?:is )?(?:currently |temporarily )?(?:unavailable|not available|refused)",
    "(?:temporar\\w+|currently) (?:unavailable|rejected|deferred|unable)",
    "try (?:again )?later",
    "(?:command|parameter|argument)"
    + _SENTENCE
    + "(?:not (?:implemented|recogni[sz]ed)|unrecogni[sz]ed|rejected|unknown)",
    "(?:improper|bad) (?:sequence|use) of",
    "bad sequence",
    "syntax error",
    "protocol (?:error|violation)",
    "ldap",
    r"database\b",
    "delivery (?:temporarily )?suspended",
    "communication problem",
    "mail transport unavailable",
    "(?:several|multiple|more than one) match",
    "cannot route",
    "out of memory",
    "unable to (?:open|create|write|run|execute|deliver locally)",
    "permission denied",
    r"pipe\b",
    "address verification in progress",
)

_FILES = (
    "(?:cannot|can't|couldn't|could not|unable to) (?:open|create|write|append|lock|stat|read|chdir)\\b",
    "no such file",
    "lock failure",
    "write error",
)

_INTENT: tuple[tuple[BounceReason, tuple[str, ...]], ...] = (
    (BounceReason.AUTH_FAILURE, _AUTH_FAILURE),
    (BounceReason.RELAYING, _RELAYING),
    (BounceReason.RATE, _RATE),
    (BounceReason.BLOCKED, _BLOCKED),
    (BounceReason.SPAM, _SPAM),
    (BounceReason.VIRUS, _VIRUS),
    (BounceReason.SIZE, _SIZE),
    (BounceReason.SYSTEM, _FILES),
    (BounceReason.MAILBOX_FULL, _MAILBOX_FULL),
    (BounceReason.DISABLED, _DISABLED),
    (BounceReason.MOVED, _MOVED),
    (BounceReason.NOT_ACCEPT, _NOT_ACCEPT),
    (BounceReason.REJECTED, _REJECTED),
    (BounceReason.HOST_UNKNOWN, _HOST_UNKNOWN),
    (BounceReason.USER_UNKNOWN, _USER_UNKNOWN),
    (BounceReason.CONTENT, _CONTENT),
    (BounceReason.POLICY, _POLICY),
    (BounceReason.NETWORK, _NETWORK),
    (BounceReason.EXPIRED, _EXPIRED),
    (BounceReason.SYSTEM, _SYSTEM),
)
# In order of how exactly a phrase tells why: who names a list or a limit means that, even where the
# same line calls the recipient invalid; a general word ("error", "denied") only counts alone.
MEANINGS: tuple[tuple[BounceReason, re.Pattern[str]], ...] = tuple(
    (reason, re.compile(f"(?<![a-z])(?:{'|'.join(patterns)})")) for reason, patterns in _INTENT
)
