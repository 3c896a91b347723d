"""Commands by grammar, where the banks hold phrases: terse notes and plain orders in every order of their parts.

A bank line shows one wording; this shows that the parts of a command may be said or left out, in any order, with or
without a verb, and that lists mean one job each.
"""

from __future__ import annotations

from random import Random
from typing import NamedTuple

from llm_planner.training.bank import Entry, entry


class Words(NamedTuple):
    """The small words of one language. `{}` is filled with placeholders."""

    start: tuple[str, ...]
    verbs: tuple[str, ...]
    source: tuple[str, ...]
    target: tuple[str, ...]
    robot_first: tuple[str, ...]
    robot_last: tuple[str, ...]
    kind: tuple[str, ...]
    due: tuple[str, ...]
    at: tuple[str, ...]
    high: tuple[str, ...]
    urgent: tuple[str, ...]
    low: tuple[str, ...]
    avoid: tuple[str, ...]
    times: tuple[str, ...]
    end: tuple[str, ...]
    and_: tuple[str, ...]
    then: tuple[str, ...]
    jobs: dict[str, tuple[str, ...]]
    each: tuple[str, ...]


_EN = Words(
    ("", "", "", "please ", "pls ", "can you ", "could someone ", "i need you to ", "ok ", "hey ", "we need to "),
    ("bring", "take", "get", "move", "run", "send", "haul", "shift", "deliver", "fetch", "carry", "transport", "drop", "pop", "bung", "ship"),
    ("from {}", "from {}", "out of {}", "off {}", "ex {}", "at {}", "{} ->", "pick up at {}"),
    ("to {}", "to {}", "to {}", "over to {}", "for {}", "into {}", "-> {}", "up to {}", "across to {}", "drop at {}"),
    ("{}, ", "{}: ", "{} ", "{} please ", "ok {}, ", "get {} to ", "{} can ", "have {} ", "tell {} to ", "{} should "),
    (", {}", " with {}", ", {} can do it", " by {}", " - {}", ", use {}", ". {} does it", ". {}", ", give it to {}"),
    (" with a {}", ", any {}", ", some {}", ", {} only", " by {}", ", a {} will do"),
    ("by {}", "before {}", "no later than {}", "within {}", "there by {}", "b4 {}", "latest {}", "it has to be there by {}", "in under {}"),
    ("at {}", "from {} on", "after {}", "in {}", "not before {}", "starting {}"),
    ("asap", "quick", "hurry", "quickly please", "fast as you can", "top of the list", "chop chop"),
    ("urgent", "stat", "emergency", "it's urgent", "super urgent"),
    ("no rush", "whenever", "when you get a minute", "low priority", "no hurry"),
    (", avoid {}", ", not through {}", ", stay out of {}", ", keep clear of {}"),
    (" {} times", ", {} times over"),
    ("", "", "", ".", " please", " thanks", "!", " ta", ", cheers", " now"),
    (" and ", " and ", ", ", " plus ", " & ", " and also "),
    (", then ", " then ", ", after that ", " and then ", "; next ", " and after that "),
    {"clean": ("clean", "mop", "sweep", "scrub", "give a wash to", "do", "take"), "inspect": ("inspect", "check", "have a look at", "look over", "check on", "do"),
     "disinfect": ("disinfect", "sanitise", "uv", "do", "treat", "take"), "go": ("go to", "head to", "drive to", "over to", "to"),
     "patrol": ("patrol", "do the rounds of", "make a round", "keep an eye on"), "wait": ("wait at", "stand by at", "hold at", "stay at")},
    (" each", " each", " apiece"),
)  # fmt: skip
_DE = Words(
    ("", "", "", "bitte ", "mal ", "kannst du ", "ich brauche ", "wir brauchen ", "einmal "),
    ("bring", "bringe", "hol", "fahr", "transportier", "schaff", "liefer", "nimm", "trag"),
    ("von {}", "vom {}", "aus {}", "aus dem {}", "von der {}", "ab {}", "{} ->"),
    ("nach {}", "zu {}", "zum {}", "zur {}", "an {}", "ins {}", "auf {}", "rüber zu {}", "-> {}", "in die {}", "für {}"),
    ("{}, ", "{}: ", "{} ", "{} bitte ", "{} soll ", "schick {}, "),
    (", {}", " mit {}", ", {} macht das", ", das macht {}", " - {}", ", nimm {}", ". {} fährt"),
    (" mit einem {}", ", irgendein {}", ", {} reicht", ", ein {} soll es machen"),
    ("bis {}", "vor {}", "spätestens {}", "innerhalb von {}", "muss bis {} da sein", "binnen {}"),
    ("um {}", "ab {}", "nach {}", "in {}", "nicht vor {}"),
    ("schnell", "so schnell wie möglich", "eilt", "zügig", "sofort", "und zwar schnell", "hopp hopp"),
    ("dringend", "notfall", "sehr dringend", "ganz dringend"),
    ("keine eile", "wenn zeit ist", "hat zeit", "eilt nicht", "bei gelegenheit"),
    (", nicht durch {}", ", {} meiden", ", um {} herum", ", aber nicht über {}"),
    (" {} mal", ", das {} mal"),
    ("", "", "", ".", " bitte", " danke", "!", ", danke dir"),
    (" und ", " und ", ", ", " sowie ", " plus ", " und auch "),
    (", dann ", " und dann ", ", danach ", " und danach ", "; anschließend "),
    {"clean": ("reinige", "putz", "wisch", "sauber machen:", "mach", "kehr"), "inspect": ("prüf", "kontrollier", "schau dir an:", "inspizier", "mach"),
     "disinfect": ("desinfizier", "uv für", "mach", "behandle"), "go": ("fahr zu", "fahr nach", "ab zu", "rüber zu"),
     "patrol": ("patrouillier", "dreh eine runde:", "runde über"), "wait": ("warte an", "warte bei", "bleib an")},
    (" je", " jeweils", " pro stelle"),
)  # fmt: skip
_FR = Words(
    ("", "", "", "stp ", "svp ", "il faut ", "peux-tu ", "on a besoin de ", "merci de "),
    ("apporte", "amène", "livre", "prends", "emmène", "transporte", "porte", "envoie", "descends", "monte", "apporter", "livrer", "emmener"),
    ("de {}", "du {}", "de la {}", "depuis {}", "de l'{}", "{} ->", "à prendre à {}"),
    ("à {}", "au {}", "à la {}", "à l'{}", "vers {}", "pour {}", "chez {}", "-> {}", "jusqu'à {}", "en {}"),
    ("{}, ", "{} : ", "{} ", "{} s'il te plaît ", "que {} ", "dis à {}, "),
    (", {}", " avec {}", ", {} s'en charge", " par {}", " - {}", ", que {} le fasse", ". {} y va"),
    (" avec un {}", ", n'importe quel {}", ", un {} suffit"),
    ("avant {}", "d'ici {}", "pour {} au plus tard", "dans les {}", "il faut que ce soit là à {} max", "en moins de {}"),
    ("à {}", "à partir de {}", "après {}", "dans {}", "pas avant {}"),
    ("vite", "au plus vite", "dès que possible", "rapidement", "ça presse", "tout de suite"),
    ("urgent", "en urgence", "c'est urgent", "urgence absolue"),
    ("pas pressé", "quand tu peux", "ça ne presse pas", "sans urgence"),
    (", évite {}", ", sans passer par {}", ", pas par {}"),
    (" {} fois", ", {} fois de suite"),
    ("", "", "", ".", " merci", " svp", " stp", " !"),
    (" et ", " et ", ", ", " plus ", " ainsi que "),
    (", puis ", " puis ", ", ensuite ", " et ensuite ", ", après ça "),
    {"clean": ("nettoie", "lave", "passe la serpillière à", "balaie", "fais"), "inspect": ("inspecte", "vérifie", "contrôle", "jette un œil à", "fais"),
     "disinfect": ("désinfecte", "passe aux uv", "fais", "traite"), "go": ("va à", "file à", "rends-toi à", "direction"),
     "patrol": ("patrouille", "fais une ronde :", "ronde à"), "wait": ("attends à", "reste à", "patiente à")},
    (" chacun", " à chaque", " par poste"),
)  # fmt: skip
_ES = Words(
    ("", "", "", "por favor ", "hay que ", "puedes ", "necesito ", "necesitamos ", "favor de "),
    ("lleva", "trae", "mueve", "entrega", "manda", "transporta", "pasa", "sube", "baja", "llevar", "traer", "mueva", "lleve"),
    ("de {}", "del {}", "desde {}", "de la {}", "{} ->", "saca de {}"),
    ("a {}", "al {}", "a la {}", "hasta {}", "para {}", "hacia {}", "-> {}", "en {}"),
    ("{}, ", "{}: ", "{} ", "{} por favor ", "que {} ", "dile a {} que "),
    (", {}", " con {}", ", que lo haga {}", ", lo hace {}", " - {}", ". va {}"),
    (" con un {}", ", cualquier {}", ", un {} sirve"),
    ("antes de {}", "para {} a más tardar", "en menos de {}", "tiene que estar en {} como mucho", "a más tardar {}"),
    ("a partir de {}", "después de {}", "dentro de {}", "no antes de {}"),
    ("rápido", "lo antes posible", "corre prisa", "cuanto antes", "ya mismo"),
    ("urgente", "es urgente", "emergencia", "muy urgente"),
    ("sin prisa", "cuando puedas", "no corre prisa", "sin apuro"),
    (", evita {}", ", sin pasar por {}", ", no por {}"),
    (" {} veces", ", {} veces"),
    ("", "", "", ".", " gracias", " porfa", "!", ", gracias"),
    (" y ", " y ", ", ", " más ", " y también "),
    (", luego ", " y luego ", ", después ", " y después ", "; al acabar "),
    {"clean": ("limpia", "friega", "barre", "haz", "limpiar"), "inspect": ("revisa", "inspecciona", "echa un vistazo a", "comprueba", "haz"),
     "disinfect": ("desinfecta", "uv en", "haz", "desinfectar"), "go": ("ve a", "vete a", "ir a", "pásate por"),
     "patrol": ("patrulla", "haz una ronda:", "ronda por"), "wait": ("espera en", "quédate en", "aguarda en")},
    (" cada uno", " a cada uno", " en cada uno"),
)  # fmt: skip
_ZH = Words(
    ("", "", "", "请", "麻烦", "帮忙", "需要", "劳驾"),
    ("送", "运", "搬", "拿", "拉", "带", "取", "送一下", "运一下"),
    ("从{}", "从{}", "由{}", "在{}取", "{}的"),
    ("到{}", "送到{}", "去{}", "给{}", "到{}", "往{}", "拉到{}"),
    ("{}，", "{}", "让{}", "{}去", "叫{}", "派{}"),
    ("，{}去", "，用{}", "，让{}送", "，{}负责", " {}"),
    ("，用{}", "，随便哪台{}", "，派个{}"),
    ("{}前", "{}之前", "{}以前送到", "{}内", "最晚{}"),
    ("{}以后", "{}再", "{}后", "从{}开始"),
    ("快点", "尽快", "赶紧", "抓紧", "马上"),
    ("紧急", "加急", "急件", "十万火急"),
    ("不急", "有空再说", "不着急", "慢慢来"),
    ("，避开{}", "，别走{}", "，绕开{}", "，不要经过{}"),
    ("，{}次", "{}趟"),
    ("", "", "", "。", "谢谢", "！", "吧", "哈"),
    ("，", "，", "、", "，还有", "，再加"),
    ("，然后", "，再", "，之后", "，完了", "，接着"),
    {"clean": ("打扫", "清扫", "拖", "清洁", "做"), "inspect": ("检查", "巡检", "看一下", "查"),
     "disinfect": ("消毒", "紫外线照", "做"), "go": ("去", "到", "开到"),
     "patrol": ("巡逻", "转一圈", "巡一遍"), "wait": ("在", "去", "到")},
    ("各", "分别", "每处"),
)  # fmt: skip
#: Phrases that take a duration; all others of their kind take a time of day.
_SPANS = {
    "within {}", "in under {}", "in {}", "innerhalb von {}", "binnen {}", "dans les {}", "en moins de {}", "dans {}",
    "en menos de {}", "dentro de {}", "{}内", "{}后",
}  # fmt: skip
WORDS = {"en": _EN, "de": _DE, "fr": _FR, "es": _ES, "zh": _ZH}


