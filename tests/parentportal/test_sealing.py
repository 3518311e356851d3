"""Sealed columns open in their own row and column, under a key that is held, and nowhere else."""

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parentportal.models import Answer, Carer
from parentportal.sealing import Keyring, KeyringUnreadable, SealBroken


@given(st.text())
def test_what_is_sealed_opens_again(name):
    carer = Carer(name=name)
    assert carer.name == name
    assert len(name) < 4 or name.encode() not in carer.name_sealed


def test_a_name_moved_to_another_row_does_not_open():
    one, other = Carer(name="Ffion Example"), Carer()
    other.name_sealed = one.name_sealed
    with pytest.raises(SealBroken):
        _ = other.name


def test_a_phone_moved_to_the_email_column_does_not_open():
    carer = Carer(phone="07700 900123")
    carer.email_sealed = carer.phone_sealed
    with pytest.raises(SealBroken):
        _ = carer.email


def test_an_altered_answer_does_not_open():
    answer = Answer(response_id=Carer().id, item="a", rating=2)
    answer.rating_sealed = answer.rating_sealed[:-1] + bytes([answer.rating_sealed[-1] ^ 1])
    with pytest.raises(SealBroken):
        _ = answer.rating


def test_nothing_stays_nothing():
    assert Carer(email=None).email_sealed is None


def test_an_old_key_still_opens_after_a_new_one_is_in_use():
    old = Keyring.fresh()
    sealed = old.seal(b"kept", b"here")
    new = Keyring("k2", {**old.masters, "k2": bytes(32)})
    assert new.open(sealed, b"here") == b"kept"
    assert new.seal(b"kept", b"here").startswith(b"k2:")
    assert new.digest("codes", "x") == old.digest("codes", "x")


def test_the_key_file_is_made_once_and_for_its_owner_alone(tmp_path):
    path = tmp_path / "var" / "keys.json"
    made = Keyring.at(path)
    assert Keyring.at(path) == made
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", json.dumps({"current": "k1", "keys": {"k1": "c2hvcnQ="}})]
)
def test_a_file_that_is_no_keyring_is_refused(tmp_path, text):
    path = tmp_path / "keys.json"
    path.write_text(text)
    with pytest.raises(KeyringUnreadable):
        Keyring.at(path)


def test_a_folder_that_was_there_keeps_its_rights(tmp_path):
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o755)
    Keyring.at(shared / "keys.json")
    assert shared.stat().st_mode & 0o777 == 0o755
    Keyring.at(tmp_path / "made" / "keys.json")
    assert (tmp_path / "made").stat().st_mode & 0o777 == 0o700


def test_first_starts_that_race_all_have_the_same_keys(tmp_path):
    for attempt in range(20):
        path = tmp_path / str(attempt) / "keys.json"
        together = Barrier(6)

        def start(path=path, together=together):
            together.wait()
            return Keyring.at(path)

        with ThreadPoolExecutor(6) as pool:
            made = [future.result() for future in [pool.submit(start) for _ in range(6)]]
        assert len(set(made)) == 1
        assert [one.name for one in path.parent.iterdir()] == ["keys.json"]


def test_a_fingerprint_tells_keys_apart_and_is_not_the_key():
    one, other = Keyring.fresh(), Keyring.fresh()
    assert one.prints() == Keyring(one.current, dict(one.masters)).prints() != other.prints()
    assert one.masters["k1"].hex() not in one.prints().values()
