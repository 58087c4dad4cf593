"""Scenarios: functions with a sentence each, run one after another against one server.

`@scenario('...')` names one. `run()` runs those of the calling file and prints a JSON line for each; a
scenario fails by raising. What they need to know about the server is in environment variables.
"""

import json
import os
import sys
import traceback
import uuid

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT = os.environ["KIST_ENDPOINT"]
ACCOUNTS = json.loads(os.environ["KIST_TEST_ACCOUNTS"])
MAIN, ALT, TENANT = ACCOUNTS

ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"
AUTHENTICATED_USERS = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"

_scenarios = []


def scenario(sentence):
    def register(function):
        _scenarios.append((sentence, function))
        return function

    return register


def client(account=MAIN, signature="s3v4", endpoint=ENDPOINT, **config):
    return boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=account["accessKeyId"],
        aws_secret_access_key=account["secretAccessKey"],
        config=Config(
            signature_version=signature,
            retries={"total_max_attempts": 1},
            **config,
        ),
    )


def new_bucket(s3=None):
    name = f"boto3-{uuid.uuid4()}"
    (s3 or client()).create_bucket(Bucket=name)
    return name


def equal(actual, expected):
    if actual != expected:
        raise AssertionError(f"{actual!r} is not {expected!r}")


def refused(code, status, function, *args, **kwargs):
    """Calls and expects that error."""
    try:
        function(*args, **kwargs)
    except ClientError as error:
        found = (error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"])
        if found != (code, status):
            raise AssertionError(f"{found} is not {(code, status)}") from error
        return error.response
    raise AssertionError(f"succeeded instead of {code}")


def run():
    for sentence, function in _scenarios:
        try:
            function()
            result = {"sentence": sentence, "ok": True}
        except Exception:  # pylint: disable=broad-except
            result = {"sentence": sentence, "ok": False, "why": traceback.format_exc()}
        print(json.dumps(result))
        sys.stdout.flush()
