"""Number words of the five languages operators write in, 1 to 999, as data; the tokeniser turns them into digits.

Words that are also everyday function words are left out on purpose ("un", "una", "ein", "a"): an article is not a count.
They stand only inside longer numbers ("vingt et un", "treinta y un").
"""

from __future__ import annotations

from itertools import product

Words = tuple[str, ...]


def words(text: str) -> frozenset[str]:
    """The words of a literal list, as a set."""
    return frozenset(text.split())


_EN = (
    "zero one two three four five six seven eight nine ten "
    "eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
)
_EN_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_DE = (
    "null eins zwei drei vier funf sechs sieben acht neun zehn elf "
    "zwolf dreizehn vierzehn funfzehn sechzehn siebzehn achtzehn neunzehn"
)
_DE_TENS = "zwanzig dreissig vierzig funfzig sechzig siebzig achtzig neunzig"
_FR = "zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
_ES = (
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce "
    "trece catorce quince dieciseis diecisiete dieciocho diecinueve "
    "veinte veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve"
)
_ES_TENS = "treinta cuarenta cincuenta sesenta setenta ochenta noventa"
_ES_HUNDREDS = "ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos"


def _english() -> dict[int, list[Words]]:
    out: dict[int, list[Words]] = {n: [(word,)] for n, word in enumerate(_EN.split())}
    for ten, word in enumerate(_EN_TENS.split(), 2):
        out[ten * 10] = [(word,)]
        for unit in range(1, 10):
            out[ten * 10 + unit] = [(word, *out[unit][0]), (word + out[unit][0][0],)]
    for hundred in range(1, 10):
        heads = [(*out[hundred][0], "hundred")] + ([("hundred",), ("a", "hundred")] if hundred == 1 else [])
        out[hundred * 100] = list(heads)
        for rest in range(1, 100):
            out[hundred * 100 + rest] = [(*head, *joint, *out[rest][0]) for head in heads for joint in ((), ("and",))]
    return out


def _german() -> dict[int, list[Words]]:
    spelled: dict[int, list[str]] = {n: [word] for n, word in enumerate(_DE.split())}
    spelled[2].append("zwo")
    for ten, word in enumerate(_DE_TENS.split(), 2):
        spelled[ten * 10] = [word]
        for unit in range(1, 10):
            spelled[ten * 10 + unit] = [f"{'ein' if unit == 1 else head}und{word}" for head in spelled[unit]]
    for hundred in range(1, 10):
        heads = ["hundert", "einhundert"] if hundred == 1 else [f"{head}hundert" for head in spelled[hundred]]
        spelled[hundred * 100] = heads
        for rest in range(1, 100):
            spelled[hundred * 100 + rest] = [
                f"{head}{joint}{tail}" for head, joint, tail in product(heads, ("", "und"), spelled[rest])
            ]
    umlauts = (("funf", "fuenf"), ("zwolf", "zwoelf"))
    out: dict[int, list[Words]] = {}
    for number, forms in spelled.items():
        both = dict.fromkeys(forms)
        for plain, long in umlauts:
            both.update(dict.fromkeys(form.replace(plain, long) for form in tuple(both)))
        out[number] = [(form,) for form in both]
    return out


def _french() -> dict[int, list[Words]]:
    out: dict[int, list[Words]] = {n: [(word,)] for n, word in enumerate(_FR.split())}
    for unit in (7, 8, 9):
        out[10 + unit] = [("dix", *out[unit][0])]
    for ten, word in ((20, "vingt"), (30, "trente"), (40, "quarante"), (50, "cinquante"), (60, "soixante")):
        out[ten] = [(word,)]
        for unit in range(1, 20 if ten == 60 else 10):
            joint = ("et",) if unit in (1, 11) else ()
            out[ten + unit] = [(word, *joint, *tail) for tail in out[unit]]
        out[ten + 1].append((word, "et", "une"))
    out[80] = [("quatre", "vingts"), ("quatre", "vingt")]
    for unit in range(1, 20):
        out[80 + unit] = [("quatre", "vingt", *tail) for tail in out[unit]]
    for old, ten in (("septante", 70), ("nonante", 90)):
        out[ten].append((old,))
        for unit in range(2, 10):
            out[ten + unit].append((old, *out[unit][0]))
    for hundred in range(1, 10):
        heads: list[Words] = [("cent",)] if hundred == 1 else [(*out[hundred][0], "cent"), (*out[hundred][0], "cents")]
        out[hundred * 100] = list(heads)
        for rest in range(1, 100):
            out[hundred * 100 + rest] = [(*head, *tail) for head in heads for tail in out[rest]]
    return out


