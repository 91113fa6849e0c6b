"""A client of git made of libgit2 (pygit2), for the scenario git_clients:

    pygit2_client.py clone URL DIRECTORY
    pygit2_client.py fetch DIRECTORY
    pygit2_client.py push DIRECTORY NAME ADDRESS PATH

Push commits the changed file PATH first. What the server answers to a ref goes to standard output:
"OK", or its reason and all it said. The user and token come with the URL.
"""
import sys

import pygit2


class Answers(pygit2.RemoteCallbacks):
    def __init__(self):
        super().__init__()
        self.said, self.status = "", None

    def sideband_progress(self, string):
        self.said += string

    def push_update_reference(self, refname, message):
        self.status = message or "OK"


def fetch(directory):
    repository = pygit2.Repository(directory)
    repository.remotes["origin"].fetch()
    tip = repository.references["refs/remotes/origin/main"].target
    repository.reset(tip, pygit2.enums.ResetMode.HARD)


def push(directory, name, address, path):
    repository = pygit2.Repository(directory)
    repository.index.add(path)
    repository.index.write()
    person = pygit2.Signature(name, address)
    repository.create_commit("HEAD", person, person, "Label", repository.index.write_tree(),
                             [repository.head.target])
    answers = Answers()
    repository.remotes["origin"].push(["refs/heads/main"], callbacks=answers)
    print(answers.status, answers.said)


verb, *arguments = sys.argv[1:]
{"clone": pygit2.clone_repository, "fetch": fetch, "push": push}[verb](*arguments)
