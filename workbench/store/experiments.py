"""Trainings and the models that came of them, kept in MLflow.

MLflow takes two seconds to import and one to open its database, so neither happens before
a training is written or a database exists that may hold one.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from workbench.errors import InvalidInput, MissingExtra, StoreBusy, StoreError, UnknownName
from workbench.settings import home
from workbench.store.copies import Copies
from workbench.store.locks import alone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from workbench.ports import Experiments
    from workbench.settings import Settings

__all__ = ["MemoryExperiments", "MlflowExperiments", "open_experiments"]

EXPERIMENT = "workbench"
MODEL_ID = "workbench.model_id"

_PAGE = 500
_OWN_TAGS = ("mlflow.", "workbench.")
_WRITABLE_ID = re.compile(r"^[\w.:@-]{1,120}$")
_QUIET = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_LOGGING_LEVEL": "WARNING",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}


def open_experiments(settings: Settings) -> Experiments:
    """Open the experiment store that the settings name; it is made when first written to.

    Parameters
    ----------
    settings : Settings
        ``experiments_url`` is an MLflow tracking URL.

    Returns
    -------
    Experiments
        Opened when it is first used.
    """
    return MlflowExperiments(settings.resolved_experiments_url(), home() / "experiments")


class MlflowExperiments:
    """Experiments in an MLflow tracking store.

    Each training is one finished MLflow run of the experiment ``workbench``; its model id
    is a tag. A run that was not finished is no model.

    Parameters
    ----------
    url : str
        An MLflow tracking URL; SQLite files may be shared by several processes.
    artifacts : pathlib.Path
        Where files lie when the store is a local database; a server has its own place.
    """

    def __init__(self, url: str, artifacts: Path) -> None:
        self._url = url
        self._artifacts = artifacts
        self._copies = Copies(url)

    def log(
        self,
        name: str,
        *,
        parameters: dict[str, Any],
        metrics: dict[str, float],
        artifacts: dict[str, bytes],
        tags: dict[str, str],
    ) -> str:
        """Record a finished training with its files.

        Parameters
        ----------
        name : str
            Letters, digits and ``_ . : @ -``; the model id begins with it.
        parameters : dict
            JSON values.
        metrics : dict
            Numbers; NaN is kept.
        artifacts : dict
            File name → content.
        tags : dict
            Text by which a model is found again.

        Returns
        -------
        str
            The model id, new each time.

        Raises
        ------
        InvalidInput
            If the name has other characters.
        MissingExtra
            If MLflow is not installed.
        StoreError
            If the store cannot be written.
        """
        _check_name(name)
        with _as_store_error():
            run = self._client.create_run(self._experiment_id, run_name=name).info
            model_id = f"{name}_{run.run_id[:8]}"
            try:
                self._write(run.run_id, parameters, metrics, {**tags, MODEL_ID: model_id})
                self._upload(run.run_id, artifacts)
            except BaseException:
                self._client.set_terminated(run.run_id, status="FAILED")
                raise
            self._client.set_terminated(run.run_id)
        return model_id

    def models(self) -> list[dict[str, Any]]:
        """Every model, newest first; none when nothing was ever written."""
        if self._is_unwritten():
            return []
        with _as_store_error():
            return [_described(run) for run in self._runs("attributes.status = 'FINISHED'")]

    def artifact(self, model_id: str, file: str) -> bytes:
        """One file of a model.

        Files of a finished training never change: the second time, in whatever process, it is
        a copy in the cache of ``WORKBENCH_HOME`` that is read, without MLflow.

        Parameters
        ----------
        model_id : str
            As `log` gave it.
        file : str
            One of the artifacts' names.

        Returns
        -------
        bytes
            The content as it was given.

        Raises
        ------
        UnknownName
            If there is no such model, or it has no such file.
        """
        copied = None if self._is_unwritten() else self._copies.get(model_id, file)
        if copied is not None:
            return copied
        run_id = self._run_id(model_id)
        with _as_store_error(), TemporaryDirectory() as folder:
            present = [entry.path for entry in self._client.list_artifacts(run_id)]
            if file not in present:
                raise UnknownName(f"file of the model {model_id}", file, present)
            content = Path(self._client.download_artifacts(run_id, file, folder)).read_bytes()
        self._copies.put(model_id, file, content)
        return content

    @cached_property
    def _client(self) -> Any:
        return _mlflow_client(self._url)

    @cached_property
    def _experiment_id(self) -> str:
        found = self._client.get_experiment_by_name(EXPERIMENT)
        if found is not None:
            return str(found.experiment_id)
        place = self._artifacts.as_uri() if self._is_database() else None
        try:
            return str(self._client.create_experiment(EXPERIMENT, artifact_location=place))
        except _mlflow_exception():  # another process was first
            return str(self._client.get_experiment_by_name(EXPERIMENT).experiment_id)

    def _is_database(self) -> bool:
        return not self._url.startswith(("http://", "https://", "databricks"))

    def _is_unwritten(self) -> bool:
        return self._url.startswith("sqlite:///") and not _sqlite_file(self._url).exists()

    def _write(
        self, run_id: str, parameters: dict[str, Any], metrics: dict[str, float], tags: Any
    ) -> None:
        from mlflow.entities import Metric, Param, RunTag  # noqa: PLC0415  heavy: mlflow

        self._client.log_batch(
            run_id,
            metrics=[Metric(key, float(value), 0, 0) for key, value in metrics.items()],
            params=[Param(key, json.dumps(value)) for key, value in parameters.items()],
            tags=[RunTag(key, value) for key, value in tags.items()],
        )

    def _upload(self, run_id: str, artifacts: dict[str, bytes]) -> None:
        with TemporaryDirectory() as folder:
            for file, content in artifacts.items():
                (Path(folder) / file).write_bytes(content)
            self._client.log_artifacts(run_id, folder)

    def _runs(self, matching: str) -> list[Any]:
        found: list[Any] = []
        token = None
        while True:
            page = self._client.search_runs(
                [self._experiment_id],
                matching,
                max_results=_PAGE,
                order_by=["attributes.start_time DESC"],
                page_token=token,
            )
            found += page
            token = page.token
            if not token:
                return found

    def _run_id(self, model_id: str) -> str:
        if self._is_unwritten() or not _WRITABLE_ID.match(model_id):
            raise UnknownName("model", model_id, self._names())
        with _as_store_error():
            found = self._runs(f"tags.`{MODEL_ID}` = '{model_id}'")
        if not found:
            raise UnknownName("model", model_id, self._names())
        return str(found[0].info.run_id)

    def _names(self) -> list[str]:
        return [model["model_id"] for model in self.models()]


class MemoryExperiments:
    """Experiments in the memory of this process, for tests and for looking around.

    Parameters
    ----------
    clock : callable
        Returns the time, aware and in UTC.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._models: dict[str, tuple[dict[str, Any], dict[str, bytes]]] = {}

    def log(
        self,
        name: str,
        *,
        parameters: dict[str, Any],
        metrics: dict[str, float],
        artifacts: dict[str, bytes],
        tags: dict[str, str],
    ) -> str:
        """Record a finished training with its files; returns the model id."""
        _check_name(name)
        model_id = f"{name}_{len(self._models):08x}"
        described = {
            "model_id": model_id,
            "name": name,
            "created_at": self._clock(),
            "parameters": deepcopy(parameters),
            "metrics": dict(metrics),
            "tags": dict(tags),
        }
        self._models[model_id] = described, dict(artifacts)
        return model_id

    def models(self) -> list[dict[str, Any]]:
        """Every model, newest first."""
        return [deepcopy(described) for described, _ in reversed(self._models.values())]

    def artifact(self, model_id: str, file: str) -> bytes:
        """One file of a model; `UnknownName` when there is no such model or file."""
        if model_id not in self._models:
            raise UnknownName("model", model_id, self._models)
        files = self._models[model_id][1]
        if file not in files:
            raise UnknownName(f"file of the model {model_id}", file, files)
        return files[file]


