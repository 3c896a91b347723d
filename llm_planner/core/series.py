"""Numbers and letters that go on with a series: "AMR-2 and 3", "docks 1, 2 and 4", "Linie A und B", "1到4号码头"."""

from __future__ import annotations

from dataclasses import replace

from llm_planner.core.common import COMMON_WORDS
from llm_planner.core.concepts import known_noun
from llm_planner.core.mentions import Mention, spans, words_of
from llm_planner.core.spellings import MentionKind, Name
from llm_planner.core.tokens import Token, is_number, stem
from llm_planner.core.vocabulary import Vocabulary
from llm_planner.core.wordlists import FROM_WORDS, FUNCTION_WORDS, LIST_WORDS, PLACE_PREPOSITIONS, RANGE_WORDS

#: These make a range even after "from": nobody drives "from dock 1 through dock 4".
SURE_RANGE = frozenset(("bis", "thru", "through"))
#: Single letters that are words of their own.
_LETTER_WORDS = frozenset("aiyeoudlnsmtc")

Words = tuple[str, ...]


def read_series(
    mentions: list[Mention], tokens: tuple[Token, ...], vocabulary: Vocabulary, taken: frozenset[int], languages: frozenset[str]
) -> list[Mention]:
    """The mentions with those that bare numbers and letters add, in reading order."""
    out: list[Mention] = []
    busy = set(taken) | spans(mentions)
    for mention in sorted(mentions, key=lambda mention: mention.start):
        before = _leading(mention, tokens, vocabulary, busy, languages)
        out += before or [mention]
        if mention.of(MentionKind.PLACE, MentionKind.ROBOT, MentionKind.AREA):
            _go_on(out, mention, tokens, vocabulary, busy, languages, mentions)
        busy |= spans(out)
    return out


def _go_on(
    out: list[Mention],
    mention: Mention,
    tokens: tuple[Token, ...],
    vocabulary: Vocabulary,
    busy: set[int],
    languages: frozenset[str],
    mentions: list[Mention],
) -> None:
    words = list(words_of(tokens, mention.start, mention.end))
    if words and words[-1] == "号":
        words.pop()
    index = mention.end
    while len(words) > 1 and (is_number(words[-1]) or _is_letter(words[-1])):
        step = _next(tokens, index, busy, letter=not is_number(words[-1]))
        if step is None:
            return
        joined, at = step
        number = tokens[at].norm
        names = vocabulary.numbered(tuple(words[:-1]), number, languages)
        if not names or _counts(tokens, mention, at, mentions):
            return
        from_before = mention.start > 0 and tokens[mention.start - 1].norm in FROM_WORDS and joined not in SURE_RANGE
        end = at + 2 if at + 1 < len(tokens) and tokens[at + 1].norm == "号" and at + 1 not in busy else at + 1
        if joined in RANGE_WORDS and not from_before:
            low, high = _bounds(words[-1], number)
            if low >= high:
                return
            members = (
                vocabulary.between(tuple(words[:-1]), low, high, languages)
                if is_number(number)
                else tuple(
                    name for code in range(low, high + 1) for name in vocabulary.numbered(tuple(words[:-1]), chr(code), languages)
                )
            )
            out[-1] = replace(out[-1], names=members, end=end, group=True)
        else:
            out.append(Mention(names, at, end))
        words[-1] = number
        index = end


def _bounds(first: str, last: str) -> tuple[int, int]:
    return (int(first), int(last)) if is_number(first) and is_number(last) else (ord(first[0]), ord(last[0]))


def _is_letter(word: str) -> bool:
    return len(word) == 1 and word.isascii() and word.isalpha()


def _next(tokens: tuple[Token, ...], index: int, busy: set[int], *, letter: bool) -> tuple[str, int] | None:
    """The joining word and the index of the number (or letter) after it: "and 3", ", 4", ", and 5", "- 7", "und B"."""
    joined = ""
    while index < len(tokens) and (tokens[index].norm in LIST_WORDS or tokens[index].norm in RANGE_WORDS):
        if index in busy:
            return None
        joined = tokens[index].norm
        index += 1
    if not joined or index >= len(tokens) or index in busy:
        return None
    token = tokens[index]
    if letter:
        alone = index + 1 >= len(tokens) or tokens[index + 1].start > token.end or not tokens[index + 1].is_word
        fits = _is_letter(token.norm) and alone and (token.text.isupper() or token.norm not in _LETTER_WORDS)
    else:
        fits = is_number(token.norm)
    return (joined, index) if fits else None


