"""The data folder: one token, one `drover up`, one site."""

from __future__ import annotations

import os
import socket
import stat
from pathlib import Path

import pytest

from drover import ports
from drover.datadir import LOG_BYTES_MAX, DataDir
from fleet.contracts.errors import Conflict, InvalidInput


@pytest.fixture
def data(tmp_path: Path) -> DataDir:
    made = DataDir(tmp_path / "data")
    made.prepare()
    return made


def test_the_token_is_kept_and_only_its_owner_may_read_it(data: DataDir) -> None:
    token = data.token()
    assert len(token) >= 32
    assert data.token() == token
    assert stat.S_IMODE(data.token_file.stat().st_mode) == 0o600


def test_an_empty_token_file_is_not_a_token(data: DataDir) -> None:
    data.token_file.touch()
    with pytest.raises(InvalidInput, match="empty"):
        data.token()


def test_a_second_up_on_the_same_folder_is_told_who_has_it(data: DataDir) -> None:
    with data.lock():
        with pytest.raises(Conflict, match=f"pid {os.getpid()}") as caught, data.lock():
            pass
        assert caught.value.field == "--data"
    with data.lock():  # free again
        pass


def test_the_data_of_one_site_is_not_used_for_another(data: DataDir) -> None:
    data.claim_for("warehouse")
    data.claim_for("warehouse")
    with pytest.raises(Conflict, match="'warehouse', not 'hospital'"):
        data.claim_for("hospital")


def test_a_long_log_is_set_aside_at_the_next_start(data: DataDir) -> None:
    data.log_file("cloud").write_bytes(b"x" * (LOG_BYTES_MAX + 1))
    os.close(data.open_log("cloud"))
    assert data.log_file("cloud").stat().st_size == 0
    assert data.log_file("cloud").with_suffix(".log.1").stat().st_size == LOG_BYTES_MAX + 1


def test_the_tail_of_a_log_is_bounded(data: DataDir) -> None:
    data.log_file("edge").write_text("\n".join(f"line {n}" for n in range(10_000)))
    tail = data.log_tail("edge", lines=3)
    assert tail == "line 9997\nline 9998\nline 9999"


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(InvalidInput, match="--data"):
        DataDir(tmp_path / "file" / "data").prepare()


def test_a_busy_port_names_the_process_that_holds_it() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]
        with pytest.raises(Conflict) as caught:
            ports.require_free(port, option="--port")
        assert f"pid {os.getpid()}" in caught.value.detail
        assert f"kill {os.getpid()}" in caught.value.fix
        assert caught.value.field == "--port"
    ports.require_free(port, option="--port")
