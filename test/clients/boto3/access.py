"""Who may what: signatures, presigned URLs, ACLs, accounts and namespaces."""

import base64
import datetime
import hashlib
import urllib.error
import urllib.request
from email.header import Header, decode_header, make_header
from unittest import mock

from botocore import UNSIGNED
from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session
from scenarios import (
    ALL_USERS,
    ALT,
    AUTHENTICATED_USERS,
    ENDPOINT,
    MAIN,
    TENANT,
    client,
    equal,
    new_bucket,
    refused,
    run,
    scenario,
)


def open_url(url, method="GET", data=None, headers=None):
    """Status and body, without credentials."""
    request = urllib.request.Request(url, method=method, data=data, headers=headers or {})
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def refused_with(code, status, answer):
    equal(answer[0], status)
    if f"<Code>{code}</Code>".encode() not in answer[1]:
        raise AssertionError(f"{answer[1]!r} is not {code}")


def clock_set_back(**by):
    """Within it, botocore signs with an earlier time."""
    time = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(**by)
    return mock.patch("botocore.auth.get_current_datetime", lambda *_, **__: time.replace(tzinfo=None))


def both_signatures(function):
    for signature in ("s3v4", "s3"):
        function(signature)


@scenario("presigned URLs read and write, with both signatures")
def presigned():
    def check(signature):
        s3, bucket = client(signature=signature), new_bucket()
        key = "dir/ä b+c&d.txt"
        put = s3.generate_presigned_url("put_object", {"Bucket": bucket, "Key": key, "ContentType": "text/plain"})
        equal(open_url(put, "PUT", b"content", {"Content-Type": "text/plain"})[0], 200)
        get = s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": key})
        equal(open_url(get), (200, b"content"))
        other = s3.generate_presigned_url(
            "get_object",
            {"Bucket": bucket, "Key": key, "ResponseContentType": "text/x-other"},
        )
        with urllib.request.urlopen(other) as response:
            equal(response.headers["Content-Type"], "text/x-other")
        delete = s3.generate_presigned_url("delete_object", {"Bucket": bucket, "Key": key})
        equal(open_url(delete, "DELETE")[0], 204)
        refused_with("NoSuchKey", 404, open_url(get))

    both_signatures(check)


@scenario("a presigned URL is for one method and one key only, with both signatures")
def presigned_changed():
    def check(signature):
        s3, bucket = client(signature=signature), new_bucket()
        s3.put_object(Bucket=bucket, Key="one", Body=b"1")
        s3.put_object(Bucket=bucket, Key="two", Body=b"2")
        url = s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "one"})
        refused_with("SignatureDoesNotMatch", 403, open_url(url.replace("/one?", "/two?")))
        refused_with("SignatureDoesNotMatch", 403, open_url(url, "PUT", b"other"))
        equal(s3.get_object(Bucket=bucket, Key="one")["Body"].read(), b"1")

    both_signatures(check)


@scenario("an expired URL is refused, with both signatures")
def expired():
    def check(signature):
        s3, bucket = client(signature=signature), new_bucket()
        s3.put_object(Bucket=bucket, Key="key", Body=b"x")
        url = s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "key"}, ExpiresIn=-10)
        refused_with("AccessDenied", 403, open_url(url))

    # A negative time is no number that SigV4 knows, so that its clock is set back instead.
    def check_v4():
        s3, bucket = client(), new_bucket()
        s3.put_object(Bucket=bucket, Key="key", Body=b"x")
        with clock_set_back(seconds=120):
            url = s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "key"}, ExpiresIn=60)
        refused_with("AccessDenied", 403, open_url(url))

    check("s3")
    check_v4()


@scenario("a wrong secret and an unknown key are told apart, with both signatures")
def wrong_credentials():
    def check(signature):
        bucket = new_bucket()
        wrong = client({**MAIN, "secretAccessKey": "wrong" * 8}, signature)
        unknown = client({**MAIN, "accessKeyId": "NOBODYSACCESSKEY0000"}, signature)
        answer = refused("SignatureDoesNotMatch", 403, wrong.list_objects_v2, Bucket=bucket)
        equal(answer["Error"]["AWSAccessKeyId"], MAIN["accessKeyId"])
        if "StringToSign" not in answer["Error"]:
            raise AssertionError(f"no StringToSign in {answer['Error']}")
        refused("SignatureDoesNotMatch", 403, wrong.put_object, Bucket=bucket, Key="k", Body=b"x")
        refused("InvalidAccessKeyId", 403, unknown.list_objects_v2, Bucket=bucket)
        refused("InvalidAccessKeyId", 403, unknown.put_object, Bucket=bucket, Key="k", Body=b"x")
        equal(client().list_objects_v2(Bucket=bucket)["KeyCount"], 0)

    both_signatures(check)


