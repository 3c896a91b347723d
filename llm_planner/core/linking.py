"""Which registry names a sentence mentions: exact, alias, inflected, in another language, series, ranges, misspellings.

The linker is a gazetteer, not a parser: it says what is named where. What the names are for is decided by the model. It
never picks one of several things that words may mean: all of them are kept, and the operator is asked.
"""

from __future__ import annotations

from dataclasses import replace

from llm_planner.core.concepts import is_adjective, is_container
from llm_planner.core.groups import counts_nothing, find_groups
from llm_planner.core.mentions import Mention, inside, spans, window, words_of
from llm_planner.core.series import join_ranges, read_series
from llm_planner.core.tokens import Token, is_number, loosely
from llm_planner.core.vocabulary import MentionKind, Name, Vocabulary
from llm_planner.core.wordlists import ACT_ON_WORDS, ALL_WORDS, ARTICLES, IDIOMS, OF_WORDS, PLACE_PREPOSITIONS

#: Misspellings and parts of names are looked for in windows of at most this many words.
FUZZY_WORDS_MAX = 3


def link(
    tokens: tuple[Token, ...], vocabulary: Vocabulary, taken: frozenset[int], languages: frozenset[str]
) -> tuple[Mention, ...]:
    """The mentions in reading order. `taken`: tokens that a time or speed has used; `languages`: those of the sentence."""
    taken = taken | _idioms(tokens)
    found = _scan(tokens, vocabulary, set(taken), languages)
    found = _with_suffix(found, tokens, taken)
    found = read_series(found, tokens, vocabulary, taken, languages)
    found = join_ranges(found, tokens, vocabulary, languages)
    found += _mixed(tokens, vocabulary, set(taken) | spans(found))
    found += find_groups(found, tokens, vocabulary, set(taken) | spans(found), languages)
    found += _fuzzy(tokens, vocabulary, set(taken) | spans(found))
    things = {mention.start for mention in found if mention.of(MentionKind.ITEM, MentionKind.TYPE)}
    found += _short(tokens, vocabulary, set(taken) | spans(found), languages, things)
    return tuple(_narrowed(_specific(sorted(found, key=lambda mention: mention.start), tokens)))


def _idioms(tokens: tuple[Token, ...]) -> frozenset[int]:
    """The tokens of sayings in which a noun names nothing ("in case", "three times in a row")."""
    words = [token.norm for token in tokens]
    return frozenset(
        index
        for start in range(len(words))
        for length in (2, 3)
        if tuple(words[start : start + length]) in IDIOMS
        for index in range(start, start + length)
    )


def _scan(tokens: tuple[Token, ...], vocabulary: Vocabulary, blocked: set[int], languages: frozenset[str]) -> list[Mention]:
    found: list[Mention] = []
    for length in range(vocabulary.words_max, 0, -1):
        for start in range(len(tokens)):
            end = window(tokens, start, length, blocked)
            if end is None:
                continue
            said = tuple(token for token in tokens[start:end] if token.is_word)
            words = tuple(token.norm for token in said)
            names = vocabulary.lookup(said, words, languages, anchored=_anchored(tokens, start, blocked))
            every = start > 0 and tokens[start - 1].norm in ALL_WORDS
            if not names or _unknown_robot(names, tokens, end, blocked) or vocabulary.is_many(words, languages, every=every):
                continue
            found.append(Mention(names, start, end, listed=vocabulary.lists(words)))
            blocked |= set(range(start, end))
    return found


def _unknown_robot(names: tuple[Name, ...], tokens: tuple[Token, ...], end: int, blocked: set[int]) -> bool:
    """Whether a type is only the beginning of a robot's name that the registry does not have: "AMR-13"."""
    if end >= len(tokens) or any(name.kind is not MentionKind.TYPE for name in names):
        return False
    at = end + 1 if tokens[end].norm in ("-", "_", "#") and tokens[end].start == tokens[end - 1].end else end
    if at >= len(tokens) or at in blocked or not is_number(tokens[at].norm):
        return False
    return tokens[at].start == tokens[at - 1].end or counts_nothing(tokens[at + 1] if at + 1 < len(tokens) else None)


def _mixed(tokens: tuple[Token, ...], vocabulary: Vocabulary, blocked: set[int]) -> list[Mention]:
    found: list[Mention] = []
    for length in range(FUZZY_WORDS_MAX + 1, 1, -1):
        for start in range(len(tokens)):
            end = window(tokens, start, length, blocked)
            if end is None or not tokens[start].text.isascii():
                continue
            names = vocabulary.mixed(words_of(tokens, start, end))
            if names:
                found.append(Mention(names, start, end))
                blocked |= set(range(start, end))
    return found


