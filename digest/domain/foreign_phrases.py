"""What mail systems say in other languages than English when a mail is turned down.

See `bounce_phrases` for how a phrase is written. Letters with accents are also written without
them, as replies are ASCII by RFC 5321 and systems help themselves. Word order differs, so that
most phrases name a thing (mailbox, user, domain) and its trouble in either order: ``<box>`` and
``<full>``, ``<one>`` and ``<lost>``, ``<off>`` are such words of all languages at once.
"""

import re

_WORDS = {
    # who or what may be missing
    "<one>": r"""
        @
        destinataire|utilisateur|adresse\b|bo[iî]te|compte\b
        empf(?:ä|ae?)nger\w{0,8}|benutzer|adressat|nutzer|teilnehmer|konto\b|postfach
        usuario|destinatario|cuenta\b|direcci[oó]n|buz[oó]n|casilla
        utente|indirizzo|casella|cassetta
        usu[aá]rio|destinat[aá]rio|conta\b|caixa|endere[cç]o
        gebruiker|ontvanger|geadresseerde|e-?mailadres\b|adres\b|postvak
        u[zż]ytkowni|odbiorc|adresat|skrzynk
        mottagare|användare|adressen|modtager|brukere?n|mottaker|bruger
        vastaanottaja|käyttäjä|sähköpostiosoit
        uživatel|adres[aá]t|schránk|příjemce|címzett|felhasználó|postafiók|cím\b
        kullanıcı|kullanici|alıcı|alici|posta kutusu|hesap|e-?posta adresi
        destinatar|utilizator|adresa\b|χρήστη|παραλήπτη|διεύθυνση
        пользовател|получател|ящик|адрес|абонент|користувач|одержувач|отримувач|скриньк
        用户|用戶|收件人|收信人|帐号|账号|帐户|账户|帳號|邮箱|郵箱|信箱|地址|使用者
        宛先|アドレス|ユーザー?|あて先|受信者|メールボックス
        사용자|수신자|받는 ?사람|계정|주소|메일함
    """,
    # that it is missing
    "<lost>": r"""
        inconnu|inexistan|introuvable|non trouv[eé]|n'existe pas|invalide\b|incorrecte|
        (?:pas|pu)(?: être| etre)? trouv[eé]|n'a pas [eé]t[eé] trouv[eé]|impossible de trouver
        unbekannt|existiert nicht|nicht (?:gefunden|bekannt|vorhanden|existent|registriert)|
        ung(?:ü|ue)ltig|gibt es (?:hier )?nicht
        no (?:existe|es\b|(?:fue|es) posible encontrar)|imposible encontrar|
        no (?:se )?(?:ha )?(?:podido |pudo |puede )?(?:ser |fue )?encontr|
        desconocid|inexistente|no v[aá]lid|inv[aá]lid[oa]
        inesistente|non (?:esiste|valid|trovat|presente|è stat[oa] trovat|e' stat[oa] trovat)|
        sconosciut|errat[oa]\b|impossibile trovare
        n[aã]o (?:existe|(?:foi |pode ser |p[oô]de ser )?encontrad)|
        n[aã]o foi poss[ií]vel (?:encontrar|localizar)|desconhecid|inexistente
        onbekend|bestaat niet|niet (?:worden )?gevonden|ongeldig
        nie (?:istnieje|znaleziono|został[ao]? znalezion)|nieznan|nieprawid[lł]ow
        finns inte|hittades inte|okänd|findes ikke|ikke fundet|ukendt|finnes ikke|
        ikke funnet|ukjent
        ei (?:ole olemassa|löydy|löytynyt)|tuntematon
        neexistuje|nebyl[ao]? nalezen|neznám|nem (?:található|létezik)|ismeretlen|
        nepodařilo se najít
        bulunamad|bulunmuyor|yok\b|mevcut değil|geçersiz|bilinmeyen
        nu (?:există|exista|a fost găsit)|necunoscut|δεν (?:υπάρχει|βρέθηκε)
        не (?:найден|существует|зарегистрирован|обнаружен|удалось найти|знайден|існує)|
        неизвест|невідом|отсутству|несуществ
        不存在|未找到|找不到|无效|無效|不正确|錯誤|错误|有误|查无
        見つかりません|不明|存在しません|(?<!申し訳)ありません|存在しない|見つからない|間違っ
        존재하지 ?않|찾을 수 없|(?<!수 )없(?:는|습니다)|잘못|로컬이 아
    """,
    # where it is kept, and that there is no room
    "<box>": r"""
        \w{0,12}postfach|kontingent|quota|speicher|mailbox
        bo[iî]te|\bbal\b|espace|bandeja|buz[oó]n|casilla|cuota|espacio|casella|cassetta|posta\b|spazio
        caixa|cota\b|espaço|postvak|skrzynk|brevlåd|postlåd|indbakke|innboks|postboks|
        schránk|postafiók|posta kutusu|kota|ящик|скриньк|квот
        邮箱|郵箱|信箱|容量|空间|空間|メールボックス|메일함|용량|편지함|사서함
    """,
    "<full>": r"""
        \bvoll(?:er?)?\b|überfüllt|ueberfuellt|überschritten|ueberschritten|erschöpft|ausgeschöpft
        pleine?\b|satur[eé]|insuffisant|d[eé]pass[eé]|atteint
        llen[oa]\b|excedid|superad|agotad|insuficiente|pien[ao]\b|superat|esaurit|insufficient
        chei[ao]\b|esgotad|lotad[ao]|\bvol\b|overschreden|pełn|przepełn|pelna|przepeln|przekrocz
        full(?:t|ständig)?\b|fuld\b|täynnä|pln[áaéý]\b|přeplněn|překročen|megtelt|betelt|tele van
        dolu\b|doldu\b|aşıldı|перепол|переполнен|превыш|перевищ|заполнен|недостат
        已?满|已?滿|不足|超出|超过|いっぱい|一杯|満杯|超え|超過|超えて|초과|가득|부족
    """,
    # that it is kept from its owner
    "<off>": r"""
        deaktiviert|gesperrt|inaktiv|stillgelegt|d[eé]sactiv|suspend|bloqu|archiv|inacti[fv]
        expirad|desactivad|inhabilitad|desativad|suspens|bloquead|inativ|disattivat|disabilitat|
        non (?:è )?attiv|sospes|bloccat|scadut|geblokkeerd|uitgeschakeld|gedeactiveerd
        zablokowan|nieaktywn|zawieszon|spärrad|inaktiverad|spærret|sperret|deaktivert|zablokován
        letiltott|felfüggesztett|devre dışı|askıya|заблокирован|отключ[её]н|неактив|приостановлен
        停用|冻结|禁用|封禁|停止|정지|휴면|비활성|중지
    """,
}