class Maker:
    """One command being made: counts placeholders by letter."""

    def __init__(self, language: str, rng: Random) -> None:
        self.words, self.rng, self.language = WORDS[language], rng, language
        self.space = "" if language == "zh" else " "
        self._numbers: dict[str, int] = {}

    def new(self, letter: str) -> str:
        self._numbers[letter] = self._numbers.get(letter, 0) + 1
        return f"{letter}{self._numbers[letter]}"

    def pick(self, options: tuple[str, ...], label: str = "") -> str:
        return self.rng.choice(options).replace("{}", label)

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def listed(self, labels: list[str], ordered: bool = False) -> str:
        between = self.words.then if ordered else self.words.and_
        if len(labels) == 1:
            return labels[0]
        comma = "、" if self.language == "zh" else ", "
        return comma.join(labels[:-1]) + self.pick(between) + labels[-1]


def terse(language: str, rng: Random) -> Entry:
    """One command with its skeleton, as a bank entry."""
    maker = Maker(language, rng)
    said, meant = rng.choices((_move, _moves, _shares, _onsite, _handover), (44, 20, 10, 16, 10))[0](maker)
    return _renumbered(language, said, meant)


def _what(m: Maker, plural: bool = True) -> tuple[str, str, str]:
    """(words, item, count slot)."""
    item = m.new("J") if m.chance(0.06) else m.new("I")
    if m.chance(0.6):
        count = m.new("N")
        mark = f"{item}+" if plural and item[0] == "I" and m.chance(0.7) else item
        words = m.rng.choice((f"{count} {mark}", f"{count} {mark}", f"{count} x {mark}", f"{count} {mark}"))
        if m.language == "zh":
            words = m.rng.choice((f"{count}个{item}", f"{count} {item}", f"{item}{count}个", f"{count}箱{item}"))
        return words, item, f" x {count}"
    article = {
        "en": ("the ", "a ", "", ""),
        "de": ("die ", "den ", "das ", "eine ", ""),
        "fr": ("le ", "la ", "un ", "l'", ""),
        "es": ("el ", "la ", "un ", ""),
        "zh": ("", "把"),
    }
    return m.rng.choice(article[m.language]) + item, item, ""


