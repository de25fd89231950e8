"""Every address of the web, in one table (the paths are promised: sent mails hold them)."""

# public pages: cached by their entity tag, the same for everybody
HOME = "/"
DAY = "/papers/{day}"
PAPER = "/paper/{paper_id}"
TOPICS = "/topics"
TOPIC = "/topics/{slug}"
SEARCH = "/search"
IMPRINT = "/imprint"
PRIVACY = "/privacy"
ROBOTS = "/robots.txt"

# subscribing
SUBSCRIBE = "/subscribe"
SUBSCRIBE_MATCH = "/subscribe/match"  # the part of the form that tells what would have matched
CHALLENGE = "/subscribe/challenge"  # proof of work
CONFIRM = "/confirm/{token}"

# a reader's own: the token says whose
ASK_LINK = "/preferences"
PREFERENCES = "/preferences/{token}"
PREVIEW = "/preferences/{token}/preview"
HISTORY = "/preferences/{token}/history"
WHY = "/preferences/{token}/why"
SAVED = "/preferences/{token}/saved"
EXPORT = "/preferences/{token}/export.json"
ERASE = "/preferences/{token}/erase"
UNSUBSCRIBE = "/unsubscribe/{token}"
FEEDBACK = "/feedback/{token}/{verdict}/{paper_id}"
MAIL = "/mail/{token}"
FEED = "/feeds/{token}.xml"
OPEN = "/open/{part}/{paper_id}"  # counts, where the operator wants it, and leads on

# operators: everything under it needs a session, but for signing in
ADMIN = "/admin"
ADMIN_COOKIE = "digest_admin"  # of a session
ADMIN_LOGIN = "/admin/login"
ADMIN_LOGOUT = "/admin/logout"
ADMIN_ACCOUNT = "/admin/account"
# readers and their mails
ADMIN_READERS = "/admin/subscribers"
ADMIN_READER = "/admin/subscribers/{number}"
ADMIN_MAILS = "/admin/deliveries"
ADMIN_MAIL = "/admin/deliveries/{number}"
ADMIN_PREVIEW = "/admin/preview"
ADMIN_PREVIEW_MAIL = "/admin/preview/mail.html"
ADMIN_BARRED = "/admin/suppression"
ADMIN_AUDIT = "/admin/audit"

# of the admin: topics, sources, import and export, and an OpenID provider
ADMIN_TOPICS = "/admin/topics"
ADMIN_TOPIC = "/admin/topics/{slug}"
ADMIN_TOPIC_TEST = "/admin/topics/{slug}/test"  # the part of the page that tells what matches
ADMIN_NEW_TOPIC = "/admin/new-topic"
ADMIN_NEW_TOPIC_TEST = "/admin/new-topic/test"
ADMIN_SOURCES = "/admin/sources"
ADMIN_SOURCE = "/admin/source"  # ?name=, in which anything may be
ADMIN_NEW_SOURCE = "/admin/new-source"
ADMIN_EXCHANGE = "/admin/exchange"  # the one form that takes files
ADMIN_IMPORT = "/admin/exchange/import"
ADMIN_EXPORT = "/admin/exchange/export"
ADMIN_REPORT = "/admin/exchange/report/{token}"
ADMIN_OPENID = "/admin/openid"
ADMIN_OPENID_BACK = "/admin/openid/callback"

# programs
API = "/api/v1"
HOOKS = "/hooks/"  # what providers and mail servers post
BOUNCE = "/hooks/bounce"
BOUNCE_BY = "/hooks/bounce/{provider}"
HEALTH = "/healthz"
READY = "/readyz"
METRICS = "/metrics"
ASSET = "/assets/{name}"
