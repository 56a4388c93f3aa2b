"""The measure of Telegram's figures: the library's own bare echo bot, as its docs show it.

`python -m tests.benchmarks.echo_bot API_URL TOKEN [PORT]`: polls, or listens where a port is given.
"""

import logging
import sys
import warnings

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.ext import (
    AIORateLimiter,
    ApplicationBuilder,
    CallbackQueryHandler,
    MessageHandler,
    filters,
)

BUTTON = InlineKeyboardMarkup([[InlineKeyboardButton("x", callback_data="x")]])


async def echo(update, _context):
    await update.message.reply_text(update.message.text, reply_markup=BUTTON)


async def pressed(update, _context):
    query = update.callback_query
    await query.answer()
    # Another text each time: the service refuses an edit that changes nothing.
    await query.edit_message_text(f"{query.data} {query.id}", reply_markup=BUTTON)


def main():
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    url, token, *port = sys.argv[1:]
    limiter = AIORateLimiter(overall_max_rate=0, group_max_rate=0, max_retries=3)
    builder = ApplicationBuilder().token(token).base_url(f"{url}/bot").rate_limiter(limiter)
    application = builder.concurrent_updates(True).build()  # noqa: FBT003 - the library's own form
    application.add_handler(MessageHandler(filters.TEXT, echo))
    application.add_handler(CallbackQueryHandler(pressed))
    if port:
        application.run_webhook(
            listen="127.0.0.1",
            port=int(port[0]),
            url_path="hook",
            webhook_url=f"http://127.0.0.1:{port[0]}/hook",
            secret_token="s",
        )
    else:
        application.run_polling()


if __name__ == "__main__":
    main()