def _extras(m: Maker, robot: bool, *, lean: bool = False) -> tuple[str, str, str, dict[str, str]]:
    """(words before, words in the middle, words after, slots). `lean`: only who, since the rest could be of one part only."""
    slots: dict[str, str] = {}
    first = middle = last = ""
    if robot and m.chance(0.4):
        label = m.new("R")
        slots["robot"] = label
        if m.chance(0.6):
            first = m.pick(m.words.robot_first, label)
        else:
            last += m.pick(m.words.robot_last, label)
    elif robot and m.chance(0.15):
        label = m.new("T")
        slots["type"] = label
        last += m.pick(m.words.kind, label)
    if lean:
        return first, middle, last, slots
    if m.chance(0.1):
        slots["avoid"] = m.new(m.rng.choice(("P", "A")))
        last += m.pick(m.words.avoid, slots["avoid"])
    if m.chance(0.05):
        slots["times"] = m.new("N")
        last += m.pick(m.words.times, slots["times"])
    whens = []
    if m.chance(0.12):
        slots["at"], when = _when(m, m.words.at)
        whens.append(when)
    if m.chance(0.2):
        slots["due"], when = _when(m, m.words.due)
        whens.append(when)
    if m.chance(0.22):
        level = m.rng.choice(("high", "urgent", "low"))
        slots["prio"] = level
        whens.append(m.pick({"high": m.words.high, "urgent": m.words.urgent, "low": m.words.low}[level]))
    for when in whens:
        place = m.rng.random()
        if place < 0.25:
            first = when + m.rng.choice((", ", " ")) + first
        elif place < 0.45:
            middle += m.space + when
        else:
            last += m.rng.choice((", ", m.space, " - ")) + when
    return first, middle, last, slots