def send_with_other_body(s3, operation, body):
    """Signs a request for one body and sends another of the same length."""

    def tamper(request, **_):
        tampered = AWSRequest(request.method, request.url, request.headers, body).prepare()
        tampered.headers = request.headers
        return URLLib3Session().send(tampered)

    s3.meta.events.register(f"before-send.s3.{operation}", tamper)


@scenario("a body that was changed on the way is refused and not stored")
def tampered():
    bucket = new_bucket()
    plain = {"request_checksum_calculation": "when_required"}
    signed = client(**plain)
    send_with_other_body(signed, "PutObject", b"other body")
    refused("XAmzContentSHA256Mismatch", 400, signed.put_object, Bucket=bucket, Key="k", Body=b"right body")
    digest = base64.b64encode(hashlib.md5(b"right body").digest()).decode()
    for signature in ("s3v4", "s3"):
        hashed = client(signature=signature, **plain)
        send_with_other_body(hashed, "PutObject", b"other body")
        code = "XAmzContentSHA256Mismatch" if signature == "s3v4" else "BadDigest"
        refused(code, 400, hashed.put_object, Bucket=bucket, Key="k", Body=b"right body", ContentMD5=digest)
    equal(client().list_objects_v2(Bucket=bucket)["KeyCount"], 0)


@scenario("canned ACLs open objects to everybody, to accounts, or to nobody")
def canned_acls():
    s3, bucket = client(), new_bucket()
    nobody = client(signature=UNSIGNED)
    for acl, readers in {
        "private": [],
        "authenticated-read": ["alt"],
        "public-read": ["alt", "nobody"],
    }.items():
        s3.put_object(Bucket=bucket, Key=acl, Body=acl.encode(), ACL=acl)
        for name, reader in {"alt": client(ALT), "nobody": nobody}.items():
            if name in readers:
                equal(reader.get_object(Bucket=bucket, Key=acl)["Body"].read(), acl.encode())
            else:
                refused("AccessDenied", 403, reader.get_object, Bucket=bucket, Key=acl)
    equal(open_url(f"{ENDPOINT}/{bucket}/public-read"), (200, b"public-read"))
    equal(open_url(f"{ENDPOINT}/{bucket}/private")[0], 403)


@scenario("grants by id, e-mail and group take effect, with both signatures")
def grants():
    def check(signature):
        s3, alt, bucket = client(signature=signature), client(ALT, signature), new_bucket()
        for index, grantee in enumerate(
            (f"id={ALT['accountId']}", f"emailAddress={ALT['email']}", f"uri={AUTHENTICATED_USERS}", f"uri={ALL_USERS}")
        ):
            key = f"key-{index}"
            s3.put_object(Bucket=bucket, Key=key, Body=b"x")
            refused("AccessDenied", 403, alt.get_object, Bucket=bucket, Key=key)
            s3.put_object_acl(Bucket=bucket, Key=key, GrantRead=grantee)
            equal(alt.get_object(Bucket=bucket, Key=key)["Body"].read(), b"x")
            refused("AccessDenied", 403, alt.get_object_acl, Bucket=bucket, Key=key)
        answer = s3.get_object_acl(Bucket=bucket, Key="key-1")
        equal(answer["Grants"][0]["Grantee"]["ID"], ALT["accountId"])
        equal(answer["Grants"][0]["Grantee"]["DisplayName"], ALT["displayName"])

    both_signatures(check)


@scenario("READ on a bucket lists it and does not read its objects")
def bucket_read():
    s3, alt, bucket = client(), client(ALT), new_bucket()
    s3.put_object(Bucket=bucket, Key="key", Body=b"x")
    refused("AccessDenied", 403, alt.list_objects_v2, Bucket=bucket)
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read")
    equal([item["Key"] for item in alt.list_objects_v2(Bucket=bucket)["Contents"]], ["key"])
    refused("AccessDenied", 403, alt.get_object, Bucket=bucket, Key="key")
    refused("AccessDenied", 403, alt.put_object, Bucket=bucket, Key="mine", Body=b"x")


