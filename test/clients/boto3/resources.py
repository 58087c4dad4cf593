"""boto3's resource API and s3transfer's threads, each with both signature versions."""

import io
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from scenarios import ALL_USERS, ENDPOINT, MAIN, client, equal, new_bucket, refused, run, scenario

MiB = 1024 * 1024
SIGNATURES = ("s3v4", "s3")


def resource(signature):
    return boto3.resource(
        "s3",
        endpoint_url=ENDPOINT,
        region_name="us-east-1",
        aws_access_key_id=MAIN["accessKeyId"],
        aws_secret_access_key=MAIN["secretAccessKey"],
        config=Config(signature_version=signature, max_pool_connections=16),
    )


def with_both_signatures(function):
    def check():
        for signature in SIGNATURES:
            function(resource(signature))

    return check


@scenario("resource: buckets and objects are made, read, changed and deleted")
@with_both_signatures
def round_trip(s3):
    name = new_bucket()
    bucket = s3.Bucket(name)
    equal(name in [each.name for each in s3.buckets.all()], True)
    item = bucket.put_object(Key="ä b/c.txt", Body=b"content", ContentType="text/plain", Metadata={"origin": "resource"})
    item.wait_until_exists()
    equal((item.content_length, item.content_type, item.metadata), (7, "text/plain", {"origin": "resource"}))
    equal(item.get()["Body"].read(), b"content")
    copy = bucket.Object("copy")
    copy.copy_from(CopySource={"Bucket": name, "Key": "ä b/c.txt"}, MetadataDirective="REPLACE", Metadata={"origin": "copy"})
    equal(copy.metadata, {"origin": "copy"})
    copy.Acl().put(ACL="public-read")
    grants = [(grant["Grantee"].get("URI"), grant["Permission"]) for grant in copy.Acl().grants]
    equal((ALL_USERS, "READ") in grants, True)
    item.delete()
    refused("404", 404, item.load)
    copy.delete()
    bucket.delete()
    bucket.wait_until_not_exists()


@scenario("resource: a collection of thousands comes page by page, filtered, limited, and goes in batches")
def collections():
    name = new_bucket()
    keys = sorted(f"dir-{index % 50:02}/key-{index:04}" for index in range(2500))
    writer = client(max_pool_connections=16)
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda key: writer.put_object(Bucket=name, Key=key, Body=b"x"), keys))

    @with_both_signatures
    def check(s3):
        bucket = s3.Bucket(name)
        equal([item.key for item in bucket.objects.all()], keys)
        equal([len(page) for page in bucket.objects.pages()], [1000, 1000, 500])
        equal([item.key for item in bucket.objects.filter(Prefix="dir-07/")], [key for key in keys if key.startswith("dir-07/")])
        equal([item.key for item in bucket.objects.page_size(7).limit(20)], keys[:20])
        equal(sum(1 for _ in bucket.object_versions.all()), 2500)

    check()
    bucket = resource("s3").Bucket(name)
    deleted = [len(answer["Deleted"]) for answer in bucket.objects.filter(Prefix="dir-0").delete()]
    equal(deleted, [500])
    equal(sum(len(answer["Deleted"]) for answer in resource("s3v4").Bucket(name).objects.delete()), 2000)
    equal(list(bucket.objects.all()), [])


@scenario("resource: old versions are listed, read and deleted")
@with_both_signatures
def versions(s3):
    bucket = s3.Bucket(new_bucket())
    bucket.Versioning().enable()
    equal(bucket.Versioning().status, "Enabled")
    first = bucket.put_object(Key="note", Body=b"first").version_id
    bucket.put_object(Key="note", Body=b"second")
    equal(s3.ObjectVersion(bucket.name, "note", first).get()["Body"].read(), b"first")
    bucket.Object("note").delete()
    equal([version.size for version in bucket.object_versions.filter(Prefix="note")], [6, 5, None])
    bucket.object_versions.delete()
    equal(list(bucket.object_versions.all()), [])