def _check_name(name: str) -> None:
    if not _WRITABLE_ID.match(name):
        raise InvalidInput(
            "This is no name for a model",
            seen=name,
            cure="Use letters, digits, '_', '.', ':', '@' and '-', at most 120 of them",
        )


def _mlflow_client(url: str) -> Any:
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    try:
        from mlflow.tracking import MlflowClient  # noqa: PLC0415  heavy: mlflow
    except ImportError:
        raise MissingExtra("mlflow", "to keep trained models", "forecast") from None
    with _alone_with(url):
        client = MlflowClient(tracking_uri=url)
        client.get_experiment_by_name(EXPERIMENT)  # opens the store, and makes its tables
    return client


@contextmanager
def _alone_with(url: str) -> Iterator[None]:
    """Open a database file one process at a time: MLflow makes its tables without a lock."""
    if not url.startswith("sqlite:///"):
        yield
        return
    with alone(_sqlite_file(url).with_suffix(".lock")):
        yield


def _mlflow_exception() -> type[Exception]:
    from mlflow.exceptions import MlflowException  # noqa: PLC0415  heavy: mlflow

    raised: type[Exception] = MlflowException
    return raised


def _sqlite_file(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def _described(run: Any) -> dict[str, Any]:
    tags = run.data.tags
    return {
        "model_id": tags.get(MODEL_ID, run.info.run_id),
        "name": run.info.run_name,
        "created_at": datetime.fromtimestamp(run.info.start_time / 1_000, tz=UTC),
        "parameters": {key: _json(value) for key, value in run.data.params.items()},
        "metrics": dict(run.data.metrics),
        "tags": {key: value for key, value in tags.items() if not key.startswith(_OWN_TAGS)},
    }


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:  # a run that somebody else wrote into the experiment
        return text


@contextmanager
def _as_store_error() -> Iterator[None]:
    """Say what MLflow and SQLAlchemy say as one of our errors."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"The experiment store cannot be used: {error}",
            cure="Check the free space and the rights of the folder of WORKBENCH_HOME",
        ) from error
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in ("mlflow", "sqlalchemy"):
            raise
        raise _store_error(str(error)) from error


def _store_error(said: str) -> StoreError:
    first = said.splitlines()[0] if said else "no reason given"
    if "database is locked" in said:
        return StoreBusy("Another process is writing to the experiment store", cure="Try again")
    return StoreError(
        f"The experiment store failed: {first}",
        cure="Check WORKBENCH_EXPERIMENTS_URL; a database of another MLflow version is "
        "brought up to date by: mlflow db upgrade <url>",
    )
