"""Calls a running learning platform with the client that openapi-python-client generates from its document."""

import sys

from learning_platform_client import AuthenticatedClient, Client
from learning_platform_client.api.auth import v1_login
from learning_platform_client.api.users import me
from learning_platform_client.api.content import list_chapters
from learning_platform_client.api.health import live
from learning_platform_client.models import LoginRequest, PageOfChapterItem, Problem, SessionResponse, UserResponse


def main(url: str, email: str, password: str) -> None:
    client = Client(base_url=url)
    assert live.sync_detailed(client=client).status_code == 204

    wrong = v1_login.sync(client=client, body=LoginRequest(email=email, password="wrong-password"))
    assert isinstance(wrong, Problem) and wrong.status == 401, wrong

    tokens = v1_login.sync(client=client, body=LoginRequest(email=email, password=password))
    assert isinstance(tokens, SessionResponse), tokens
    known = AuthenticatedClient(base_url=url, token=tokens.access_token)

    user = me.sync(client=known)
    assert isinstance(user, UserResponse) and user.email == email, user

    chapters = list_chapters.sync(client=known, limit=2)
    assert isinstance(chapters, PageOfChapterItem) and len(chapters.items) == 2, chapters


main(*sys.argv[1:])
