"""A training that was killed goes on to the losses that it would have had."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

from workbench.errors import Cancelled, StoreError
from workbench.forecast import Architecture, Schedule, neural_train, train
from workbench.settings import cache_folder

QUANTILES = (0.05, 0.5, 0.95)
SCHEDULE = Schedule(epochs=6, batch_size=64, patience=6)


@pytest.fixture(scope="module", autouse=True)
def library():
    pytest.importorskip("neuralforecast", reason="the extra 'forecast' is not installed")


def trained(walk, kind, on_progress=lambda *_: None, checkpoint=None):
    shape = Architecture(kind, 24, 5, QUANTILES)
    return train(
        walk,
        shape,
        SCHEDULE,
        validation_split=0.2,
        on_progress=on_progress,
        checkpoint=checkpoint,
    )


def stopping_after(epochs):
    def on_progress(done, total, message):
        if done >= epochs:
            raise Cancelled

    return on_progress


@pytest.mark.parametrize("kind", ["NHITS", "GRU_Ensemble", "PatchTST"])
def test_a_stopped_training_goes_on_to_the_same_losses(walk, tmp_path, kind):
    """Dropout and the order of the windows go on as if nothing had happened."""
    place = tmp_path / "training.pt"
    whole = trained(walk, kind).fit
    for epochs in (2, 4):
        with pytest.raises(Cancelled):
            trained(walk, kind, stopping_after(epochs), place)
        assert place.exists()
    resumed = trained(walk, kind, checkpoint=place).fit
    assert resumed.resumed_from in {3, 4}  # the news of its end comes before it is written
    assert resumed.train_losses == whole.train_losses
    assert resumed.valid_losses == whole.valid_losses
    assert resumed.graphs == whole.graphs
    assert not place.exists()


CODE = """
import sys
import pandas as pd
from workbench.forecast import neural_train
frame = pd.read_parquet(sys.argv[1])
report = neural_train(frame, "GRU", epochs=40, horizon=5, input_size=24, options={"hidden": 8})
print(report.training.training_history.resumed_from, *report.losses["validation"].map(repr))
"""


def test_a_killed_training_goes_on_to_the_same_losses(own_home, frame, tmp_path):
    """SIGKILL in the middle of an epoch; another process asks for the same training."""
    pytest.importorskip("mlflow", reason="the extra 'forecast' is not installed")
    path = tmp_path / "closes.parquet"
    frame.to_parquet(path)
    homes = {name: tmp_path / name for name in ("whole", "killed")}

    def start(home):
        environment = {**os.environ, "WORKBENCH_HOME": str(homes[home])}
        return subprocess.Popen(
            [sys.executable, "-c", CODE, str(path)],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )

    killed, whole = start("killed"), start("whole")
    folder = homes["killed"] / "cache" / "trainings"
    while not list(folder.glob("*.pt")):
        assert killed.poll() is None
        time.sleep(0.01)
    time.sleep(0.3)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    resumed_from, *losses = start("killed").communicate(timeout=200)[0].split()
    none, *expected = whole.communicate(timeout=200)[0].split()
    assert 0 < int(resumed_from) < 40
    assert none == "0"
    np.testing.assert_allclose(
        np.array(losses, dtype=float), np.array(expected, dtype=float), atol=1e-6
    )


@pytest.mark.parametrize("content", [b"", b"\x00damaged", None])
def test_a_damaged_checkpoint_is_named_and_can_be_left(frame, context, content):
    torch = pytest.importorskip("torch")
    quick = {"epochs": 3, "batch_size": 256, "horizon": 5, "input_size": 24}
    with pytest.raises(Cancelled):
        neural_train(frame, **quick, context=context.replace(on_progress=stopping_after(1)))
    (file,) = cache_folder("trainings").glob("*.pt")
    if content is None:
        torch.save({"format": 0}, file)
    else:
        file.write_bytes(content)
    with pytest.raises(StoreError, match="resume=False"):
        neural_train(frame, **quick, context=context)
    assert file.exists()
    report = neural_train(frame, **quick, resume=False, context=context)
    assert report.training.training_history.resumed_from == 0
    assert not file.exists()


def test_a_full_disk_is_named_and_the_last_checkpoint_stays(walk, tmp_path, monkeypatch):
    place = tmp_path / "training.pt"
    whole = trained(walk, "NLinear").fit
    with pytest.raises(Cancelled):
        trained(walk, "NLinear", stopping_after(2), place)
    kept = place.read_bytes()

    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(StoreError, match="No space left"):
            trained(walk, "NLinear", checkpoint=place)
    assert [file.name for file in tmp_path.iterdir()] == ["training.pt"]
    assert place.read_bytes() == kept
    assert trained(walk, "NLinear", checkpoint=place).fit.valid_losses == whole.valid_losses


def test_other_data_and_other_settings_are_other_trainings(frame, context):
    quick = {"epochs": 2, "batch_size": 256, "horizon": 5, "input_size": 24}
    with pytest.raises(Cancelled):
        neural_train(frame, **quick, context=context.replace(on_progress=stopping_after(1)))
    for changes in ({"learning_rate": 0.01}, {"options": {"hidden": 8}}):
        report = neural_train(frame, **quick | changes, context=context)
        assert report.training.training_history.resumed_from == 0
    longer = pd.concat([frame, frame.tail(3).set_axis(frame.index[-3:] + pd.Timedelta(days=7))])
    report = neural_train(longer, **quick, context=context)
    assert report.training.training_history.resumed_from == 0
    report = neural_train(frame, **quick, max_seconds=500, context=context)
    assert report.training.training_history.resumed_from == 1
