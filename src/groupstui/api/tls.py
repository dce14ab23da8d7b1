"""Which certificates are trusted."""

import ssl
from functools import cache


@cache
def system_trust() -> ssl.SSLContext:
    """Give one TLS context for the whole program, which trusts what the operating system trusts.

    Companies that inspect TLS put their own certificate into the system's store, not into Python's.
    """
    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
