"""A sentence cut into clauses, one per wish, with what each mentions and which operations its words hint at.

Cutting is by rule (", then", "and", a full stop) because a small model loses track of who does what across clauses; what a
clause means is left to the model.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from llm_planner.core import lexicon
from llm_planner.core.facts import Fact, find_facts
from llm_planner.core.linking import Mention, MentionKind, Vocabulary, link
from llm_planner.core.numbers import words
from llm_planner.core.tokens import JOINERS, Token, is_number, tokenize

_ARTICLES = words("the a an any some der die das den dem el la los las le les l un une all my our their his her its")
_BETWEEN_NUMBER_AND_NAME = words("of x × more other full empty large small heavy spare 个 辆 箱 托 de von")
_PRONOUNS = words("it they them he she er sie es ihn il elle lo la 它 他")
_ASKING = words(
    "should if is are has have does did was were ist sind hat est sont esta estan why who what how when where which "
    "wo wann wer warum 吗"
)
_THERE = words("there dort alli ahi")


@dataclass(frozen=True, slots=True)
class Part:
    """One mention in its clause. `role`: what a word before it says ("from", "to", ...), else "". `listed`: goes on a list."""

    mention: Mention
    role: str = ""
    count: int | None = None
    listed: bool = False


@dataclass(frozen=True, slots=True)
class Clause:
    """`ops`: operations that its words hint at; empty when none do. `subject_first`: a robot is named before the verb."""

    lead: str
    start: int
    end: int
    parts: tuple[Part, ...]
    facts: tuple[Fact, ...]
    ops: frozenset[str]
    subject_first: bool
    pronoun: bool
    there: bool
    elliptic: bool = False  # no verb of its own: the clause before lends it


@dataclass(frozen=True, slots=True)
class Sentence:
    """All that is known about a sentence before the model sees it."""

    text: str
    tokens: tuple[Token, ...]
    mentions: tuple[Mention, ...]
    clauses: tuple[Clause, ...]
    free: tuple[Token, ...]
    unknown: tuple[Token, ...]
    loose_numbers: tuple[Token, ...]
    reported: bool
    negated: bool
    unsafe: bool
    people: bool

    def words_of(self, mention: Mention) -> str:
        """The mention as the operator wrote it."""
        return self.text[self.tokens[mention.start].start : self.tokens[mention.end - 1].end]


@dataclass(slots=True)
class _Segment:
    lead: str
    start: int
    end: int
    cues: list[tuple[int, frozenset[str]]] = field(default_factory=list)
    elliptic: bool = False


def read(text: str, vocabulary: Vocabulary) -> Sentence:
    """The sentence, linked and cut. Pure and bounded by the sentence's length."""
    tokens = tokenize(text)
    facts = find_facts(tokens)
    in_facts = frozenset(i for fact in facts for i in range(fact.start, fact.end))
    mentions = link(tokens, vocabulary, in_facts, lexicon.KNOWN_WORDS)
    owned = in_facts | {i for mention in mentions for i in range(mention.start, mention.end)}
    cues = _find_cues(tokens, owned)
    counts = {mention: _count_before(tokens, mention, owned) for mention in mentions}
    segments = _merge(_segments(tokens, owned, cues), mentions, tokens)
    used_numbers = {index for index, _ in filter(None, counts.values())}
    clauses = tuple(_clause(segment, tokens, mentions, facts, counts) for segment in segments)
    cue_tokens = {i for start, end, _ in cues for i in range(start, end)}
    free = [token for i, token in enumerate(tokens) if i not in owned and i not in cue_tokens and i not in used_numbers]
    spoken = [token.norm for token in tokens]
    return Sentence(
        text=text,
        tokens=tokens,
        mentions=mentions,
        clauses=clauses,
        free=tuple(free),
        unknown=tuple(t for t in free if t.is_word and not is_number(t.norm) and t.norm not in lexicon.KNOWN_WORDS),
        loose_numbers=tuple(t for t in free if is_number(t.norm)),
        reported=bool(tokens) and tokens[0].norm not in _ASKING and any(t.norm in lexicon.REPORTS for t in free),
        negated=any(t.norm in lexicon.NEGATIONS for t in free),
        unsafe=any(_at(spoken, start, phrase) for phrase in lexicon.UNSAFE for start in range(len(spoken))),
        people=any(t.norm in lexicon.PEOPLE for t in free),
    )


