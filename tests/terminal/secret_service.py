"""Start a real session bus and keyring in a temporary home."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import ExitStack, closing

import secretstorage
from jeepney import MatchRule, message_bus
from jeepney.io.blocking import DBusConnection, Proxy, open_dbus_connection

NAME = "org.freedesktop.secrets"
LOGIN_COLLECTION = "/org/freedesktop/secrets/collection/login"
DEADLINE = 20.0
"""Seconds to wait for a program to start or to end."""


class SecretService:
    """A session bus with gnome-keyring, whose login collection is unlocked at first."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment.copy()
        """What a program needs to find this home, this bus and this keyring."""
        self._running = ExitStack()

    def __enter__(self) -> SecretService:
        with self._running:
            self._start_bus()
            self._start_keyring()
            self._running = self._running.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def lock(self) -> None:
        """Lock the collection, as a screen saver does."""
        with closing(self._connect()) as bus:
            secretstorage.Collection(bus, LOGIN_COLLECTION).lock()

    def freeze(self) -> None:
        """Stop the keyring without ending it: it keeps its name on the bus and never answers."""
        os.kill(self._keyring.pid, signal.SIGSTOP)

    def _start_bus(self) -> None:
        bus = self._start(
            "dbus-daemon",
            "--session",
            "--nofork",
            "--nopidfile",
            f"--address=unix:path={self.environment['XDG_RUNTIME_DIR']}/bus",
            "--print-address",
        )
        assert bus.stdout is not None
        # The daemon prints its address once it listens.
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().decode().strip()

    def _start_keyring(self) -> None:
        owned = MatchRule(type="signal", interface=message_bus.interface, member="NameOwnerChanged")
        owned.add_arg_condition(0, NAME)
        with closing(self._connect()) as bus:
            Proxy(message_bus, bus).AddMatch(owned)
            with bus.filter(owned) as owners:
                self._keyring = self._start(
                    "gnome-keyring-daemon",
                    "--foreground",
                    "--unlock",
                    "--components=secrets",
                    f"--control-directory={self.environment['XDG_RUNTIME_DIR']}/keyring",
                )
                assert self._keyring.stdin is not None
                self._keyring.stdin.write(b"the password of a throwaway keyring")
                self._keyring.stdin.close()
                bus.recv_until_filtered(owners, timeout=DEADLINE)

    def _start(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a program that ends with the service."""
        program = subprocess.Popen(
            command,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        # The pipes are closed and the program is waited for after it was killed, frozen or not.
        self._running.enter_context(program)
        self._running.callback(program.kill)
        return program

    def _connect(self) -> DBusConnection:
        return open_dbus_connection(self.environment["DBUS_SESSION_BUS_ADDRESS"])
