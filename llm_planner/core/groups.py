"""Words for kinds and for members by their number: "all docks", "the first three docks", "die zweite Rampe", "die 7"."""

from __future__ import annotations

from itertools import pairwise

from llm_planner.core.concepts import known_noun
from llm_planner.core.mentions import Mention, inside, spans, window, words_of
from llm_planner.core.numbers import HAN_MEASURES, ORDINAL_ENDS, ORDINALS, words
from llm_planner.core.series import is_doing
from llm_planner.core.spellings import MentionKind, Name
from llm_planner.core.tokens import Token, is_number
from llm_planner.core.vocabulary import Vocabulary
from llm_planner.core.wordlists import (
    AFTER_ALL_WORDS,
    ALL_WORDS,
    ARTICLES,
    BOTH_WORDS,
    DEFINITE,
    FIRST_WORDS,
    FUNCTION_WORDS,
    LAST_WORDS,
    LIST_WORDS,
    PLACE_PREPOSITIONS,
    RANGE_WORDS,
    SEND_WORDS,
    TO_WORDS,
)

_TELL = frozenset("让叫派请把令给")
#: Behind a number at the beginning: "twelve is stuck".
_IS = words("is has needs should must can ist hat braucht soll muss kann est doit a esta tiene debe necesita")
_ENDS = frozenset(",.;:!?，。；：！？、")


def find_groups(
    mentions: list[Mention], tokens: tuple[Token, ...], vocabulary: Vocabulary, used: set[int], languages: frozenset[str]
) -> list[Mention]:
    """Mentions besides `mentions`. `used`: tokens that are taken."""
    found = _ordinals(tokens, vocabulary, used, languages)
    used |= spans(found)
    found += _kinds(tokens, vocabulary, used, languages)
    used |= spans(found)
    found += _bare_ranges(tokens, vocabulary, used)
    used |= spans(found)
    return found + _bare([*mentions, *found], tokens, vocabulary, used, languages)


def _ordinals(tokens: tuple[Token, ...], vocabulary: Vocabulary, used: set[int], languages: frozenset[str]) -> list[Mention]:
    """Read "second dock", "3rd floor", "die zweite Rampe", "第三个码头" as the member of the series with that number."""
    found: list[Mention] = []
    for start in range(len(tokens)):
        number, at = _ordinal(tokens, start)
        if not number or set(range(start, at)) & used:
            continue
        for length in (3, 2, 1):
            end = window(tokens, at, length, used) if at < len(tokens) else None
            names = vocabulary.numbered(words_of(tokens, at, end), str(number), languages) if end else ()
            names = tuple(name for name in names if name.kind is not MentionKind.ITEM)
            if end and names:
                found.append(Mention(names, start, end))
                used |= set(range(start, end))
                break
    return found


def _ordinal(tokens: tuple[Token, ...], index: int) -> tuple[int, int]:
    """(number, index after it) of an ordinal that begins here, or (0, 0)."""
    token = tokens[index]
    after = tokens[index + 1] if index + 1 < len(tokens) else None
    if token.norm in ORDINALS:
        return ORDINALS[token.norm], index + 1
    if token.norm == "第" and after is not None and is_number(after.norm):
        counter = index + 2 < len(tokens) and tokens[index + 2].norm in ("个", "号", "条", "台", "张")
        return int(after.norm), index + 2 + counter
    if is_number(token.norm) and after is not None and after.start == token.end and after.norm in ORDINAL_ENDS:
        return int(token.norm), index + 2
    return 0, 0


