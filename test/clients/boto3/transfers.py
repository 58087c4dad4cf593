"""Large files through s3transfer, long lists, and what boto3 checks by itself."""

import hashlib
import os
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor

from scenarios import client, equal, new_bucket, run, scenario

MiB = 1024 * 1024


def sha256_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(MiB):
            digest.update(chunk)
    return digest.hexdigest()


@scenario("a file of 100 MB goes up in parts, comes back the same, and copies")
def large_file():
    s3, bucket = client(), new_bucket()
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "up")
        block = os.urandom(MiB)
        with open(path, "wb") as file:
            for index in range(100):
                file.write(block[index:] + block[:index])
        sent = []
        lock = threading.Lock()

        def progress(count):
            with lock:
                sent.append(count)

        s3.upload_file(path, bucket, "large", Callback=progress)
        equal(sum(sent), 100 * MiB)
        head = s3.head_object(Bucket=bucket, Key="large")
        equal(head["ContentLength"], 100 * MiB)
        equal(head["ETag"].strip('"').split("-")[1:], ["13"])
        down = os.path.join(directory, "down")
        s3.download_file(bucket, "large", down)
        equal(sha256_of(down), sha256_of(path))
        s3.copy({"Bucket": bucket, "Key": "large"}, bucket, "copy")
        s3.delete_object(Bucket=bucket, Key="large")
        s3.download_file(bucket, "copy", down)
        equal(sha256_of(down), sha256_of(path))


@scenario("2,500 keys come through the paginator, with and without a delimiter")
def long_list():
    s3, bucket = client(max_pool_connections=8), new_bucket()
    keys = sorted(f"dir-{index % 50:02}/key-{index:04}" for index in range(2500))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda key: s3.put_object(Bucket=bucket, Key=key, Body=b"x"), keys))
    for operation in ("list_objects_v2", "list_objects"):
        paginator = s3.get_paginator(operation)
        pages = list(paginator.paginate(Bucket=bucket))
        equal([len(page["Contents"]) for page in pages], [1000, 1000, 500])
        equal([item["Key"] for page in pages for item in page["Contents"]], keys)
        pages = list(paginator.paginate(Bucket=bucket, Delimiter="/", PaginationConfig={"PageSize": 7}))
        prefixes = [item["Prefix"] for page in pages for item in page.get("CommonPrefixes", [])]
        equal(prefixes, [f"dir-{index:02}/" for index in range(50)])
        pages = list(paginator.paginate(Bucket=bucket, Prefix="dir-07/", Delimiter="/"))
        equal([item["Key"] for page in pages for item in page["Contents"]], [key for key in keys if key.startswith("dir-07/")])
    objects = [{"Key": key} for key in keys]
    for start in range(0, 2500, 1000):
        answer = s3.delete_objects(Bucket=bucket, Delete={"Objects": objects[start : start + 1000], "Quiet": True})
        equal(answer.get("Errors", []), [])
    equal(s3.list_objects_v2(Bucket=bucket)["KeyCount"], 0)
    s3.delete_bucket(Bucket=bucket)


@scenario("without being asked, boto3 sends a checksum as a trailer and checks it on the way back")
def default_checksums():
    s3, bucket = client(), new_bucket()
    sent = {}
    s3.meta.events.register("before-send.s3.PutObject", lambda request, **_: sent.update(request.headers))
    s3.put_object(Bucket=bucket, Key="summed", Body=b"123456789")
    names = {name.lower(): value for name, value in sent.items()}
    checksum = [name for name in names if "checksum" in name or name == "x-amz-trailer"]
    if not checksum:
        raise AssertionError(f"no checksum was sent: {sorted(names)}")
    answer = s3.get_object(Bucket=bucket, Key="summed", ChecksumMode="ENABLED")
    equal(answer["Body"].read(), b"123456789")
    equal(answer["ChecksumCRC32"], "y/Q5Jg==")
    with tempfile.TemporaryFile() as file:
        file.write(b"123456789" * 100_000)
        file.seek(0)
        s3.put_object(Bucket=bucket, Key="file", Body=file)
    equal(len(s3.get_object(Bucket=bucket, Key="file")["Body"].read()), 900_000)


@scenario("every checksum algorithm goes up and is checked on the way back")
def all_checksums():
    s3, bucket = client(), new_bucket()
    for algorithm in ("CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"):
        put = s3.put_object(Bucket=bucket, Key=algorithm, Body=b"123456789", ChecksumAlgorithm=algorithm)
        answer = s3.get_object(Bucket=bucket, Key=algorithm, ChecksumMode="ENABLED")
        equal(answer["Body"].read(), b"123456789")
        equal(answer[f"Checksum{algorithm}"], put[f"Checksum{algorithm}"])
        equal(answer["ChecksumType"], "FULL_OBJECT")


@scenario("a multipart upload keeps the checksum that s3transfer asks for")
def multipart_checksum():
    s3, bucket = client(), new_bucket()
    with tempfile.NamedTemporaryFile() as file:
        file.write(os.urandom(12 * MiB))
        file.flush()
        for algorithm in ("SHA256", "CRC64NVME"):
            s3.upload_file(file.name, bucket, algorithm, ExtraArgs={"ChecksumAlgorithm": algorithm})
            head = s3.head_object(Bucket=bucket, Key=algorithm, ChecksumMode="ENABLED")
            if f"Checksum{algorithm}" not in head:
                raise AssertionError(f"no {algorithm}: {sorted(head)}")


@scenario("an upload that fails leaves no unfinished upload behind")
def failed_upload():
    s3, bucket = client(), new_bucket()

    class Broken:
        """A file whose second half cannot be read."""

        def __init__(self):
            self.left = 12 * MiB

        def read(self, size=-1):
            if self.left <= 4 * MiB:
                raise OSError("broken")
            self.left -= size
            return b"x" * size

    try:
        s3.upload_fileobj(Broken(), bucket, "broken")
        raise AssertionError("succeeded")
    except OSError:
        pass
    equal(s3.list_multipart_uploads(Bucket=bucket).get("Uploads", []), [])
    equal(s3.list_objects_v2(Bucket=bucket)["KeyCount"], 0)


run()