@scenario("the same bucket name in two namespaces is two buckets, on any host")
def namespaces():
    bucket = new_bucket()
    client(TENANT).create_bucket(Bucket=bucket)
    port = ENDPOINT.rsplit(":", 1)[1]
    hosts = {
        "MAIN": (MAIN, f"http://localhost:{port}"),
        "TENANT": (TENANT, f"http://{TENANT['namespace']}.localhost:{port}"),
    }
    for name, (account, endpoint) in hosts.items():
        for signature in ("s3v4", "s3"):
            for style in ("path", "virtual"):
                s3 = client(account, signature, endpoint, s3={"addressing_style": style})
                s3.put_object(Bucket=bucket, Key=f"{signature}/{style} ä", Body=name.encode())
    for name, (account, endpoint) in hosts.items():
        for s3 in (client(account), client(account, endpoint=endpoint)):
            keys = [item["Key"] for item in s3.list_objects_v2(Bucket=bucket)["Contents"]]
            equal(keys, ["s3/path ä", "s3/virtual ä", "s3v4/path ä", "s3v4/virtual ä"])
            for key in keys:
                equal(s3.get_object(Bucket=bucket, Key=key)["Body"].read(), name.encode())
    names = [item["Name"] for item in client(TENANT).list_buckets()["Buckets"]]
    equal(bucket in names, True)


@scenario("a key of one namespace has no power in another")
def foreign_namespace():
    bucket = new_bucket(client(TENANT))
    client(TENANT).put_object(Bucket=bucket, Key="key", Body=b"x")
    port = ENDPOINT.rsplit(":", 1)[1]
    intruder = client(MAIN, endpoint=f"http://{TENANT['namespace']}.localhost:{port}")
    refused("AccessDenied", 403, intruder.get_object, Bucket=bucket, Key="key")
    refused("AccessDenied", 403, intruder.list_objects_v2, Bucket=bucket)
    refused("NoSuchBucket", 404, client(MAIN).list_objects_v2, Bucket=bucket)


@scenario("metadata may be any text that HTTP can carry")
def metadata():
    def check(signature):
        s3, bucket = client(signature=signature), new_bucket()
        values = {"plain": "value", "inner-spaces": "a b", "signs": "!#$%&'()*+,-./:;<=>?@[]^_`{|}~"}
        s3.put_object(Bucket=bucket, Key="key", Body=b"x", Metadata=values)
        equal(s3.head_object(Bucket=bucket, Key="key")["Metadata"], values)

    both_signatures(check)


@scenario("metadata beyond ASCII, encoded as RFC 2047 says, comes back as it was sent or as its words")
def encoded_metadata():
    s3, bucket = client(), new_bucket()
    value = Header("grüße 日本", "utf-8").encode()
    s3.put_object(Bucket=bucket, Key="key", Body=b"x", Metadata={"words": value})
    found = s3.head_object(Bucket=bucket, Key="key")["Metadata"]["words"]
    equal(str(make_header(decode_header(found))), "grüße 日本")


@scenario("copies and conditional reads work with both signatures")
def copies_and_conditions():
    def check(signature):
        s3, bucket = client(signature=signature), new_bucket()
        etag = s3.put_object(Bucket=bucket, Key="ä +", Body=b"content", Metadata={"a": "1"})["ETag"]
        s3.copy_object(Bucket=bucket, Key="copy", CopySource={"Bucket": bucket, "Key": "ä +"})
        answer = s3.get_object(Bucket=bucket, Key="copy", IfMatch=etag)
        equal((answer["Body"].read(), answer["Metadata"]), (b"content", {"a": "1"}))
        refused("PreconditionFailed", 412, s3.get_object, Bucket=bucket, Key="copy", IfMatch='"other"')
        refused("304", 304, s3.get_object, Bucket=bucket, Key="copy", IfNoneMatch=etag)
        part = s3.get_object(Bucket=bucket, Key="copy", Range="bytes=-3")
        equal((part["Body"].read(), part["ContentRange"]), (b"ent", "bytes 4-6/7"))

    both_signatures(check)


@scenario("a clock that is twenty minutes off is refused")
def skewed_clock():
    bucket = new_bucket()
    with clock_set_back(minutes=20):
        refused("RequestTimeTooSkewed", 403, client().list_objects_v2, Bucket=bucket)


run()