def _counts(tokens: tuple[Token, ...], mention: Mention, at: int, mentions: list[Mention]) -> bool:
    """Whether the number counts what follows: "AMR-2 and 3 totes", "two at bay 1 and two at bay 3"."""
    after = at + 1
    follower = next((found for found in mentions if found.start <= after < found.end), None)
    if follower is not None:
        return bool(follower.of(MentionKind.ITEM, MentionKind.TYPE))
    token = tokens[after] if after < len(tokens) else None
    if token is None or not token.is_word or token.norm == "号":
        return False
    if token.norm not in FUNCTION_WORDS:
        return not is_doing(token)
    again = token.norm in PLACE_PREPOSITIONS and mention.start > 0 and tokens[mention.start - 1].norm == token.norm
    number = after + 1 < len(tokens) and is_number(tokens[after + 1].norm)
    return again and (number or any(found.start == after + 1 and found.of(MentionKind.PLACE) for found in mentions))


def is_doing(token: Token) -> bool:
    """Whether this is a verb or the like rather than a thing that could be counted."""
    doing = token.norm.endswith("ing") or not token.norm.isascii()
    return doing or (token.norm in COMMON_WORDS and not known_noun((token.norm,)))


def _leading(
    mention: Mention, tokens: tuple[Token, ...], vocabulary: Vocabulary, busy: set[int], languages: frozenset[str]
) -> list[Mention]:
    """Chinese puts the number first: "1号到4号码头", "1、2、3号码头". () where nothing of the kind stands before."""
    words = words_of(tokens, mention.start, mention.end)
    if len(words) < 2 or not is_number(words[0]) or tokens[mention.end - 1].text.isascii():
        return []
    base, found, at, number = words[1:], [mention], mention.start, int(words[0])
    while True:
        joint = at - 1
        last = joint - 1
        if last > 0 and tokens[last].norm == "号":
            last -= 1
        if last < 0 or {last, joint} & busy or not is_number(tokens[last].norm):
            break
        joined = tokens[joint].norm
        names = vocabulary.numbered(base, tokens[last].norm, languages)
        if not names or joined not in (LIST_WORDS | RANGE_WORDS):
            break
        if joined in RANGE_WORDS:
            if int(tokens[last].norm) >= number or (last > 0 and tokens[last - 1].norm in FROM_WORDS):
                break
            found[0] = replace(
                found[0], names=vocabulary.between(base, int(tokens[last].norm), number, languages), start=last, group=True
            )
            break
        found.insert(0, Mention(names, last, joint))
        at, number = last, int(tokens[last].norm)
    return found if len(found) > 1 or found[0].group else []


def join_ranges(
    mentions: list[Mention], tokens: tuple[Token, ...], vocabulary: Vocabulary, languages: frozenset[str]
) -> list[Mention]:
    """Read "AMR-9 to AMR-12" and "Rampe 1 bis Rampe 4" as one group, where both are of one series."""
    out: list[Mention] = []
    for mention in sorted(mentions, key=lambda mention: mention.start):
        before = out[-1] if out else None
        members = _range(before, mention, tokens, vocabulary, languages) if before is not None else ()
        if before is not None and len(members) > 1:
            out[-1] = replace(before, names=members, end=mention.end, group=True)
        else:
            out.append(mention)
    return out


def _range(
    before: Mention, mention: Mention, tokens: tuple[Token, ...], vocabulary: Vocabulary, languages: frozenset[str]
) -> tuple[Name, ...]:
    if mention.start - before.end != 1 or tokens[before.end].norm not in RANGE_WORDS:
        return ()
    left, right = (
        tuple(word for word in words_of(tokens, found.start, found.end) if word != "号" or is_number(tokens[found.start].norm))
        for found in (before, mention)
    )
    if not left or not right:
        return ()
    joint = tokens[before.end]
    robots = bool(before.of(MentionKind.ROBOT) and mention.of(MentionKind.ROBOT))
    places = bool(before.of(MentionKind.PLACE) and mention.of(MentionKind.PLACE))
    plural = stem(left[0]) != left[0] and len(left) > 2 and right[:-1] == left[1:-1] and is_number(right[-1])  # "gates A1 to A4"
    if places and plural and is_number(left[-1]):
        return vocabulary.between(left[:-1], int(left[-1]), int(right[-1]), languages)
    glued = joint.start == tokens[before.end - 1].end and joint.end == tokens[mention.start].start and not joint.is_word
    if not (robots or (places and (joint.norm in SURE_RANGE or glued))):
        return ()
    if len(left) > 1 and left[:-1] == right[:-1] and is_number(left[-1]) and is_number(right[-1]):
        return vocabulary.between(left[:-1], int(left[-1]), int(right[-1]), languages)
    if len(left) > 1 and left[1:] == right[1:] and is_number(left[0]) and is_number(right[0]):
        return vocabulary.between(left[1:], int(left[0]), int(right[0]), languages)
    return ()