def _spanish() -> dict[int, list[Words]]:
    out: dict[int, list[Words]] = {n: [(word,)] for n, word in enumerate(_ES.split())}
    for number in range(16, 20):
        out[number].append(("diez", "y", *out[number - 10][0]))
    for ten, word in enumerate(_ES_TENS.split(), 3):
        out[ten * 10] = [(word,)]
        for unit in range(1, 10):
            out[ten * 10 + unit] = [(word, "y", *out[unit][0])] + ([(word, "y", "un"), (word, "y", "una")] if unit == 1 else [])
    for hundred, word in enumerate(_ES_HUNDREDS.split(), 1):
        heads: list[Words] = [(word,), (f"{word[:-2]}as",)] if word.endswith("os") else [(word,)]
        out[hundred * 100] = list(heads) + ([("cien",)] if hundred == 1 else [])
        for rest in range(1, 100):
            out[hundred * 100 + rest] = [(*head, *tail) for head in heads for tail in out[rest]]
    return out


def _table() -> dict[Words, int]:
    table: dict[Words, int] = {}
    for language in (_english, _german, _french, _spanish):
        for number, forms in language().items():
            for form in forms:
                table.setdefault(form, number)
    # articles are no counts, and "once" counts in Spanish but sequences in English ("once that is done")
    for word in ("un", "once"):
        table.pop((word,), None)
    table.pop(("a", "hundred"), None)
    return table


#: Number words without hyphens to their value.
SPELLED = _table()
SPELLED_MAX = max(map(len, SPELLED))
#: Words that a number may begin with, and how long such a number is at most.
STARTS: dict[str, int] = {}
for _words in SPELLED:
    STARTS[_words[0]] = max(STARTS.get(_words[0], 0), len(_words))
#: Han digits: a run of them is one number ("二十四" is 24).
HAN_DIGITS = {**{c: i for i, c in enumerate("零一二三四五六七八九")}, "〇": 0, "两": 2, "俩": 2, "壹": 1}
#: After these a lone 一 counts; elsewhere it is part of a word (一起, 一下).
HAN_MEASURES = frozenset(
    "个個辆台箱托盘车件盒袋桶瓶份张条号层分点小刻半趟次遍只组批套楼区线排班部桌米秒打对捆卷包筐架把支管块片本双罐摞板床杯壶"
)
#: Before 一点 these make it "a bit": 快一点 is no clock time.
HAN_A_BIT = frozenset("快慢早晚多少小大轻稳近远高低好")
_FIRSTS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"
_ERSTE = "erste zweite dritte vierte funfte sechste siebte achte neunte zehnte elfte zwolfte"
_PREMIERS = "premier deuxieme troisieme quatrieme cinquieme sixieme septieme huitieme neuvieme dixieme onzieme douzieme"
_PRIMEROS = "primero segundo tercero cuarto quinto sexto septimo octavo noveno decimo undecimo duodecimo"
#: Ordinal words to their number ("cuarto" is left out: it is a room and a quarter).
ORDINALS: dict[str, int] = {
    **{word: n for row in (_FIRSTS, _PREMIERS, _PRIMEROS) for n, word in enumerate(row.split(), 1)},
    **{word + end: n for n, word in enumerate(_ERSTE.split(), 1) for end in ("", "n", "r", "s", "m")},
    **{word[:-1] + "a": n for n, word in enumerate(_PRIMEROS.split(), 1)},
    "premiere": 1,
    "primer": 1,
    "tercer": 3,
}
ORDINALS.pop("cuarto")
#: After digits: "3rd", "3e", "3ème", "3er", "3º".
ORDINAL_ENDS = words("st nd rd th e eme er ere ro do to")


def is_number(word: str) -> bool:
    """Whether a normalised token is a number in digits."""
    return word.isascii() and word.isdigit()