def _when(m: Maker, options: tuple[str, ...]) -> tuple[str, str]:
    """(placeholder, words) of a time: the phrase says whether it takes a clock or a duration."""
    said = m.rng.choice(options)
    label = m.new("D" if said in _SPANS else "C")
    return label, said.replace("{}", label)


_ORDER = ("robot", "type", "avoid", "times", "at", "due", "prio")


def _tail(slots: dict[str, str]) -> str:
    return "".join(f" {slot} {slots[slot]}" for slot in _ORDER if slot in slots)


def _way(m: Maker) -> tuple[list[str], str]:
    """(pieces, slots) of one way: source and target in either order, or one of them left out."""
    pieces, slots = [], ""
    if m.chance(0.5):
        source = m.new("P")
        slots += f" from {source}"
        pieces.append(m.pick(m.words.source, source))
    target = m.new("P")
    slots += f" to {target}"
    pieces.append(m.pick(m.words.target, target))
    if m.chance(0.15):
        pieces.reverse()
    return pieces, slots


def _move(m: Maker) -> tuple[str, str]:
    first, middle, last, slots = _extras(m, True)
    what, item, count = _what(m)
    pieces, way = _way(m)
    verb = m.pick(m.words.verbs) + m.space if m.chance(0.55) else ""
    parts = [what, *pieces]
    if m.chance(0.12):
        m.rng.shuffle(parts)
    glue = m.rng.choice((m.space, m.space, m.space, ", "))
    said = m.pick(m.words.start) + first + verb + glue.join(parts) + middle + last + m.pick(m.words.end)
    return said, f"move {item}{count}{way}{_tail(slots)}"


