"""The preferences page: what a form changes, and what it shows back when it cannot."""

import re

from digest.catalogue import read_catalogue
from digest.domain.preferences import topics_from
from digest.domain.query import parse_query
from digest.domain.subscribers import EVERY_DAY, Preferences, SubscriberState, TopicItem
from digest.services.subscriptions import change_preferences
from tests.web.site import Site
from tests.world import MONDAY, hours

SLUG = read_catalogue()[0].slug


async def test_saving_writes_topics_hour_zone_days_and_lengths(site: Site) -> None:
    answer = await site.save(
        topic=[SLUG],
        queries='"mixture of experts" OR MoE\n\n  author:hinton  ',
        zone="Asia/Tokyo",
        hour="18",
        weekday=["mon", "thu"],
        max="7",
        min="2",
        extract="full",
    )
    assert answer.status_code == 200
    assert "Saved." in answer.text
    chosen = (await site.reader()).preferences
    assert (chosen.zone, chosen.hour, chosen.weekdays) == ("Asia/Tokyo", 18, 0b0001001)
    assert (chosen.max_papers, chosen.min_papers, chosen.extract) == (7, 2, "full")
    assert [item.slug for item in chosen.topics] == [SLUG, None, None]
    assert chosen.topics[1].name == '"mixture of experts" OR MoE'
    assert "The next digest comes on Thursday, 7 May 2026 at 18:00, Asia/Tokyo." in answer.text


async def test_a_page_saved_as_it_was_opened_changes_nothing(lite: Site) -> None:
    catalogue = {topic.slug: topic for topic in read_catalogue()}
    topics = topics_from(
        catalogue, [SLUG], ['"mixture of experts" OR MoE'], ["Ada Lovelace"], ["cs.LG"]
    )
    held = Preferences("Japan", 5, 0b0000011, 8, 3, "en", "full", topics)
    await change_preferences(lite.world.app.context, lite.reader_id, held)
    page = (await lite.client.get(f"/digest/preferences/{lite.token}")).text
    typed, authors, categories = re.findall(r"<textarea[^>]*>([^<]*)<", page)
    typed = typed.replace("&#34;", '"')
    assert typed.splitlines()[0] == '"mixture of experts" OR MoE'
    await lite.save(
        topic=re.findall(r'name="topic" value="([^"]+)" checked', page),
        queries=typed,
        authors=authors,
        categories=categories,
        cadence=re.findall(r'name="cadence" value="(\w+)" checked', page)[0],
        weekly=re.findall(r'<option value="(\w+)" selected>\w+day', page)[0],
        language=re.findall(r'<option value="(\w+)" lang="\w+" selected', page)[0],
        zone=re.findall(r"<option selected>([^<]+)<", page)[0],
        hour=re.findall(r'<option value="(\d+)" selected', page)[0],
        weekday=re.findall(r'name="weekday" value="(\w+)" checked', page),
        max=re.findall(r'name="max"[^>]* value="(\d+)"', page)[0],
        min=re.findall(r'name="min"[^>]* value="(\d+)"', page)[0],
        extract=re.findall(r'<option value="(\w+)" selected>(?:Whole|Shortened)', page)[0],
    )
    assert (await lite.reader()).preferences == held


async def test_a_topic_that_left_the_catalogue_stands_as_a_query(lite: Site) -> None:
    canonical = parse_query("Perpetual motion").canonical()
    gone = TopicItem("Perpetual motion", canonical, "perpetual-motion")
    held = Preferences(topics=(gone,))
    await change_preferences(lite.world.app.context, lite.reader_id, held)
    page = (await lite.client.get(f"/digest/preferences/{lite.token}")).text
    assert ">Perpetual motion</textarea>" in page


async def test_a_bad_query_is_shown_with_a_caret_and_the_form_keeps_what_was_typed(
    lite: Site,
) -> None:
    before = await lite.rows()
    answer = await lite.save(
        topic=[SLUG], queries="fine\n(sparse OR", hour="21", zone="Asia/Tokyo", weekday=["sun"]
    )
    assert answer.status_code == 422
    error = re.findall(r'<p class="notice error"[^>]*>([^<]+)<', answer.text)[0]
    assert error.splitlines()[1] == "(sparse OR"
    assert error.splitlines()[2].strip() == "^"
    assert ">fine\n(sparse OR</textarea>" in answer.text
    assert '<option value="21" selected>21:00' in answer.text
    assert "<option selected>Asia/Tokyo</option>" in answer.text
    assert re.findall(r'name="weekday" value="(\w+)" checked', answer.text) == ["sun"]
    assert re.findall(r'name="topic" value="([^"]+)" checked', answer.text) == [SLUG]
    assert await lite.rows() == before


