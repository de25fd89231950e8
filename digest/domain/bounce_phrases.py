"""What mail systems say when they turn a mail down, in the words they use, by what it means.

Written from RFC 3463 and RFC 5321 and from replies as servers give them. A phrase is a line (one
that is indented goes on with the line above), a regular expression that begins where a word does;
``…`` are a few more words of the same sentence, ``<who>`` and ``<person>`` ways to call a mailbox
and its owner. Text is matched as `bounce_reasons.plain_reply` leaves it: small letters, single
spaces, without addresses, URLs and hosts. What may lie between two words is bounded, so that no
text takes more than linear time.
"""

import re

from digest.domain import refusal_phrases as refusals
from digest.domain.reports import BounceReason

_SENTENCE = "[^.;!]{0,60}?"
_PERSON = (
    "(?:account|mail ?box|user(?:name)?|recipient(?:'s)?|addressee|customer|subscriber|"
    "e-?mail (?:address|account)|compte)"
)
_WHO = (
    "(?:user(?:name|id)?|recipient(?: name| address| mailbox)?|mail ?box|account|(?:e-?)?mail "
    "(?:address|account|box)|address(?:ee)?|destinat(?:ion|aire)(?: address)?|local[- ]part|alias|"
    "person|receiver|final delivery userid|inbox|subscriber|e-?mail)"
)
_MAILBOX_FULL = r"""
(?:mail ?box|mail drop|mail folder|inbox|in-box|account|mail file|mailstore|postfach|
    maildir)…(?:\bfull\b|\bover ?quota\b|over (?:its |the |their )?(?:quota|limit|size)|
    exceed|no (?:free )?space|out of (?:space|storage|disk)|too large|\bvoll\b|überfüllt)
over (?:the )?(?:its |his |her |their |your )?(?:maximum |allowed |disk |mail |storage |
    mailbox ){0,3}quota\b
quota\b…(?:exceed|violat|full|reached|over\b|exhausted)
(?:exceed|violat|over)\w*…\b(?:disk |mail |mailbox |storage )?(?:quota|storage)\b
(?:insufficient|not enough|no|lacks?|out of|low on) (?:free |available |system |disk |mail |
    mailbox |storage ){0,3}(?:space|storage|quota)
disk (?:is )?full
(?:mailbox|storage) (?:size )?limit
shutoffquota
(?:user|recipient)(?:'s)? (?:is )?full\b
box is full
messages in recipient's mailbox exceeded
too much mail data
容量
空间不足
邮箱已满
zu ?viele mails
speicherplatz
espace…insuffisant
too many messages in
已满
一杯
переполнен
превыш(?:ен|ает)
bo[iî]te (?:aux lettres )?(?:est )?pleine
bandeja…llen
buz[oó]n…llen
casella…piena
caixa…cheia
"""
_DISABLED = r"""
<person>[^.;!]{0,40}?\b(?:disabled|suspended|inactive|deactivated|de-activated|locked|frozen|
    blocked|expired|closed|discontinued|terminated|dormant|cancell?ed|bloqu[eé]|archiv|
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
停用
冻结
заблокирован
отключ[её]н
неактив
"""
_MOVED = r"""
(?:has|have|was|mailbox|user|recipient) (?:been )?moved
recipient no longer on
no longer (?:at|with|employed|works?|working|using)
(?:address|mailbox|account)…(?:has )?changed
no forwarding address
new e-?mail address (?:is|of|for)
not our customer
has left (?:the|our)
please (?:use|try|update)…new (?:e-?mail )?address
"""
_NOT_ACCEPT = r"""
(?:does|do|did|will|could) ?n[o']t accept (?:any |incoming |inbound )?(?:e-?mail|mail|smtp|
    messages)\b(?! (?:from|with|over|larger))
(?:system|host|server|domain) (?:is )?not accepting (?:any |network |e-?)?(?:mail|messages)
no smtp service
null mx\b
couldn't find a mail exchanger
(?:has|have|with|found) no (?:valid )?(?:mx|mail exchanger|mail server)
no (?:valid )?mx\b
mx(?: records?| host)? (?:is |are |points? )…(?:localhost|invalid|non-?existent|itself)
mail (?:is )?not accepted (?:here|for this (?:host|domain))
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
unrout(?:e)?able
nxdomain\b
couldn't find any host
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
(?:unknown|invalid|unrecogni[sz]ed|undefined|non-?existent|illegal|incorrect|wrong|no such|
    not a valid|not a known|isn't a valid|bad) (?:or \w+ )?(?:remote |local |virtual |mail |
    final |smtp |destination |(?:to|rcpt) |internet )*<who>\b
<who>(?: is| was| has been| are|:)? (?:an? )?(?:unknown|invalid|non-?existent|undeliverable|
    unrecogni[sz]ed|undefined)
<who>[^.;!]{0,50}?(?:does ?n[o']t|do ?n[o']t|not|no longer|never|didn't|
    did not) (?:currently |yet |to )?(?:exists?|found|be found|known|valid|recogni[sz]ed|
    listed|registered|available|located|have an account|been found|in (?:our|the|my) )
this user doesn't have an?\b
(?:no|not a|there is no|no valid) (?:such )?(?:valid )?<who>\b…(?:by that|here|with|at|on|in|
    named|of that|found|exist|matching)\b
no (?:such )?(?:user|recipient|mailbox|account|person|address)\b(?! name server)
(?:user|recipient|mailbox|address|account)s? unknown\b
unknown (?:user|recipient|address|mailbox|account)s?\b
(?:user|recipient|address|name|mailbox)[^.;!]{0,40}? not (?:listed|found|known) (?:in|at|on|
    here|by)
mailbox (?:name )?(?:is )?(?:unavailable|not available|not allowed)
recip(?:ient)?notfound
not a (?:valid|known|registered) (?:user|recipient|mailbox|address|account|e-?mail)
recipient (?:address )?rejected(?:: access denied|\.?\s*(?:\(|$))
(?:rejected|bad|invalid) recipients?\b
is not (?:an? )?(?:known|valid|registered|recogni[sz]ed) (?:here|at this|on this|user|
    recipient|address)
couldn't be found|could not be found|wasn't found at
address couldn't be found
doesn't (?:exist|have a)…account
delivery to the following recipients? failed because…exist
check (?:if|that|whether) (?:the )?address is correct
(?:mailbox|user|account|address|recipient) (?:was |has been )?(?:deleted|removed|not present)
deleted (?:user|account|mailbox)
(?:bad|unknown|no such) (?:destination )?mailbox
user not (?:exist|local|known|found)
is not a user
no mailbox (?:here|by)
no account by
adresse…(?:invalide|inconnue|incorrecte)
(?:destinataire|utilisateur)…inconnu
(?:empfänger|benutzer|adressat|nutzer)…(?:unbekannt|existiert nicht|nicht gefunden)
(?:unbekannter|ungültiger) (?:empfänger|benutzer)
(?:usuario|destinatario|cuenta|direcci[oó]n|utente|indirizzo)…(?:no existe|desconocid|
    inesistente|non esiste|sconosciut|no encontrad|no v[aá]lid)
usu[aá]rio…(?:n[aã]o existe|desconhecid|inv[aá]lid)
(?:пользовател|получател|ящик|адрес)…(?:не найден|не существует|неизвест|не зарегистрирован)
(?:用户|收件人|用戶|帐号|账号|帳號|邮箱|地址)[^。]{0,12}(?:不存在|未找到|无效|不正确)
(?:宛先|アドレス|ユーザ|あて先|受信者)[^。]{0,20}(?:見つかりません|不明|存在しません|ありません|存在しない)
不明なユーザ
ディレクトリには?見つかりません
no match(?:es)? found in…(?:directory|address book)
requested user mailbox not found
rcp-(?:p1|u1)
"""