@scenario("resource: an upload in parts, by hand: parts from bytes and from another object")
@with_both_signatures
def multipart(s3):
    bucket = s3.Bucket(new_bucket())
    source = bucket.put_object(Key="source", Body=b"s" * 5 * MiB)
    upload = bucket.Object("whole").initiate_multipart_upload(Metadata={"origin": "parts"})
    parts = [
        upload.Part(1).copy_from(CopySource={"Bucket": bucket.name, "Key": source.key})["CopyPartResult"]["ETag"],
        upload.Part(2).upload(Body=b"the end")["ETag"],
    ]
    equal([part.part_number for part in upload.parts.all()], [1, 2])
    equal([each.object_key for each in bucket.multipart_uploads.all()], ["whole"])
    whole = upload.complete(
        MultipartUpload={"Parts": [{"PartNumber": index + 1, "ETag": etag} for index, etag in enumerate(parts)]}
    )
    equal((whole.content_length, whole.metadata), (5 * MiB + 7, {"origin": "parts"}))
    abandoned = bucket.Object("abandoned").initiate_multipart_upload()
    abandoned.abort()
    equal(list(bucket.multipart_uploads.all()), [])


@scenario("resource: tags, policy, lifecycle and cross-origin rules of a bucket")
@with_both_signatures
def configuration(s3):
    bucket = s3.Bucket(new_bucket())
    bucket.Tagging().put(Tagging={"TagSet": [{"Key": "team", "Value": "storage"}]})
    equal(bucket.Tagging().tag_set, [{"Key": "team", "Value": "storage"}])
    rule = {"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "old/"}, "Expiration": {"Days": 7}}
    bucket.LifecycleConfiguration().put(LifecycleConfiguration={"Rules": [rule]})
    equal(bucket.LifecycleConfiguration().rules, [rule])
    bucket.Cors().put(CORSConfiguration={"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]})
    equal(bucket.Cors().cors_rules[0]["AllowedMethods"], ["GET"])
    bucket.Cors().delete()
    refused("NoSuchCORSConfiguration", 404, bucket.Cors().load)
    refused("NoSuchBucketPolicy", 404, bucket.Policy().load)


@scenario("s3transfer: many files in parts at once, with threads and without, come back the same")
@with_both_signatures
def threads(s3):
    bucket = s3.Bucket(new_bucket())
    contents = [os.urandom(size) for size in (0, 1, 5 * MiB, 5 * MiB + 1, 11 * MiB, 17 * MiB)]
    for config in (
        TransferConfig(multipart_threshold=5 * MiB, multipart_chunksize=5 * MiB, max_concurrency=8),
        TransferConfig(multipart_threshold=5 * MiB, multipart_chunksize=6 * MiB, use_threads=False),
    ):

        def there_and_back(index, config=config):
            extra = {"Metadata": {"index": str(index)}, "ContentType": "application/x-test"}
            item = bucket.Object(f"file-{index}")
            with tempfile.TemporaryDirectory() as directory:
                path = os.path.join(directory, "file")
                with open(path, "wb") as file:
                    file.write(contents[index])
                item.upload_file(path, ExtraArgs=extra, Config=config)
                item.download_file(path, Config=config)
                with open(path, "rb") as file:
                    equal(file.read() == contents[index], True)
            equal((item.metadata, item.content_type), ({"index": str(index)}, "application/x-test"))
            copy = bucket.Object(f"copy-{index}")
            copy.copy({"Bucket": bucket.name, "Key": item.key}, Config=config)
            received = io.BytesIO()
            copy.download_fileobj(received, Config=config)
            equal(received.getvalue() == contents[index], True)

        with ThreadPoolExecutor(len(contents)) as pool:
            list(pool.map(there_and_back, range(len(contents))))
    equal(list(bucket.multipart_uploads.all()), [])


run()
