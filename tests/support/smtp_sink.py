"""A mail server for tests: takes mails and prints each as one line of JSON, ends with its input.

Settings (JSON, the first argument): port; certificate and key for STARTTLS, which is then demanded; user and password,
which are then demanded.
"""

import asyncio
import json
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Sink:
    async def handle_DATA(self, server, session, envelope):
        mail = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "content": envelope.content.decode("utf-8", "replace"),
            "tls": session.ssl is not None,
            "login": session.authenticated,
        }
        print(json.dumps(mail), flush=True)
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 5.1.1 there is nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"


async def main(settings):
    context = None
    if settings["certificate"]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*settings["certificate"])

    def check(server, session, envelope, mechanism, data):
        wanted = LoginPassword(settings["user"].encode(), settings["password"].encode())
        return AuthResult(success=data == wanted)

    def protocol():
        return SMTP(
            Sink(), tls_context=context, require_starttls=context is not None,
            auth_required=settings["user"] is not None, auth_require_tls=context is not None,
            authenticator=check,
        )

    server = await asyncio.get_running_loop().create_server(protocol, "127.0.0.1", settings["port"])
    print(json.dumps({"ready": True}), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(main(json.loads(sys.argv[1])))
