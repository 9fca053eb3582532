"""Databases and object stores for the contracts."""

from __future__ import annotations

import socket
import subprocess
import sys
import time

import pytest


@pytest.fixture(scope="session")
def object_store(tmp_path_factory):
    """An emulation of Amazon S3 on loopback, with a bucket called ``lake``; yields its URL."""
    pytest.importorskip("moto", reason="the extra 'dev' is not installed")
    import boto3
    from botocore.exceptions import BotoCoreError

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (tmp_path_factory.mktemp("s3") / "log").open("w")
    # One request after the other: moto looks whether an object is there and then puts it, and
    # with threads two writers can both find none, which S3 itself excludes.
    serve = (
        "from moto.server import DomainDispatcherApplication as App, create_backend_app as make;"
        "from werkzeug.serving import run_simple;"
        f"run_simple('127.0.0.1', {port}, App(make))"
    )
    server = subprocess.Popen([sys.executable, "-c", serve], stdout=log, stderr=log)
    url = f"http://127.0.0.1:{port}"
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "AWS_ENDPOINT_URL": url,
            "AWS_ALLOW_HTTP": "true",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_REGION": "us-east-1",
        }.items():
            patch.setenv(name, value)
        for _ in range(150):
            try:
                boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="lake")
                break
            except BotoCoreError:
                time.sleep(0.2)
        yield "s3://lake"
    server.kill()
    server.wait()
    log.close()
