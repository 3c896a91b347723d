"""Which registry names a sentence mentions: exact, alias, number words, plural, series, ranges, misspellings; longest first.

The linker is a gazetteer, not a parser: it says what is named where. What the names are for is decided by the model.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

from llm_planner.core.lexicon import FUNCTION_WORDS
from llm_planner.core.tokens import JOINERS, Token, is_number, key, stem
from llm_planner.core.vocabulary import MentionKind, Name, Vocabulary
from llm_planner.core.wordlists import (
    ALL_WORDS,
    ARTICLES,
    FROM_WORDS,
    LIST_WORDS,
    PLACE_PREPOSITIONS,
    RANGE_WORDS,
)

#: Misspellings are looked for in windows of at most this many words.
FUZZY_WORDS_MAX = 3


@dataclass(frozen=True, slots=True)
class Mention:
    """`names`: what these words may mean, or, for a group, all that they mean. `start`, `end`: token indices."""

    names: tuple[Name, ...]
    start: int
    end: int
    fuzzy: bool = False
    group: bool = False

    def of(self, *kinds: MentionKind) -> tuple[Name, ...]:
        return tuple(name for name in self.names if name.kind in kinds)


def link(tokens: tuple[Token, ...], vocabulary: Vocabulary, taken: frozenset[int]) -> tuple[Mention, ...]:
    """The mentions in reading order. `taken`: tokens that a time or speed has used."""
    exact = _scan(tokens, vocabulary, set(taken), fuzzy=False)
    used = set(taken) | _tokens_of(exact)
    fuzzy = _scan(tokens, vocabulary, used, fuzzy=True)
    found = sorted([*exact, *fuzzy], key=lambda mention: mention.start)
    found = _series(found, tokens, vocabulary, taken)
    found = _join_ranges(found, tokens, vocabulary)
    used = set(taken) | _tokens_of(found)
    generic = _generic(tokens, vocabulary, used)
    return tuple(_specific(sorted([*found, *generic], key=lambda mention: mention.start), tokens))


def _tokens_of(mentions: list[Mention]) -> set[int]:
    return {index for mention in mentions for index in range(mention.start, mention.end)}


def _scan(tokens: tuple[Token, ...], vocabulary: Vocabulary, blocked: set[int], *, fuzzy: bool) -> list[Mention]:
    found: list[Mention] = []
    for length in range(FUZZY_WORDS_MAX if fuzzy else vocabulary.words_max, 0, -1):
        for start in range(len(tokens)):
            end = _window(tokens, start, length, blocked)
            if end is None:
                continue
            window = tuple(token for token in tokens[start:end] if token.is_word)
            words = tuple(token.norm for token in window)
            names = vocabulary.nearest(words) if fuzzy else vocabulary.lookup(window, words)
            if names:
                found.append(Mention(names, start, end, fuzzy))
                blocked |= set(range(start, end))
    return found


def _window(tokens: tuple[Token, ...], start: int, words: int, blocked: set[int]) -> int | None:
    """End index of a window of `words` words from `start` (joining punctuation inside is free), or None."""
    index, left = start, words
    if not tokens[start].is_word:
        return None
    while index < len(tokens):
        token = tokens[index]
        if index in blocked or not (token.is_word or token.norm in JOINERS):
            return None
        left -= token.is_word
        index += 1
        if left == 0:
            return index
    return None


def _series(mentions: list[Mention], tokens: tuple[Token, ...], vocabulary: Vocabulary, taken: frozenset[int]) -> list[Mention]:
    """Read "AMR-2 and 3", "docks 1, 2 and 4", "AMR-9 to 12": bare numbers after a numbered name continue its series."""
    out: list[Mention] = []
    busy = set(taken) | _tokens_of(mentions)
    for mention in mentions:
        words = [token.norm for token in tokens[mention.start : mention.end] if token.is_word]
        out.append(mention)
        index = mention.end
        while len(words) > 1 and is_number(words[-1]):
            step = _next_number(tokens, index, busy)
            if step is None:
                break
            joined, at = step
            number = tokens[at].norm
            names = vocabulary.lookup((tokens[at],), (*words[:-1], number))
            if not names or _counts(tokens, at + 1, mentions):
                break
            from_before = mention.start > 0 and tokens[mention.start - 1].norm in FROM_WORDS
            if joined in RANGE_WORDS and int(number) > int(words[-1]) and not from_before:
                members = vocabulary.between(tuple(words[:-1]), int(words[-1]), int(number))
                out[-1] = replace(out[-1], names=members, end=at + 1, group=True)
            elif joined in RANGE_WORDS and not from_before:
                break
            else:
                out.append(Mention(names, at, at + 1))
            words[-1] = number
            index = at + 1
    return out


def _next_number(tokens: tuple[Token, ...], index: int, busy: set[int]) -> tuple[str, int] | None:
    """The joining word and the index of the number after it: "and 3", ", 4", ", and 5", "- 7"."""
    joined = ""
    while index < len(tokens) and (tokens[index].norm in LIST_WORDS or tokens[index].norm in RANGE_WORDS):
        if index in busy:
            return None
        joined = tokens[index].norm
        index += 1
    if not joined or index >= len(tokens) or index in busy or not is_number(tokens[index].norm):
        return None
    return joined, index


def _counts(tokens: tuple[Token, ...], after: int, mentions: list[Mention]) -> bool:
    """Whether the number before `after` counts what follows: "AMR-2 and 3 totes"."""
    if any(mention.start == after and mention.of(MentionKind.ITEM, MentionKind.TYPE) for mention in mentions):
        return True
    token = tokens[after] if after < len(tokens) else None
    return (
        token is not None
        and token.is_word
        and token.norm not in FUNCTION_WORDS
        and not any(mention.start <= after < mention.end for mention in mentions)
    )


def _join_ranges(mentions: list[Mention], tokens: tuple[Token, ...], vocabulary: Vocabulary) -> list[Mention]:
    """Read "AMR-9 to AMR-12" as one group, where both are robots of one series."""
    out: list[Mention] = []
    for mention in mentions:
        before = out[-1] if out else None
        if before is not None and mention.start - before.end == 1 and tokens[before.end].norm in RANGE_WORDS:
            left = [t.norm for t in tokens[before.start : before.end] if t.is_word]
            right = [t.norm for t in tokens[mention.start : mention.end] if t.is_word]
            robots = before.of(MentionKind.ROBOT) and mention.of(MentionKind.ROBOT)
            if robots and len(left) > 1 and left[:-1] == right[:-1] and is_number(left[-1]) and is_number(right[-1]):
                members = vocabulary.between(tuple(left[:-1]), int(left[-1]), int(right[-1]))
                if len(members) > 1:
                    out[-1] = replace(before, names=members, end=mention.end, group=True)
                    continue
        out.append(mention)
    return out


def _generic(tokens: tuple[Token, ...], vocabulary: Vocabulary, used: set[int]) -> list[Mention]:
    """Words for a kind: "all docks" is a group, "the pharmacy" is one place or a question, "robots 9 to 12" a range."""
    found: list[Mention] = []
    for length in (3, 2, 1):
        for start in range(len(tokens)):
            end = _window(tokens, start, length, used)
            if end is None:
                continue
            words = tuple(token.norm for token in tokens[start:end] if token.is_word)
            places, plural = vocabulary.kind(words)
            before = tokens[start - 1].norm if start else ""
            two = tokens[start - 2].norm if start > 1 else ""
            after = tokens[end].norm if end < len(tokens) else ""
            if not places or is_number(after):
                continue
            every = before in ALL_WORDS or (before in ARTICLES and two in ALL_WORDS)
            if not (every or plural or before in ARTICLES or before in PLACE_PREPOSITIONS):
                continue
            group = (every or plural) and len(places) > 1
            found.append(Mention(places, start, end, group=group))
            used |= set(range(start, end))
    found.extend(_bare_range(tokens, vocabulary, used))
    return found


def _bare_range(tokens: tuple[Token, ...], vocabulary: Vocabulary, used: set[int]) -> list[Mention]:
    """Read "9 to 12" at the end of a clause as robots, where they are the only ones with these numbers."""
    found: list[Mention] = []
    for index, (left, middle) in enumerate(pairwise(tokens)):
        if index + 2 >= len(tokens) or {index, index + 1, index + 2} & used:
            continue
        right = tokens[index + 2]
        after = tokens[index + 3].norm if index + 3 < len(tokens) else ""
        if not (is_number(left.norm) and is_number(right.norm) and middle.norm in RANGE_WORDS) or after[:1].isalnum():
            continue
        members = vocabulary.robots_numbered(int(left.norm), int(right.norm))
        if len(members) > 1:
            found.append(Mention(members, index, index + 3, group=True))
    return found


def _specific(mentions: list[Mention], tokens: tuple[Token, ...]) -> list[Mention]:
    """Read "pallets of water" as one thing: a container word before "of" joins the item whose name holds that word."""
    out: list[Mention] = []
    for mention in mentions:
        before = out[-1] if out else None
        between = [t.norm for t in tokens[before.end : mention.start]] if before else []
        if before and between in (["of"], ["of", "the"], ["mit"], ["de"]) and before.of(MentionKind.ITEM):
            container = stem(key(before.of(MentionKind.ITEM)[0].name)[-1])
            fitting = tuple(n for n in mention.of(MentionKind.ITEM) if container in map(stem, key(n.name)))
            if fitting:
                out[-1] = Mention(fitting, before.start, mention.end, before.fuzzy or mention.fuzzy)
                continue
        out.append(mention)
    return out
