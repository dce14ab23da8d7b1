"""`Demo`: what the program gets for `--demo`."""

from __future__ import annotations

import httpx

from groupstui.demo.demo import Demo
from groupstui.service.service import GroupsService


async def test_service_reads_the_demo_site() -> None:
    demo = Demo()
    service = GroupsService(demo.instance, demo.token, transport=lambda: demo.transport)
    async with service:
        assert (await service.sign_in()).label == "Ada Lovelace"
        assert (await service.groups_page(1, 15)).total == 230


def test_transport_saves_last_week_in_the_history() -> None:
    demo = Demo()
    assert not demo.history.exists
    with httpx.Client(transport=demo.transport, base_url=demo.instance.origin) as client:
        assert client.get("/api/v1/user").status_code == 401
    assert len(demo.history.snapshots()) == 1


def test_prepare_saves_last_week_in_the_history() -> None:
    demo = Demo()
    demo.prepare()
    demo.prepare()
    assert len(demo.history.snapshots()) == 1
    last = demo.history.latest()
    assert last is not None
    assert {group.name for group in last.groups} > {"QA", "Releases"}


async def test_last_week_can_be_read_after_the_present_is_saved() -> None:
    demo = Demo()
    transport, history = demo.transport, demo.history
    before = history.latest()
    async with GroupsService(demo.instance, demo.token, transport=transport, history=history) as service:
        await service.load()
        await service.save_history()
    past = history.directory_at(history.snapshots()[0])
    assert before is not None
    assert past is not None
    assert [(group.id, group.name, sorted(group.members)) for group in past.groups] == [
        (group.id, group.name, sorted(group.members)) for group in before.groups
    ]


async def test_last_week_has_the_times_of_groups() -> None:
    demo = Demo()
    before = demo.history.latest() if demo.transport else None
    async with GroupsService(demo.instance, demo.token, transport=demo.transport) as service:
        now = await service.load()
    assert before is not None
    assert all(group.created_at is not None for group in before.groups)
    common = {group.id for group in before.groups} & {group.id for group in now.groups}
    assert common
    for group_id in common:
        then, today = before.group(group_id), now.group(group_id)
        assert then is not None
        assert today is not None
        assert (then.created_at, then.created_by) == (today.created_at, today.created_by)
        assert (then.updated_at, then.updated_by) == (today.updated_at, today.updated_by)


def test_demos_are_independent() -> None:
    assert Demo().history is not Demo().history