def _kinds(tokens: tuple[Token, ...], vocabulary: Vocabulary, used: set[int], languages: frozenset[str]) -> list[Mention]:
    """Words for a kind: "all docks" is a group, "the pharmacy" is one place or a question."""
    found: list[Mention] = []
    for length in (4, 3, 2, 1):
        for start in range(len(tokens)):
            end = window(tokens, start, length, used)
            if end is None or (end < len(tokens) and is_number(tokens[end].norm) and end not in used):
                continue
            places, plural = vocabulary.kind(words_of(tokens, start, end), languages)
            named = tuple(name for name in places if name.kind is MentionKind.PLACE)
            if not named and (plural or _every(tokens, start, 0, used)[0]):  # "every level": all that is in them
                named = vocabulary.inside(places)
            mention = _kind(tokens, start, end, named, plural, used) if named else None
            if mention is not None:
                found.append(mention)
                used |= set(range(mention.start, mention.end))
    return found


def _kind(
    tokens: tuple[Token, ...], start: int, end: int, places: tuple[Name, ...], plural: bool, used: set[int]
) -> Mention | None:
    some = _some(tokens, start, places, used)
    if some is not None:
        chosen, first = some
        return Mention(chosen, first, end, group=len(chosen) > 1, kind=True)
    word, first = _every(tokens, start, len(places), used)
    before = tokens[start - 1].norm if start else ""
    if start and start - 1 not in used and (tokens[start - 1].norm == "号" or is_number(tokens[start - 1].norm)) and not word:
        return None  # 99号码头
    han = not tokens[start].text.isascii() and len(tokens[start].norm) == 1 and tokens[start].norm.isalpha()
    if not (word or plural or before in ARTICLES or before in PLACE_PREPOSITIONS or (han and end - start > 1)):
        return None
    group = len(places) > 1 and (bool(word) or plural) and (word not in BOTH_WORDS or len(places) == 2)
    return Mention(places, first, end, group=group, kind=True)


def _every(tokens: tuple[Token, ...], start: int, count: int, used: set[int]) -> tuple[str, int]:
    """The word for "all" before a kind and where the mention begins: "all of the docks", "alle vier Rampen", "每个码头"."""
    index, first = start - 1, start
    while index >= 0 and index not in used and start - index < 4:
        norm = tokens[index].norm
        if norm in ALL_WORDS:
            return norm, first
        if is_number(norm) and int(norm) == count:
            first = index
        elif norm not in AFTER_ALL_WORDS:
            break
        index -= 1
    return "", start


def _some(tokens: tuple[Token, ...], start: int, places: tuple[Name, ...], used: set[int]) -> tuple[tuple[Name, ...], int] | None:
    """Read "first three docks", "drei letzten Rampen", "前三个码头": the members and where the mention begins."""
    index = start - 1
    if index >= 0 and tokens[index].norm in ("个", "条", "张"):
        index -= 1
    if index < 1 or {index, index - 1} & used:
        return None
    pair = [tokens[index - 1].norm, tokens[index].norm]
    numbers = [word for word in pair if is_number(word)]
    sides = [word for word in pair if word in FIRST_WORDS or word in LAST_WORDS]
    if len(numbers) != 1 or len(sides) != 1 or not 0 < int(numbers[0]) <= len(places):
        return None
    ranked = sorted(places, key=_rank)
    count = int(numbers[0])
    return tuple(ranked[:count] if sides[0] in FIRST_WORDS else ranked[-count:]), index - 1


def _rank(name: Name) -> tuple[tuple[int, int, str], ...]:
    return tuple((0, int(word), "") if is_number(word) else (1, 0, word) for word in inside(name))


def _bare_ranges(tokens: tuple[Token, ...], vocabulary: Vocabulary, used: set[int]) -> list[Mention]:
    """Read "9 to 12" at the end of a clause as robots, where they are the only ones with these numbers."""
    found: list[Mention] = []
    for index, (left, middle) in enumerate(pairwise(tokens)):
        if index + 2 >= len(tokens) or {index, index + 1, index + 2} & used:
            continue
        right = tokens[index + 2]
        after = tokens[index + 3].norm if index + 3 < len(tokens) else ""
        ends = not after[:1].isalnum() or (after in FUNCTION_WORDS and after not in ("of", "de", "个"))
        if not (is_number(left.norm) and is_number(right.norm) and middle.norm in RANGE_WORDS and ends):
            continue
        members = vocabulary.robots_numbered(int(left.norm), int(right.norm))
        if len(members) > 1:
            found.append(Mention(members, index, index + 3, group=True))
    return found