def _find_cues(tokens: tuple[Token, ...], owned: frozenset[int]) -> list[tuple[int, int, frozenset[str]]]:
    words = [token.norm for token in tokens]
    cues: list[tuple[int, int, frozenset[str]]] = []
    index = 0
    while index < len(words):
        step = 1
        for length in range(lexicon.CUE_WORDS_MAX, 0, -1):
            window, end = _words_from(tokens, index, length)
            if window in lexicon.CUES and not owned & set(range(index, end)):
                cues.append((index, end, lexicon.CUES[window]))
                step = end - index
                break
        index += step
    return cues


def _words_from(tokens: tuple[Token, ...], start: int, count: int) -> tuple[tuple[str, ...], int]:
    """The next `count` words from `start`, joining punctuation skipped ("e-stop" is "e stop"), and where they end."""
    words: list[str] = []
    index = start
    while index < len(tokens) and len(words) < count:
        token = tokens[index]
        if token.is_word:
            words.append(token.norm)
        elif not words or token.norm not in JOINERS or token.norm == ".":
            break
        index += 1
    return tuple(words) if len(words) == count else (), index


def _segments(tokens: tuple[Token, ...], owned: frozenset[int], cues: list[tuple[int, int, frozenset[str]]]) -> list[_Segment]:
    """Stretches between separators; a separator with a sequencing word makes the lead "then"."""
    words = [token.norm for token in tokens]
    segments = [_Segment("", 0, 0)]
    index = 0
    while index < len(tokens):
        length, then = _separator(words, index, owned)
        if length:
            if segments[-1].start == segments[-1].end and len(segments) >= 1:
                segments[-1].lead = "then" if then else segments[-1].lead
                segments[-1].start = segments[-1].end = index + length
            else:
                segments.append(_Segment("then" if then else "and", index + length, index + length))
            index += length
        else:
            segments[-1].end = index + 1
            index += 1
    kept = [segment for segment in segments if segment.start < segment.end]
    for segment in kept:
        segment.cues = [(start, ops) for start, end, ops in cues if segment.start <= start < segment.end]
    return kept


def _separator(words: list[str], index: int, owned: frozenset[int]) -> tuple[int, bool]:
    if index in owned:
        return 0, False
    if words[index] in lexicon.BREAKS:
        return 1, False
    for phrases, then in ((lexicon.SEQUENCERS, True), (lexicon.CONJUNCTIONS, False)):
        for phrase in sorted(phrases, key=len, reverse=True):
            if _at(words, index, phrase) and not owned & set(range(index, index + len(phrase))):
                return len(phrase), then
    return 0, False


def _merge(segments: list[_Segment], mentions: tuple[Mention, ...], tokens: tuple[Token, ...]) -> list[_Segment]:
    """Segments that do not stand alone join a neighbour: lists, vocatives ("FL-1, ..."), fillers, "go and ..."."""
    out: list[_Segment] = []
    for segment in segments:
        if not out:
            out.append(segment)
            continue
        before = out[-1]
        mine, theirs = _kinds(segment, mentions), _kinds(before, mentions)
        pronoun = any(token.norm in _PRONOUNS for token in tokens[segment.start : segment.end])
        ends = any(_role(tokens, mention) == "to" for mention in mentions if before.start <= mention.start < before.end)
        if _stands_alone(segment, mine, before, theirs, pronoun=pronoun, ends=ends):
            # "... to dock 1 then dock 2": the verb of the clause before still holds
            segment.elliptic = not segment.cues
            segment.cues = segment.cues or [(segment.end, _common([ops for _, ops in before.cues]))]
            out.append(segment)
        else:
            before.end = segment.end
            before.cues += segment.cues
    for first in out[:1]:
        first.lead = ""
    return out


