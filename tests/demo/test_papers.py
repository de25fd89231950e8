"""Tests that the invented papers hold the cases which the demonstration is meant to show."""

from datetime import date

from digest.demo.papers import blog_posts, demo_papers

DAYS = {date(2026, 5, 4), date(2026, 5, 5), date(2026, 5, 6)}


def test_there_are_at_least_sixty_papers_over_three_days_and_two_sources() -> None:
    papers = demo_papers()
    assert len({paper.arxiv_id for paper in papers}) == len(papers) >= 66
    assert {paper.announced for paper in papers if paper.announced} == DAYS
    assert {listed.date() for paper in papers for listed in paper.daily} == DAYS


def test_the_two_sources_overlap() -> None:
    both = [paper for paper in demo_papers() if paper.announced and paper.daily]
    assert len(both) >= 20


def test_some_papers_come_back_on_a_later_day() -> None:
    assert sum(len(paper.daily) > 1 for paper in demo_papers()) >= 3


def test_a_blog_post_tells_of_a_paper_that_arxiv_has_under_another_title() -> None:
    [paper] = [paper for paper in demo_papers() if paper.arxiv_id == "2605.90101"]
    [post] = [post for post in blog_posts() if post.slug == "lanternfish"]
    assert post.title != paper.title
    assert post.author in paper.authors


def test_a_sequel_stands_beside_its_first_part() -> None:
    titles = [paper.title.partition(":")[0] for paper in demo_papers()]
    assert {"Tidepool", "Tidepool 2"} <= set(titles)


def test_each_topic_has_papers_on_every_day() -> None:
    for topic in ("mixture of experts", "agents", "retrieval", "diffusion", "vision-language"):
        days = {
            paper.announced or paper.daily[0].date()
            for paper in demo_papers()
            if topic in f"{paper.title} {paper.abstract}".lower().replace("-of-", " of ")
        }
        assert days == DAYS, topic


def test_abstracts_are_one_line_of_four_sentences_or_more() -> None:
    for paper in demo_papers():
        assert "\n" not in paper.abstract
        assert paper.abstract.count(". ") >= 3, paper.title