def _bare(
    mentions: list[Mention], tokens: tuple[Token, ...], vocabulary: Vocabulary, used: set[int], languages: frozenset[str]
) -> list[Mention]:
    """A number or letter alone that is a name: "send 7 to dock 3", "die 7 soll laden", "... und einen zur C"."""
    found: list[Mention] = []
    bare: set[int] = set()
    types = frozenset(name.name for mention in mentions for name in mention.of(MentionKind.TYPE))
    things = any(mention.of(MentionKind.ITEM) for mention in mentions)
    for index, token in enumerate(tokens):
        after = tokens[index + 1] if index + 1 < len(tokens) else None
        letter = len(token.text) == 1 and token.text.isascii() and token.text.isupper() and token.text not in "AI"
        if index in used or not (is_number(token.norm) or letter) or not counts_nothing(after):
            continue
        before = tokens[index - 1].norm if index else ""
        acts = (index == 0 or before in _ENDS) and after is not None and after.norm in _IS
        names = _continued(mentions, index, token.norm, tokens, vocabulary, languages) if before in TO_WORDS else ()
        robot = acts or before in SEND_WORDS or before in DEFINITE or (before in LIST_WORDS and index - 2 in bare)
        if not names and is_number(token.norm) and not things and robot:
            names = vocabulary.robot_numbered(int(token.norm), types)
            bare |= {index} if names else set()
        if names:
            found.append(Mention(names, index, index + 1))
            used.add(index)
    return found + _counted_robots(tokens, vocabulary, used)


def _counted_robots(tokens: tuple[Token, ...], vocabulary: Vocabulary, used: set[int]) -> list[Mention]:
    """Read "7号" as a robot where a clause begins with it or somebody is told to do something."""
    found: list[Mention] = []
    for index, (token, after) in enumerate(pairwise(tokens)):
        if {index, index + 1} & used or not is_number(token.norm) or after.norm != "号":
            continue
        begins = index == 0 or tokens[index - 1].norm in _ENDS or tokens[index - 1].norm in _TELL
        follower = tokens[index + 2].norm if index + 2 < len(tokens) else ""
        if not begins and follower and follower not in FUNCTION_WORDS:
            continue
        if any(known_noun(tuple(t.norm for t in tokens[index + 2 : index + 2 + n])) for n in (1, 2, 3)):
            continue
        names = vocabulary.robot_numbered(int(token.norm), frozenset())
        if names:
            found.append(Mention(names, index, index + 2))
            used |= {index, index + 1}
    return found


def counts_nothing(after: Token | None) -> bool:
    """Whether what follows a number is nothing that it could count."""
    if after is None or after.norm in _ENDS:
        return True
    if after.norm in HAN_MEASURES or after.norm in ("of", "de"):
        return False
    return (
        after.norm in FUNCTION_WORDS or after.norm in LIST_WORDS or (after.is_word and after.norm.isascii() and is_doing(after))
    )


def _continued(
    mentions: list[Mention], index: int, number: str, tokens: tuple[Token, ...], vocabulary: Vocabulary, languages: frozenset[str]
) -> tuple[Name, ...]:
    """The member of the series of the last numbered place before."""
    for mention in sorted(mentions, key=lambda mention: -mention.start):
        if mention.end > index or not mention.of(MentionKind.PLACE):
            continue
        words = words_of(tokens, mention.start, mention.end)
        if len(words) > 1 and (is_number(words[-1]) == is_number(number)) and len(words[-1]) <= 3:
            return vocabulary.numbered(words[:-1], number, languages)
    return ()