def _stands_alone(
    segment: _Segment, mine: set[MentionKind], before: _Segment, theirs: set[MentionKind], *, pronoun: bool, ends: bool
) -> bool:
    if not before.cues:
        return False
    if not theirs and not any({"cancel", "emergency_stop"} & ops for _, ops in before.cues):
        return False
    places = {MentionKind.PLACE, MentionKind.AREA}
    if pronoun and MentionKind.ITEM in theirs and MentionKind.ITEM not in mine and not ends:
        return False  # "fetch 5 totes from A and bring them to B" is one trip
    if not segment.cues:
        repeats_item = MentionKind.ITEM in mine and bool(mine & places) and MentionKind.ITEM in theirs and bool(theirs & places)
        return repeats_item or (segment.lead == "then" and bool(mine & places))
    return bool(mine) or segment.lead == "then" or any(ops & {"charge", "wait", "park", "recall"} for _, ops in segment.cues)


def _kinds(segment: _Segment, mentions: tuple[Mention, ...]) -> set[MentionKind]:
    inside = (m for m in mentions if segment.start <= m.start < segment.end)
    return {name.kind for mention in inside for name in mention.names}


def _clause(
    segment: _Segment,
    tokens: tuple[Token, ...],
    mentions: tuple[Mention, ...],
    facts: tuple[Fact, ...],
    counts: dict[Mention, tuple[int, int] | None],
) -> Clause:
    parts: list[Part] = []
    for mention in mentions:
        if not segment.start <= mention.start < segment.end:
            continue
        role = _role(tokens, mention)
        listed = bool(parts) and _is_list(tokens, parts[-1].mention, mention)
        if not role and listed:
            role = parts[-1].role
        count = counts[mention]
        parts.append(Part(mention, role, count[1] if count else None, listed))
    cues = [cue for _, cue in segment.cues]
    if any(fact.slot == "speed" and segment.start <= fact.start < segment.end for fact in facts):
        cues.append(frozenset({"set_speed"}))
    ops = _common(cues)
    if tokens[segment.start].norm in _ASKING:
        ops = frozenset(op for op in frozenset().union(*cues) if op.startswith("ask ")) or lexicon.ASKS
    first_cue = min((start for start, _ in segment.cues), default=segment.end)
    words = {token.norm for token in tokens[segment.start : segment.end]}
    return Clause(
        lead=segment.lead,
        start=segment.start,
        end=segment.end,
        parts=tuple(parts),
        facts=tuple(fact for fact in facts if segment.start <= fact.start < segment.end),
        ops=ops,
        subject_first=any(part.mention.start < first_cue and part.mention.of(MentionKind.ROBOT) for part in parts),
        pronoun=bool(words & _PRONOUNS),
        there=bool(words & _THERE),
        elliptic=segment.elliptic,
    )


def _common(cues: list[frozenset[str]]) -> frozenset[str]:
    """What all cues agree on, else what any of them hints at ("send ... to charge": charge)."""
    if not cues:
        return frozenset()
    shared = frozenset.intersection(*cues)
    return shared or frozenset.union(*cues)


def _role(tokens: tuple[Token, ...], mention: Mention) -> str:
    index = mention.start - 1
    while index >= 0 and (tokens[index].norm in _ARTICLES or is_number(tokens[index].norm)):
        index -= 1
    best = ("", 0)
    for phrase, role in lexicon.PLACE_ROLES:
        start = index - len(phrase) + 1
        if len(phrase) > best[1] and start >= 0 and _at([t.norm for t in tokens], start, phrase):
            best = (role, len(phrase))
    return best[0]


def _is_list(tokens: tuple[Token, ...], left: Mention, right: Mention) -> bool:
    between = [t.norm for t in tokens[left.end : right.start] if t.norm not in _ARTICLES]
    joins = {",", "and", "&", "und", "y", "et", "then", "+", "和", "、"}
    same_kind = {n.kind for n in left.names} & {n.kind for n in right.names}
    return bool(between) and bool(same_kind) and all(word in joins for word in between)


def _count_before(tokens: tuple[Token, ...], mention: Mention, owned: frozenset[int]) -> tuple[int, int] | None:
    """A free number right before an item or a type: (its token, its value)."""
    if not mention.of(MentionKind.ITEM, MentionKind.TYPE):
        return None
    index = mention.start - 1
    while index >= 0 and index not in owned and tokens[index].norm in _BETWEEN_NUMBER_AND_NAME:
        index -= 1
    if index >= 0 and index not in owned and is_number(tokens[index].norm):
        return index, int(tokens[index].norm)
    return None


def _at(words: list[str], start: int, phrase: tuple[str, ...]) -> bool:
    return tuple(words[start : start + len(phrase)]) == phrase