async def test_every_field_that_cannot_be_kept_is_told_in_a_sentence(lite: Site) -> None:
    before = await lite.rows()
    for changed, words in (
        ({"hour": "24"}, "the hour is 0 to 23"),
        ({"hour": "eight"}, "hour: write a whole number"),
        ({"max": "٣"}, "most papers: write a whole number"),
        ({"max": "101"}, "a digest has 1 to 100 papers"),
        ({"min": "11"}, "the minimum is 1 to 10"),
        ({"zone": "Mars/Base"}, "is no IANA time zone"),
        ({"zone": "\x00"}, "is no IANA time zone"),
        ({"extract": "none"}, "the extract is short or full"),
        ({"weekday": []}, "choose at least one weekday"),
        ({"weekday": ["someday"]}, "unknown weekday"),
        ({"topic": ["no-such-topic"]}, "there is no topic"),
        ({"queries": "\n".join(f"word{n}" for n in range(41))}, "at most 40 topics"),
        ({"do": "explode"}, "did not say what to do"),
    ):
        answer = await lite.save(**changed)
        assert answer.status_code == 422, changed
        assert words in answer.text, changed
    assert await lite.rows() == before


async def test_hostile_text_in_a_form_comes_back_as_text(lite: Site) -> None:
    bad = '</textarea><script>alert(1)</script> AND "'
    answer = await lite.save(queries=bad, zone='"><img src=x>', hour="<b>")
    assert answer.status_code == 422
    assert "<script" not in answer.text
    assert "<img" not in answer.text
    assert "&lt;/textarea&gt;&lt;script&gt;" in answer.text


async def test_pause_cancels_what_waits_and_resume_ends_it(site: Site) -> None:
    site.world.clock.set(MONDAY + hours(32))
    await site.world.list_papers("Experts of Tuesday")
    await site.world.plan()
    path = f"/digest/preferences/{site.token}"
    answer = await site.post(path, do="pause", until="2026-05-12")
    assert "Paused: no digest comes before Tuesday, 12 May 2026." in answer.text
    assert (await site.reader()).state is SubscriberState.PAUSED
    assert await site.states() == ["sent", "cancelled"]
    answer = await site.post(path, do="resume")
    assert "The digest goes on." in answer.text
    assert "The next digest comes on Wednesday, 6 May 2026 at 08:00, UTC." in answer.text
    reader = await site.reader()
    assert (reader.state, reader.paused_until) == (SubscriberState.ACTIVE, None)


async def test_a_pause_needs_a_day_ahead_and_within_a_year(lite: Site) -> None:
    path = f"/digest/preferences/{lite.token}"
    for until in ("", "tomorrow", "2026-05-04", "2026-05-03", "2027-05-06", "9999-12-31"):
        answer = await lite.post(path, do="pause", until=until)
        assert answer.status_code == 422, until
        assert "notice error" in answer.text
    assert (await lite.reader()).state is SubscriberState.ACTIVE


async def test_undo_brings_back_one_who_left_and_nobody_who_complained(lite: Site) -> None:
    path = f"/digest/preferences/{lite.token}"
    await lite.post(f"/digest/unsubscribe/{lite.token}")
    page = await lite.client.get(path)
    assert "You are unsubscribed: no digest comes." in page.text
    assert "Subscribe again" in page.text
    await lite.post(path, do="undo")
    assert (await lite.reader()).state is SubscriberState.ACTIVE
    await lite.suppress("the provider reported a complaint")
    page = await lite.client.get(path)
    assert "No mail goes to this address any more: the provider reported a complaint." in page.text
    assert "Subscribe again" not in page.text
    assert (await lite.post(path, do="undo")).status_code == 422
    assert (await lite.reader()).state is SubscriberState.SUPPRESSED


async def test_the_page_shows_the_address_masked(lite: Site) -> None:
    page = (await lite.client.get(f"/digest/preferences/{lite.token}")).text
    assert "a***@example.org" in page
    assert "ada@example.org" not in page


async def test_a_link_of_an_older_generation_unsubscribes_but_changes_nothing_else(
    lite: Site,
) -> None:
    await lite.renew_links()
    assert (await lite.client.get(f"/digest/preferences/{lite.token}")).status_code == 404
    assert (await lite.save(hour="9")).status_code == 404
    assert (await lite.reader()).preferences.hour == 8
    left = await lite.client.post(f"/digest/unsubscribe/{lite.token}")
    assert "You are unsubscribed" in left.text
    assert "Subscribe again" not in left.text
    assert (await lite.reader()).state is SubscriberState.UNSUBSCRIBED


async def test_a_form_of_many_fields_or_with_a_file_is_refused_politely(lite: Site) -> None:
    path = f"/digest/preferences/{lite.token}"
    answer = await lite.client.post(path, data={"do": "resume"}, files={"f": b"x"})
    assert answer.status_code == 400
    assert "<h1>That did not work</h1>" in answer.text
    assert (await lite.reader()).preferences.weekdays == EVERY_DAY