def _moves(m: Maker) -> tuple[str, str]:
    """Two or three things on one way, or one thing each on several ways."""
    together = m.chance(0.5)
    first, middle, last, slots = _extras(m, True, lean=not together)
    verb = m.pick(m.words.verbs) + m.space if m.chance(0.6) else ""
    tail = _tail(slots)
    if together:
        things = [_what(m) for _ in range(m.rng.choice((2, 2, 3)))]
        pieces, way = _way(m)
        said = m.listed([words for words, _, _ in things]) + m.space + m.space.join(pieces)
        steps = [f"move {item}{count}{way}{tail}" for _, item, count in things]
        return m.pick(m.words.start) + first + verb + said + middle + last + m.pick(m.words.end), " ; and ".join(steps)
    ordered = m.chance(0.4)
    said_parts, steps = [], []
    for _ in range(m.rng.choice((2, 2, 3))):
        words, item, count = _what(m)
        pieces, way = _way(m)
        said_parts.append(m.space.join([words, *pieces]))
        steps.append(f"move {item}{count}{way}{tail}")
    between = m.pick(m.words.then if ordered else m.words.and_)
    said = between.join(said_parts) if ordered or m.chance(0.7) else m.rng.choice(("; ", " / ", "\u2003")).join(said_parts)
    lead = " ; then " if ordered else " ; and "
    return first + verb + said + middle + last + m.pick(m.words.end), lead.join(steps)


def _shares(m: Maker) -> tuple[str, str]:
    """One thing for several places: the same for each, or so many here and so many there."""
    item = m.new("I")
    if m.chance(0.5):
        count = m.new("N")
        targets = [m.new("P") for _ in range(m.rng.choice((2, 2, 3)))]
        each = m.pick(m.words.each)
        amount = f"{each}{count}个{item}" if m.language == "zh" else f"{count} {item}+{each}"
        order = [amount, m.pick(m.words.target, m.listed(targets))]
        if m.chance(0.3):
            order.reverse()
        return m.space.join(order) + m.pick(m.words.end), f"move {item} x {count} to {' '.join(targets)}"
    source = m.new("P") if m.chance(0.5) else ""
    parts, steps = [], []
    for _ in range(m.rng.choice((2, 2, 3))):
        count, target = m.new("N"), m.new("P")
        parts.append(f"{count}{m.space}{m.pick(m.words.target, target)}")
        steps.append(f"move {item} x {count}{' from ' + source if source else ''} to {target}")
    head = m.rng.choice((f"{item}: ", f"{item} - ", f"{item}, "))
    if source:
        head = m.rng.choice((f"{item} {m.pick(m.words.source, source)}: ", f"{m.pick(m.words.source, source)} {item}: "))
    return head + m.listed(parts) + m.pick(m.words.end), " ; and ".join(steps)


