"""What mail systems say in other languages than English when a mail is turned down.

See `bounce_phrases` for how a phrase is written. Letters with accents are also written without
them, as replies are ASCII by RFC 5321 and systems help themselves. Word order differs, so that
most phrases name a thing (mailbox, user, domain) and its trouble in either order.
"""

MAILBOX_FULL = r"""
(?:postfach|kontingent|quota)…(?:\bvoll\b|überfüllt|ueberfuellt|überschritten|ueberschritten)
zu ?viele mails
speicherplatz
(?:espace|quota)…(?:insuffisant|d[eé]pass[eé]|atteint)
(?:bo[iî]te|bal)\b[^.;!]{0,40}?pleine
(?:bandeja|buz[oó]n|casilla)…llen[oa]
(?:cuota|espacio)…(?:excedid|superad|agotad|insuficiente)
(?:casella|posta)\b…pien[ao]
(?:spazio|quota)…(?:superat|esaurit)
(?:caixa|quota|cota)\b…(?:chei[ao]|excedid|esgotad|lotada)
(?:postvak|mailbox)…\bvol\b
(?:skrzynk\w+)…(?:pełn|pełen|przepełn|pelna|przepeln)
переполнен
превыш(?:ен|ает)
容量
いっぱい
一杯
空间不足
(?:邮箱|郵箱|信箱|容量)[^。]{0,8}(?:已?满|已?滿)
"""
DISABLED = r"""
(?:konto|postfach|benutzer|account)\b…(?:deaktiviert|gesperrt|inaktiv)
(?:compte|bo[iî]te|adresse|utilisateur)…(?:d[eé]sactiv|suspendu|bloqu|archiv|inactif)
(?:cuenta|buz[oó]n|usuario|casilla)…(?:expirad|desactivad|inhabilitad|suspendid|bloquead|inactiv)
(?:conta|caixa|usu[aá]rio)\b…(?:desativad|suspens|bloquead|inativ)
(?:casella|mailbox|utente|account|indirizzo)\b…(?:disattivat|disabilitat|sospes|bloccat|scadut)
konto…(?:zablokowan|nieaktywn|zawieszon)
停用
冻结
禁用
заблокирован
отключ[её]н
неактив
"""
HOST_UNKNOWN = r"""
(?:dom[aä]i?ne?|server|host ?name)…(?:existiert nicht|unbekannt|nicht gefunden|nicht vorhanden)
domaine…(?:inconnu|inexistant|introuvable|n'existe pas)
domini[oe]…(?:no encontrado|inexistente|no existe|non esiste|sconosciuto|desconocido)
dom[ií]nio…(?:n[aã]o (?:existe|encontrado)|inexistente|desconhecido)
(?:домен|сервер|хост)…(?:не найден|не существует|неизвест)
(?:域名|域)[^。]{0,8}(?:不存在|未找到|无效|错误)
(?:ドメイン|ホスト|サーバ)[^。]{0,12}(?:見つかりません|存在しません|不明)
"""
USER_UNKNOWN = r"""
adresse…(?:invalide|inconnue|incorrecte|inexistante|introuvable|non trouv[eé]e|n'existe pas)
(?:destinataire|utilisateur)…(?:inconnu|inexistant|invalide|n'existe pas)
(?:empf(?:ä|ae?)nger|benutzer|adressat|nutzer|konto|postfach|adresse|account)…(?:
    unbekannt|existiert nicht|nicht (?:gefunden|bekannt|vorhanden|existent)|ung(?:ü|ue)ltig)
(?:unbekannte[rs]?|ung(?:ü|ue)ltige[rs]?|kein(?:en)? solche[rn]?) (?:empf(?:ä|ae?)nger|
    benutzer|adresse|postfach|konto|account)
benutzer hat (?:hier )?keine?n?\b
(?:usuario|destinatario|cuenta|direcci[oó]n|buz[oó]n|casilla|utente|indirizzo|casella)…(?:
    no (?:existe|es)\b|desconocid|inesistente|inexistente|non (?:esiste|valid|trovat|presente)|
    sconosciut|no encontrad|no v[aá]lid|inv[aá]lid)
destin(?:atario|\.)…(?:sconosciut|errat)
no existe…(?:usuario|cuenta|direcci|buz[oó]n|casilla|destinatario)
(?:usu[aá]rio|destinat[aá]rio|conta|caixa|endere[cç]o)\b…(?:n[aã]o (?:existe|encontrad)|
    desconhecid|inv[aá]lid|inexistente)
(?:gebruiker|ontvanger|adres)…(?:onbekend|bestaat niet|niet gevonden|ongeldig)
(?:onbekende|ongeldige) (?:gebruiker|ontvanger)
(?:nieznany|nieprawid[lł]owy) (?:u[zż]ytkownik|odbiorca|adres)
nie ma takiego
(?:u[zż]ytkownik|odbiorca|adres|konto)…(?:nie istnieje|nieznany|nie znaleziono)
(?:mottagaren|användaren|adressen|modtageren|brukeren)…(?:finns inte|okänd|findes ikke|
    ukendt|finnes ikke|ukjent)
(?:пользовател|получател|ящик|адрес|абонент)…(?:не найден|не существует|неизвест|
    не зарегистрирован|отсутству)
(?:нет такого|неизвестный|несуществующий|неверный) …(?:пользовател|получател|ящик|адрес|абонент)
(?:用户|用戶|收件人|收信人|帐号|账号|帐户|账户|帳號|邮箱|郵箱|信箱|地址)[^。]{0,12}(?:
    不存在|未找到|找不到|无效|不正确|錯誤|错误|有误)
(?:不存在|找不到|无此|查无此)[^。]{0,6}(?:用户|用戶|收件人|帐号|账号|邮箱|地址|人)
(?:宛先|アドレス|ユーザー?|あて先|受信者|メールボックス)[^。]{0,50}?(?:見つかりません|不明|
    存在しません|ありません|存在しない|見つからない|間違っ)
不明なユーザ
"""
SPAM = r"""
(?:anty|anti)spam
垃圾邮件
垃圾郵件
迷惑メール
спам
"""
POLICY = r"""
拒收
拒绝
拒絕
受信拒否
(?:mail|message|courriel|courrier)…rejet[eé]
(?:nachricht|mail)…(?:abgelehnt|abgewiesen|zurückgewiesen)
(?:mensaje|correo|mensagem)…(?:rechazad|rejeitad|recusad)
messaggio…(?:rifiutat|respint)
отклонен
"""
