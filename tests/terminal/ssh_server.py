"""An SSH server: the real sshd with temporary keys on a loopback port."""

from __future__ import annotations

import getpass
import os
import shlex
import socket
import subprocess
from contextlib import ExitStack
from pathlib import Path
from time import monotonic
from typing import Self

SSHD = "/usr/sbin/sshd"
"""sshd starts itself again for every connection, which requires an absolute path."""

DEADLINE = 20.0
"""Seconds to wait for the server to listen."""


class SshServer:
    """Accepts one key, for the current user, for the duration of a `with` block.

    Args:
        folder: The folder for keys and configuration.
        environment: The environment of remote programs, without what the client sends.
    """

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._folder = folder
        self._environment = environment
        self._running = ExitStack()

    def __enter__(self) -> Self:
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)  # sshd's own, when it runs as root
        for key in ("host", "user"):
            self._run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self._folder / key))
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._write("authorized", (self._folder / "user.pub").read_text())
        self._write("sshd", self._server_settings())
        self._write("ssh", self._client_settings())
        server = subprocess.Popen(
            [SSHD, "-D", "-e", "-f", str(self._folder / "sshd")], stderr=subprocess.DEVNULL
        )
        self._running.enter_context(server)
        self._running.callback(server.terminate)
        self._wait_until_it_listens()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    @property
    def command(self) -> str:
        """The command line that opens a shell over a connection."""
        return f"ssh -F {shlex.quote(str(self._folder / 'ssh'))} -tt bastion sh"

    def _server_settings(self) -> str:
        environment = " ".join(f'{name}="{value}"' for name, value in self._environment.items())
        return f"""\
ListenAddress 127.0.0.1
Port {self.port}
HostKey {self._folder}/host
AuthorizedKeysFile {self._folder}/authorized
PidFile none
UsePAM no
StrictModes no
PermitRootLogin prohibit-password
PasswordAuthentication no
AcceptEnv LANG LC_* TESTMO_*
SetEnv {environment}
"""

    def _client_settings(self) -> str:
        return f"""\
Host bastion
  HostName 127.0.0.1
  Port {self.port}
  User {getpass.getuser()}
  IdentityFile {self._folder}/user
  IdentitiesOnly yes
  StrictHostKeyChecking no
  UserKnownHostsFile /dev/null
  LogLevel ERROR
  SendEnv LANG TESTMO_*
"""

    def _wait_until_it_listens(self) -> None:
        end = monotonic() + DEADLINE
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                if monotonic() > end:
                    raise
            else:
                return

    def _write(self, name: str, text: str) -> None:
        path = self._folder / name
        path.touch(mode=0o600)
        path.write_text(text)

    def _run(self, *command: str) -> None:
        subprocess.run(command, check=True, capture_output=True, timeout=DEADLINE)