_IN_ORDER = (
    (BounceReason.AUTH_FAILURE, refusals.AUTH_FAILURE),
    (BounceReason.RELAYING, refusals.RELAYING),
    (BounceReason.RATE, refusals.RATE),
    (BounceReason.BLOCKED, refusals.BLOCKED),
    (BounceReason.SPAM, refusals.SPAM),
    (BounceReason.VIRUS, refusals.VIRUS),
    (BounceReason.SIZE, refusals.SIZE),
    (BounceReason.SYSTEM, refusals.FILES),
    (BounceReason.MAILBOX_FULL, _MAILBOX_FULL),
    (BounceReason.DISABLED, _DISABLED),
    (BounceReason.MOVED, _MOVED),
    (BounceReason.NOT_ACCEPT, _NOT_ACCEPT),
    (BounceReason.REJECTED, refusals.REJECTED),
    (BounceReason.HOST_UNKNOWN, _HOST_UNKNOWN),
    (BounceReason.USER_UNKNOWN, _USER_UNKNOWN),
    (BounceReason.CONTENT, refusals.CONTENT),
    (BounceReason.POLICY, refusals.POLICY),
    (BounceReason.NETWORK, refusals.NETWORK),
    (BounceReason.EXPIRED, refusals.EXPIRED),
    (BounceReason.SYSTEM, refusals.SYSTEM),
)


def _compiled(phrases: str) -> re.Pattern[str]:
    lines = re.sub(r"\n +", "", phrases.strip()).splitlines()
    one = "|".join(lines).replace("<who>", _WHO).replace("<person>", _PERSON)
    return re.compile(f"(?<![a-z])(?:{one.replace('…', _SENTENCE)})")


# In order of how exactly a phrase tells why: who names a list or a limit means that, even where the
# same line calls the recipient invalid; a general word ("error", "denied") only counts alone.
MEANINGS: tuple[tuple[BounceReason, re.Pattern[str]], ...] = tuple(
    (reason, _compiled(phrases)) for reason, phrases in _IN_ORDER
)