def _onsite(m: Maker) -> tuple[str, str]:
    """A robot and a list of places: together, or one after the other."""
    job = m.rng.choice(("clean", "inspect", "disinfect", "go", "patrol", "wait", "clean"))
    robot = m.new("R") if m.chance(0.7) else ""
    places = [m.new("P") for _ in range(m.rng.choice((1, 1, 2, 2, 3)) if job not in ("wait",) else 1)]
    ordered = len(places) > 1 and m.chance(0.5)
    verb = m.pick(m.words.jobs[job])
    tail = f" robot {robot}" if robot else ""
    who = m.pick(m.words.robot_first, robot) if robot else m.pick(m.words.start)
    said = who + verb + m.space + m.listed(places, ordered)
    if m.language == "zh" and job == "wait":
        said += "等着"
    note = (
        f" [{robot} {job}]" if robot and job not in ("go", "wait") and verb in ("do", "take", "mach", "fais", "haz", "做") else ""
    )
    if not robot and verb in ("do", "take", "mach", "fais", "haz", "做"):
        verb = m.words.jobs[job][0]
        said = who + verb + m.space + m.listed(places, ordered)
    when, slots = "", {}
    if m.chance(0.2):
        slots["at"], words = _when(m, m.words.at)
        when = m.rng.choice((", ", m.space)) + words
    steps = [f"{job} {place}{tail}{_tail(slots) if i == 0 else ''}" for i, place in enumerate(places)]
    if not ordered:
        steps = [f"{job} {' '.join(places)}{tail}{_tail(slots)}"]
    if robot and m.chance(0.2) and job != "wait":
        said += (
            m.pick(m.words.then)
            + {"en": "charge", "de": "laden", "fr": "va charger", "es": "a cargar", "zh": "去充电"}[m.language]
        )
        return said + m.pick(m.words.end) + note, " ; then ".join([*steps, f"charge{tail}"])
    return said + when + m.pick(m.words.end) + note, " ; then ".join(steps)


#: A named robot's own errand, after or beside a job that anyone may do.
_ERRANDS = {
    "en": ("send {} to charge", "{} goes to charge", "{} can charge", "have {} charge", "put {} on charge", "get {} charged"),
    "de": ("schick {} zum laden", "{} soll laden", "{} fährt laden", "{} geht an den strom", "lade {}"),
    "fr": ("envoie {} charger", "{} va charger", "mets {} en charge", "que {} aille se charger"),
    "es": ("manda {} a cargar", "{} va a cargar", "pon {} a cargar", "que {} se cargue"),
    "zh": ("让{}去充电", "{}去充电", "派{}去充电", "把{}送去充电"),
}
_TRIPS = {
    "en": ("send {} to {}", "{} goes to {}", "{} to {}", "have {} drive to {}"),
    "de": ("schick {} zu {}", "{} fährt zu {}", "{} soll nach {}"),
    "fr": ("envoie {} à {}", "{} va à {}", "que {} aille à {}"),
    "es": ("manda {} a {}", "{} va a {}", "que {} vaya a {}"),
    "zh": ("让{}去{}", "{}去{}", "派{}到{}"),
}


def _handover(m: Maker) -> tuple[str, str]:
    """Anyone's job, then a named robot's errand: the name belongs to the second part alone. Or the other way round."""
    what, item, count = _what(m)
    pieces, way = _way(m)
    verb = m.pick(m.words.verbs) + m.space if m.chance(0.8) else ""
    job, job_step = verb + m.space.join([what, *pieces]), f"move {item}{count}{way}"
    robot = m.new("R")
    if m.chance(0.6):
        errand, errand_step = m.pick(_ERRANDS[m.language], robot), f"charge robot {robot}"
    else:
        place = m.new("P")
        errand = m.rng.choice(_TRIPS[m.language]).format(robot, place)
        errand_step = f"go {place} robot {robot}"
    ordered = m.chance(0.7)
    between = m.pick(m.words.then if ordered else m.words.and_)
    lead = " ; then " if ordered else " ; and "
    parts = [(job, job_step), (errand, errand_step)]
    if not ordered and m.chance(0.4):
        parts.reverse()
    said = m.pick(m.words.start) + between.join(words for words, _ in parts) + m.pick(m.words.end)
    return said, lead.join(step for _, step in parts)


def _renumbered(language: str, said: str, meant: str) -> Entry:
    return entry(language, "terse", f"{said} => {meant}")
