"""What servers of many makers say: each is a reply as it was given, a line of one, or one like it.

A table, by what is meant. An address is there for good or not by its reason alone here.
"""

import pytest

from digest.domain.bounce_reasons import ALWAYS_HARD, classify, told_code, told_status
from digest.domain.reports import BounceReason as R

SAID = {
    R.USER_UNKNOWN: r"""
Alıcı bulunamadı: böyle bir kullanıcı yok
L'indirizzo di posta elettronica immesso non è stato trovato
A címzett nem található, ismeretlen felhasználó
존재하지 않는 사용자입니다. (a@b.example)
Het e-mailadres dat u hebt ingevoerd, kan niet worden gevonden
Não foi possível encontrar o endereço de e-mail inserido
No se encontró la dirección de correo electrónico que especificó
받는 사람 주소를 찾을 수 없습니다
E-mailovou schránku se nepodařilo najít. Uživatel neexistuje
550 #2175041 unavailable mail user
550 local server don't exists that user
550 not user of this server
550 there is no one at this address
550 This mailbox has been closed and deleted
550 Kein Benutzer mit diesem Namen vorhanden
550 Такого пользователя нет
550 That user does not live here
550 I don't know anyone called a
550 we don't have such a user
550 we don't handle mail for that user
550 user no longer on server
550 this address is no longer active
550 this e-mail address has been retired
550 Address does not match any existing account
550 no matching mailbox
550 Could not verify recipient
550 The account you are trying to reach is unknown
550 can't accept user
550 Mailing list unknown: papers-list
存在しないメールアドレスです
Ce compte n'existe pas
메일 주소가 존재하지 않습니다
E-posta adresi mevcut değil
Utilizatorul nu există
Brugeren findes ikke
Mottakeren er ukjent
Vastaanottajaa ei löydy
Ο χρήστης δεν υπάρχει
""",
    R.HOST_UNKNOWN: r"""
550 domain not hosted here
Cannot resolve b.example
No address associated with hostname
El dominio del destinatario no existe
DNS Hard Error looking up b.example (MX): NXDomain
Sorry, I couldn't find any host named nowhere.example. (#5.1.2)
550 5.1.10 Recipient domain not found
550 The domain b.example does not exist
550 5.4.310 DNS domain b.example does not exist [Message=InfoDomainNonexistent]
""",
    R.NOT_ACCEPT: r"""
550 this domain accepts no mail
550 5.1.10 Domain b.example has a null MX; it accepts no mail
""",
    R.MAILBOX_FULL: r"""
cannot update mailbox /var/mail/a for user a. error writing message: Disk quota exceeded
La boîte aux lettres du destinataire est saturée
La cassetta postale del destinatario è piena
Alıcının posta kutusu dolu
받는 사람의 메일 용량이 초과되었습니다
550-a@b.example: This user's inbox is bursting at the seams: quota used up
550 not enough room in mailbox
Empfängerpostfach ist voll
メールボックスが満杯です
В почтовом ящике получателя недостаточно места
메일함 용량이 부족합니다
""",
    R.DISABLED: r"""
550 5.1.1 Suspended user
550 5.1.1 <a@b.example>: Recipient address rejected: Address is disabled
550 5.1.1 User account is suspended
550 This account has been temporarily suspended
550 该帐号已被停用
550 5.2.1 Cuenta desactivada temporalmente
Mailbox on hold: bill unpaid
550 Mailbox suspended for non-payment: a@b.example
550 address is temporarily disabled
""",
    R.RATE: r"""
451 Please try again in 300 seconds, first-time sender delayed
451 Message temporarily deferred - [160]
550 Connection frequency limited
421 4.7.0 Too many invalid recipients from your IP
smtp; 452 4.5.3 Error: too many recipients
550 too many unknown users
451 4.7.1 Greylisting in action, please come back later
""",
    R.BLOCKED: r"""
554- (RLY:BD)
550 black ip
550 IP is Hangup
554 Ваш IP адрес заблокирован
554 您的IP已被列入黑名单
550 unknown client host
550 client host name not found
550 Sorry, no access for this ip
Отправитель в черном списке
""",
    R.REJECTED: r"""
550 5.7.1 Sender address blocked by recipient's blocked senders list
553 host denies the sender
554 sender is unvalidated
550 Requested mail action not taken: Fake sender
550 the recipient refuses mail from b@papers.example
550 Your address does not exist
550 the address b@papers.example you are sending from could not be verified
550 cannot verify sender
451 From:domain must resolve
""",
    R.SPAM: r"""
554 邮件被判为垃圾邮件
550 5.7.1 Message rejected as potential junk.
""",
    R.AUTH_FAILURE: r"""
smtp; 550 5.7.1 SPF unauthorized mail is prohibited
550 5.7.1 rejected: the domain has no valid DMARC record
""",
    R.RELAYING: r"""
553 host denies relay
550 Requested action not taken: Local user only
550 5.7.1 Unable to relay for a@b.example
550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain
""",
    R.POLICY: r"""
550 not accepted here
554 5.1.1 INT-P7 we are not accepting this message
550 5.7.1 TLS encryption required for this domain, must issue a STARTTLS command first
550 Requested action not taken: message refused
554 Reject: host rejected by recipient's filter
""",
    R.CONTENT: r"""
550 illegal attachment
552 5.7.0 Our system detected an illegal attachment on your message
554 5.6.1 Body type not supported by Remote Host
550 missing or invalid Date header
550 invalid message headers
""",
    R.VIRUS: r"""
smtp; 554 5.7.1 virus Eicar-Test-Signature found
552 Virus found.
""",
    R.NETWORK: r"""
554 5.4.4 [internal] Unable to look up MX: SERVFAIL
<a@b.example>... Deferred: Connection refused by mx.b.example
550 5.4.316 Message expired, connection refused(Socket error code 10061)
554 5.3.5 Local configuration error: mail loops back to me (MX problem?)
This message is looping: it already has my Delivered-To line. (#5.4.6)
mail for b.example loops back to myself
Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)
""",
    R.SYSTEM: r"""
550 command not found
550 unknown command
554 5.3.0 <a@b.example>... Service unavailable
temporary failure. Command output: local: fatal: a: Error reading /var/mail
unable to create lock file /var/mail/a.lock: Permission denied
421 Service temporarily unavailable
451 Requested action aborted: local error in processing
"|/usr/bin/vacation a" (reason: Can't create output)
""",
    R.EXPIRED: r"""
Message expired after 3 days in queue, last error: 451 4.3.0 try later
""",
    R.UNKNOWN: r"""
550 rejected
""",
    R.SIZE: r"""
550 5.2.3 message too large for mailbox
""",
}
REPLIES = [(reason, line) for reason, lines in SAID.items() for line in lines.strip().splitlines()]