def _any(words: str) -> str:
    """Return a pattern of any of the words, which stand in lines that may go on in the next."""
    lines = re.sub(r"\|\n +", "|", words).split("\n")
    return "(?:" + "|".join(line.strip() for line in lines if line.strip()) + ")"


WORDS = {name: _any(words) for name, words in _WORDS.items()}
"""What the placeholders in the phrases of this module stand for."""

BLOCKED = r"""
(?:ip\b|ip-|mailserver|serveur|servidor)[^.;!。]{0,30}?<off>
(?:lista negra|lista nera|liste noire|schwarze[nr]? liste|czarn\w{1,3} li[sś]|ч[её]рн\w{1,3} спис)
黑名单|黑名單|ブラックリスト|블랙리스트
"""
MAILBOX_FULL = r"""
<box>[^.;!。]{0,50}?<full>
zu ?viele mails
speicherplatz
\bplein[e]? à
переполнен
превыш(?:ен|ает)
容量
いっぱい
一杯
空间不足
"""
DISABLED = r"""
(?:(?!@)<one>|account\b|mailbox)[^.;!。]{0,40}?<off>
停用
冻结
禁用
заблокирован
отключ[её]н
неактив
"""
HOST_UNKNOWN = r"""
(?:dom[aä]i?ne?|domini[oe]|dom[ií]nio|domena|домен|сервер|хост|server|host ?name|域名|ドメイン|
    ホスト|サーバ|도메인)\b[^.;!。]{0,30}?<lost>
(?:域名|域|ドメイン|ホスト|サーバ|도메인)[^.;!。]{0,12}?<lost>
"""
USER_UNKNOWN = r"""
<one>[^.;!。]{0,60}?<lost>
<lost>[^.;!。]{0,25}?<one>
(?:kein(?:en?)?|keine[rn]?) (?:solche[rn]? )?(?:
    empf(?:ä|ae?)nger|benutzer|adresse|postfach|konto|account)
benutzer hat (?:hier )?keine?n?\b
destin\.…(?:sconosciut|errat)
account…(?:unbekannt|nicht vorhanden|existiert nicht)
nie ma takiego
нет так(?:ого|ой)
так(?:ого|ой) …нет\b
nincs ilyen
brak (?:takiego )?u[zż]ytkownika
introuvable
böyle bir
aucun (?:utilisateur|compte|destinataire)
"""
SPAM = r"""
(?:anty|anti)spam
垃圾邮件
垃圾郵件
스팸
迷惑メール
спам
"""
POLICY = r"""
拒收
拒绝
拒絕
受信拒否
수신 ?거부
차단
(?:mail|message|courriel|courrier)…rejet[eé]
(?:nachricht|mail)…(?:abgelehnt|abgewiesen|zurückgewiesen)
(?:mensaje|correo|mensagem)…(?:rechazad|rejeitad|recusad)
messaggio…(?:rifiutat|respint)
отклонен
"""
