"""`cut_connection.py upload|download SIGNATURE`: one file through s3transfer, with boto3's own retries.

Prints the SHA-256 of the file. The connection is cut by whoever runs this.
"""

import hashlib
import json
import os
import random
import sys
import tempfile

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config

MiB = 1024 * 1024
direction, signature = sys.argv[1:]
account = json.loads(os.environ["KIST_TEST_ACCOUNTS"])[0]
s3 = boto3.client(
    "s3",
    endpoint_url=os.environ["KIST_ENDPOINT"],
    region_name="us-east-1",
    aws_access_key_id=account["accessKeyId"],
    aws_secret_access_key=account["secretAccessKey"],
    config=Config(signature_version=signature),
)
config = TransferConfig(multipart_threshold=5 * MiB, multipart_chunksize=5 * MiB, max_concurrency=4)
with tempfile.NamedTemporaryFile() as file:
    if direction == "upload":
        file.write(random.Random(1).randbytes(22 * MiB))
        file.flush()
        s3.upload_file(file.name, "cut", "object", Config=config)
    else:
        s3.download_file("cut", "object", file.name, Config=config)
    with open(file.name, "rb") as content:
        print(hashlib.sha256(content.read()).hexdigest())