@pytest.mark.parametrize(("reason", "reply"), REPLIES, ids=[reply[:40] for _, reply in REPLIES])
def test_a_reply_means_what_it_says(reason: R, reply: str) -> None:
    told = classify(told_status(reply), told_code(reply), reply)
    assert told == (reason, reason in ALWAYS_HARD)


@pytest.mark.parametrize(
    "reply",
    [
        "550 Unable to verify recipient at this time",
        "550 5.1.1 recipient verification temporarily unavailable: no such user",
        "Name service error for name=b.example type=MX: Host not found, try again",
        "550 user unknown, try again later",
    ],
)
def test_what_calls_itself_temporary_is_not_for_good(reply: str) -> None:
    _, hard = classify(told_status(reply), told_code(reply), reply)
    assert not hard


def test_what_a_host_said_before_its_last_word_does_not_count() -> None:
    said = "421 mx.b.example: try again later, then <<< 550 5.1.1 <a@b.example>... User unknown"
    assert classify("5.1.1", 550, said) == (R.USER_UNKNOWN, True)


def test_a_mailbox_kept_from_its_owner_is_there_whatever_the_code_says() -> None:
    assert classify("5.1.1", 550, "550 5.1.1 Suspended user") == (R.DISABLED, False)
    assert classify("5.1.1", 550, "550 5.1.1 inactive address") == (R.USER_UNKNOWN, True)


def test_a_host_that_names_a_mailbox_is_not_missing() -> None:
    said = "undeliverable address: host mx.b.example said: 550 Mailbox a does not exist"
    assert classify("5.1.1", 550, said) == (R.USER_UNKNOWN, True)
    assert classify("", 550, "550 Domain may not exist")[1] is False
