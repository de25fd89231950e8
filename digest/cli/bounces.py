"""`digest bounces`: mails that came back."""

import typer

app = typer.Typer(no_args_is_help=True, help="Mails that came back: bounces and complaints.")
