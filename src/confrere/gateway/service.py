"""Service files, so that the gateway is there when the person is: systemd (user) and launchd. Written only on an explicit word."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.sax.saxutils import escape

from confrere.config import Home
from confrere.errors import Failed, WrongUse

_UNIT = """\
[Unit]
Description=Confrère
After=default.target

[Service]
Type=exec
ExecStart={command}
Environment=CONFRERE_HOME={home}
Restart=on-failure
RestartSec=2
KillMode=control-group
TimeoutStopSec=10
UMask=0077
NoNewPrivileges=no

[Install]
WantedBy=default.target
"""
_PLIST = """\
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>
<key>Label</key><string>org.confrere.gateway</string>
<key>ProgramArguments</key><array>{arguments}</array>
<key>EnvironmentVariables</key><dict><key>CONFRERE_HOME</key><string>{home}</string></dict>
<key>RunAtLoad</key><true/>
<key>KeepAlive</key><dict><key>SuccessfulExit</key><false/></dict>
<key>ProcessType</key><string>Background</string>
<key>Umask</key><integer>63</integer>
</dict></plist>
"""


def unit(home: Home, options: list[str], platform: str = sys.platform) -> tuple[Path, str]:
    """Where the service file goes for this system, and its text. Raises WrongUse where no such service is known."""
    command = [sys.executable, "-P", "-m", "confrere", "up", "--no-browser", *options]
    if platform == "linux":
        folder = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd/user"
        return folder / "confrere.service", _UNIT.format(
            command=" ".join(map(_quoted, command)), home=_quoted(str(home.path), command=False)
        )
    if platform == "darwin":
        arguments = "".join(f"<string>{escape(part)}</string>" for part in command)
        return Path.home() / "Library/LaunchAgents/org.confrere.gateway.plist", _PLIST.format(
            arguments=arguments, home=escape(str(home.path))
        )
    raise WrongUse("gateway.no-service", platform=platform)


def _quoted(text: str, *, command: bool = True) -> str:
    """One word of a systemd unit: specifiers, spaces and, in a command, variables kept as they are."""
    text = text.replace("%", "%%").replace("\\", "\\\\").replace('"', '\\"')
    text = text.replace("$", "$$") if command else text
    return f'"{text}"' if any(char.isspace() for char in text) else text


def install(home: Home, options: list[str]) -> tuple[Path, bool]:
    """Write the service file and have the system take it up; returns its path and whether it runs now. Raises Failed, WrongUse."""
    path, text = unit(home, options)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as error:
        raise Failed("gateway.service-not-written", path=path, reason=error.strerror or str(error)) from None
    if sys.platform == "darwin":
        commands = [["launchctl", "load", "-w", str(path)]]
    else:
        commands = [["systemctl", "--user", "daemon-reload"], ["systemctl", "--user", "enable", "--now", path.name]]
    try:
        done = all(subprocess.run(command, capture_output=True, timeout=20, check=False).returncode == 0 for command in commands)
    except (OSError, subprocess.TimeoutExpired):
        done = False
    return path, done
