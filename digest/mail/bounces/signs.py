"""Tells by which words a report, a delay, an answer or a returned mail is known.

One sign a line (one that is indented goes on with the line above), as a regular expression that
does not tell capital letters from small ones.
"""

import re


def either(signs: str) -> re.Pattern[str]:
    """Return a pattern that finds any of the signs, one a line."""
    lines = re.sub(r"\n +", "", signs.strip("\n")).splitlines()
    return re.compile("|".join(lines), re.IGNORECASE | re.MULTILINE)


DAEMON = either(r"""
mailer[-_ ]?dae?mon
post[-_]?master
mail[-_ ]?delivery
delivery (?:subsystem|system)
mail[-_ ]?daemon
mdaemon
system administrator
mail (?:system|deliver|administrator)
mailadmin
mail (?:server|gateway|router|transport|transfer)
listserv\b
majordomo
mailman
ezmlm
double-bounce
[\w.-]{1,60}-(?:admin|owner|request)@
mail[-_]?error
microsoftexchange
<>
bounce
undeliver
no-?reply@
""")
FAILURE_SUBJECT = either(r"""
undeliver
non[- ]?(?:delivery|deliverable|remis)
not (?:be )?deliver
could not (?:be )?(?:send|sent|deliver)
(?:delivery|mail|message|transmission) (?:status|fail|error|problem|delay|has failed|report|
    system error|warning)
fail(?:ed|ure)? (?:notice|delivery|to deliver)
returned (?:mail|message|to sender)
returned e?-?mail
failure notice
(?:mail|message)[^\n]{0,30}(?:bounced|returned|rejected|refused|blocked|undeliverable)
delivery (?:failure|notification|failed)
unzustellbar
nicht zugestellt
zustell
échec
non remis
rebotado
no se (?:pudo|puede) entregar
mancata consegna
non (?:è stato )?(?:consegnat|recapitat)
n[aã]o (?:foi )?entreg
no entregad
devuelt
niet (?:bezorgd|afgeleverd)
nie dostarczon
kunde inte levereras
반송
не доставлен
недоставлен
エラー
退信
投递
系统退信
can(?:'t|not) (?:be )?(?:send|deliver)
cannot send
deferred
are not member
^loop (?:alert|back)
duplicated? message-id
""")
FAILURE_TEXT = either(r"""
(?:could not|couldn't|cannot|can't|unable to|was not|wasn't able to|not able to|failed to|
    unable to) (?:be )?(?:deliver|send|sent|relay)
undeliver
delivery (?:has |to [^\n]{0,80})?(?:fail|error|problem)
permanent (?:fatal )?(?:error|failure)
(?:did|has) not reach
failed permanently
not delivered
(?:had|have) (?:permanent |delivery )
message (?:was |has been )?(?:rejected|returned|undeliverable|blocked)
was rejected by
mailbox is full
error (?:message|report|has occurred)
transcript of (?:the )?session
not a member of this
failure reasons?
delivery (?:delayed|attempts)
has been delayed
will be retried
送信できません
配信できません
届けられません
エラー
不明
退信
无法
не может быть доставлено
nicht zugestellt
n'a pas (?:pu|été)
non (?:è stato|è possibile|ha potuto)\b
n[aã]o (?:foi possível|p[oô]de) (?:ser )?entreg
no (?:se (?:pudo|puede|ha podido)|fue posible) (?:ser )?entreg
niet (?:worden )?(?:bezorgd|afgeleverd)
nie (?:została|mogła|można|udało)[^\n]{0,20}dostarcz
kunde inte levereras
malformed
invalid (?:recipient|address|user)
not (?:authori[sz]ed|allowed|permitted) to (?:send|post)
unknown (?:recipient|user|host)
""")
DELAY = either(r"""
warning message only
has been delayed
will retry (?:for|until|again)
still (?:being )?(?:retried|trying|undelivered)
(?:will|being) (?:be )?(?:retried|keep trying|continue (?:to )?(?:try|attempt))
could not send (?:mail|message) for past
not yet been delivered
do not need to resend
delivery (?:is |has been |status notification \()delay
""")
AUTO_SUBJECT = either(r"""
^\W{0,4}(?:automatic (?:reply|response))
^\W{0,4}(?:auto(?:matic)?[ -]?(?:re(?:ply|sponse|sponder)|generated))
^\W{0,4}autoreply
^\W{0,4}(?:out[ -]of[ -](?:the[ -])?office)
^\W{0,4}(?:away (?:from|until))
^\W{0,4}(?:i am |i'm )?on (?:vacation|holiday|leave)
^\W{0,4}vacation
^\W{0,4}abwesen
^\W{0,4}(?:automatische (?:antwort|abwesenheit))
^\W{0,4}réponse automatique
^\W{0,4}absence
^\W{0,4}respuesta automática
^\W{0,4}risposta automatica
^\W{0,4}resposta automática
^\W{0,4}автоответ
^\W{0,4}автоматический ответ
^\W{0,4}(?:自動(?:応答|返信))
^\W{0,4}(?:自动(?:回复|答复))
^\W{0,4}不在
^\W{0,4}automatisch antwoord
^\W{0,4}odpowiedź automatyczna
^\W{0,4}automatiskt svar
^\W{0,4}fuera de la oficina
^\W{0,4}(?:thank you for (?:your|contacting))
^\W{0,4}(?:receipt (?:of|confirmed))
out of (?:the )?office
""")
RETURNED_BELOW = either(r"""
below this line is
this is a copy of (?:the|your) (?:original )?(?:message|mail)
^[\W_]{0,60}(?:original|returned|undelivered|unsent|rejected) (?:message|mail|
    e-?mail)(?: text| body)?(?: (?:headers?|header information|follows|below|is attached|
    (?:is )?as follows|begins|here))*\W*$
(?:copy|headers?|start|beginning) of (?:the|your) (?:original |returned |
    undelivered )?(?:message|mail|e-?mail)
message (?:headers?|text|body) (?:follows?|is|:)
included is a copy
the (?:message|mail) (?:header|text) (?:follows|is)
^returned message\W*$
исходное сообщение
текст письма
原文
元のメール
""")
# Each sign above has one of these, and to look for them first is cheaper than to try the signs.
_RETURNED_WORDS = ("message", "mail", "copy", "below", "сообщение", "текст", "原文", "メール")
AT_DATA = either(r"""
end of data
after (?:pipelined )?data\b
for text command
to data command
our (?:final )?data\b
smtp command data
\(state 1[5-9]\)
after i sent the message
>>> (?:data|\.) <<< [45]
[45]\d\d:? : user unknown
""")
AT_RCPT = either(r"""
rcpt to command
after rcpt
our rcpt to
\[rcpt_to\]
\(state 1[34]\)
rcpt command
does not like recipient
following rcpt
rejected recipient
command: ?rcpt
\bin rcpt to\b
rcpt to:? ?<?[^\s<>]{0,300}>?(?: \S{1,30}){0,4}? (?:<<<|>>>|<--|<-|replied:?|received:?|response:?|
    answered:?|returned:?|said:?|out:) \"?[45]\d\d
""")
AT_MAIL = either(r"""
mail from command
after mail from
our mail from
\[mail_from\]
\(state 12\)
sender was rejected
rejected mail from
>>> mail from:[^>]{0,300}>?[^<>]{0,60} <<< [45]
after pipelined mail from
""")
AT_CONNECT = either(r"""
after initial connection
name was rejected
greeting failed
after (?:he|eh)lo
to (?:he|eh)lo command
refused to talk to me
initial greeting
while connecting
""")


def returns_below(line: str) -> bool:
    """Return whether a line tells that the mail which comes back begins after it."""
    small = line.lower()
    return any(word in small for word in _RETURNED_WORDS) and bool(RETURNED_BELOW.search(line))
