"""Every address of the web, in one table (the paths are promised: sent mails hold them)."""

HOME = "/"
CONFIRM = "/confirm/{token}"
PREFERENCES = "/preferences/{token}"
UNSUBSCRIBE = "/unsubscribe/{token}"
MAIL = "/mail/{token}"
STYLE = "/assets/style.css"
HEALTH = "/healthz"
