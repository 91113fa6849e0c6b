"""A client of git made of dulwich, for the scenario git_clients:

    dulwich_client.py clone URL DIRECTORY
    dulwich_client.py fetch DIRECTORY
    dulwich_client.py push DIRECTORY NAME ADDRESS PATH

Push commits the changed file PATH first. What the server answers to a ref goes to standard output:
"OK", or its reason and all it said. The user and token come with the URL.
"""
import io
import os
import sys

from dulwich import porcelain
from dulwich.repo import Repo


def clone(url, directory):
    porcelain.clone(url, directory, errstream=sys.stderr.buffer)


def fetch(directory):
    porcelain.pull(directory, errstream=sys.stderr.buffer, outstream=sys.stderr.buffer)


def push(directory, name, address, path):
    person = f"{name} <{address}>".encode()
    porcelain.add(directory, [os.path.join(directory, path)])
    porcelain.commit(directory, message=b"Label", author=person, committer=person)
    with Repo(directory) as repository:
        url = repository.get_config().get((b"remote", b"origin"), b"url").decode()
    said = io.BytesIO()
    porcelain.push(directory, url, "refs/heads/main", errstream=said, outstream=said)
    text = said.getvalue().decode()
    print(text if "failed" in text else "OK")


verb, *arguments = sys.argv[1:]
{"clone": clone, "fetch": fetch, "push": push}[verb](*arguments)