def _anchored(tokens: tuple[Token, ...], start: int, blocked: set[int]) -> bool:
    """Whether what stands before makes a noun of an everyday word: an article, a number, a preposition, an adjective."""
    if not tokens[start].text.isascii() and tokens[start].norm == tokens[start].text and len(tokens[start].norm) == 1:
        return True  # Han writes no articles
    if start == 0 or start - 1 in blocked:
        return False
    before = tokens[start - 1]
    if (
        before.norm in ACT_ON_WORDS
        or before.norm in ARTICLES
        or before.norm in PLACE_PREPOSITIONS
        or before.norm in ALL_WORDS
        or is_number(before.norm)
    ):
        return True
    return start > 1 and is_adjective(before.norm)


def _with_suffix(found: list[Mention], tokens: tuple[Token, ...], taken: frozenset[int]) -> list[Mention]:
    """Read "lift 三号" whole: the counter belongs to the number."""
    busy = spans(found) | taken
    return [
        replace(mention, end=mention.end + 1)
        if is_number(tokens[mention.end - 1].norm)
        and mention.end < len(tokens)
        and tokens[mention.end].norm == "号"
        and mention.end not in busy
        else mention
        for mention in found
    ]


def _fuzzy(tokens: tuple[Token, ...], vocabulary: Vocabulary, blocked: set[int]) -> list[Mention]:
    found: list[Mention] = []
    for length in range(FUZZY_WORDS_MAX, 0, -1):
        for start in range(len(tokens)):
            end = window(tokens, start, length, blocked)
            if end is None:
                continue
            names = vocabulary.nearest(words_of(tokens, start, end))
            if names:
                found.append(Mention(names, start, end, fuzzy=True))
                blocked |= set(range(start, end))
    return found


def _short(
    tokens: tuple[Token, ...], vocabulary: Vocabulary, blocked: set[int], languages: frozenset[str], things: set[int]
) -> list[Mention]:
    """Parts of names that stand for them, unless they only say what something else is in ("box of gloves").

    `things`: where items begin: the number in "drop 1 pallet" is no part of "drop 1".
    """
    found: list[Mention] = []
    for length in range(FUZZY_WORDS_MAX, 0, -1):
        for start in range(len(tokens)):
            end = window(tokens, start, length, blocked)
            if end is None or (end < len(tokens) and tokens[end].norm in OF_WORDS and end + 1 not in blocked):
                continue
            if end in things and is_number(tokens[end - 1].norm):
                continue
            names = vocabulary.short(words_of(tokens, start, end), languages, anchored=_anchored(tokens, start, blocked))
            if names and not _part_of_more(tokens, start, end, blocked):
                found.append(Mention(names, start, end))
                blocked |= set(range(start, end))
    return found


def _part_of_more(tokens: tuple[Token, ...], start: int, end: int, blocked: set[int]) -> bool:
    """Whether an unknown number or letter follows ("Dock 99"): then these words are part of a name that nobody has."""
    after = tokens[end] if end < len(tokens) else None
    return after is not None and is_number(after.norm) and end not in blocked and tokens[end - 1].text.isascii()


def _specific(mentions: list[Mention], tokens: tuple[Token, ...]) -> list[Mention]:
    """Read "pallets of water", "Kisten Bananen" as one thing: a container joins the item that it holds."""
    out: list[Mention] = []
    for mention in mentions:
        before = out[-1] if out else None
        items = mention.of(MentionKind.ITEM)
        if before is not None and items and before.of(MentionKind.ITEM):
            fitting = _held(before, mention, items, tokens)
            if fitting:
                out[-1] = Mention(fitting, before.start, mention.end, before.fuzzy or mention.fuzzy)
                continue
        out.append(mention)
    return out


def _narrowed(mentions: list[Mention]) -> list[Mention]:
    """Read "bananas, seven crates" as crates of bananas: of several things, the one that the sentence names besides."""
    sure = {mention.names[0] for mention in mentions if len(mention.names) == 1 and not mention.fuzzy}
    out = []
    for mention in mentions:
        items = mention.of(MentionKind.ITEM)
        said = tuple(name for name in items if name in sure)
        narrow = len(items) == len(mention.names) > 1 and not mention.group and not mention.listed and len(said) == 1
        out.append(replace(mention, names=said) if narrow else mention)
    return out


def _held(before: Mention, mention: Mention, items: tuple[Name, ...], tokens: tuple[Token, ...]) -> tuple[Name, ...]:
    between = [token.norm for token in tokens[before.end : mention.start] if token.is_word or token.norm not in "'’"]
    container = words_of(tokens, before.start, before.end)
    joined = (
        bool(between) and len(between) < 3 and between[0] in OF_WORDS and all(w in OF_WORDS or w in ARTICLES for w in between)
    )
    if joined:
        same = tuple(name for name in items if set(loosely(container)) & set(loosely(inside(name))))
        return same or (items if not before.listed and is_container(container) else ())
    return items if not between and not before.listed and is_container(container) else ()
