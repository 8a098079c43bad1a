"""The clinic's callers: what they say, how they understand the desk (by what is asked, offered, claimed or refused, and about what), and the verdict on a talk."""

import copy
import random
import re
from dataclasses import dataclass, field
from functools import lru_cache

from pydantic import JsonValue

from agent_gym.trace import ToolSpec

from .clinic import (
    DEBT,
    EVIDENCE,
    NOTICE,
    REASONS,
    REFERRED,
    SLOTS,
    TODAY,
    TOOLS,
    WRITES,
    Request,
    request,
)

OPENINGS = {
    "book": (
        "I'd like an appointment in {department} on {day}.",
        "Could I come to {department} on {day}?",
        "I need to be seen in {department}, ideally {day}.",
        "Is there anything in {department} on {day}?",
        "I want to see somebody about {complaint}.",
        "I have {complaint} and would like to come in.",
    ),
    "child": (
        "My child has to be seen in {department} on {day}.",
        "I'm calling about my kid, we need a time in {department}.",
        "Can {first_name} come to {department} on {day}? It is my child.",
        "It's for {first_name}, my little one has {complaint}.",
    ),
    "minor": (
        "I want to come to {department} on {day}.",
        "Can I get a time in {department}? It's {complaint}.",
        "I've got {complaint}, can someone look at it on {day}?",
        "Is {department} open for me on {day}?",
    ),
    "move": (
        "I need another time for my visit with {which}.",
        "Something came up, can my appointment be on {day} instead?",
        "I have to reschedule.",
        "Can we move my visit with {which} to {day}?",
        "The time I have does not work any more, I need a later one.",
    ),
    "cancel": (
        "I can't make it to my appointment, please take me off.",
        "Please cancel my visit with {which}.",
        "I have to call off my appointment.",
        "I no longer need to see {which}.",
        "My appointment has to be cancelled, sorry.",
    ),
    "email": (
        "My e-mail has changed.",
        "Please use {email} for me from now on.",
        "You still write to my old e-mail address.",
        "I want the reminders sent to {email}.",
    ),
    "next": (
        "When am I due next?",
        "What day and time is my next appointment?",
        "I forgot when my visit is.",
        "Could you look up when I have to come in?",
    ),
    "owed": (
        "Do I still have something to pay?",
        "What do I owe the clinic?",
        "How much is open on my account?",
        "I got a letter about money, what is my balance?",
    ),
}
GREETINGS = ("Hello, can somebody help me?", "Good morning.", "Hi, is this the front desk?")
LEAD = {
    "calm": ("", "", "Hello. ", "Good day, "),
    "hurried": ("", "", "quick one: "),
    "chatty": (
        "Hi there! ",
        "Hello, lovely to reach someone. ",
        "Good morning, I hope you are well. ",
    ),
}
TAIL = {
    "calm": ("",),
    "hurried": ("", " I'm short of time."),
    "chatty": (
        " It has been quite a week.",
        " My neighbour said you are very good.",
        "",
        " Sorry to bother you.",
    ),
}
VOLUNTEERED = (
    " Surname {surname}, born {birth_date}.",
    " I'm on file as {surname}, {birth_date}.",
    " ({surname}, date of birth {birth_date})",
)
TOLD = {
    "surname": (
        "{surname}.",
        "It's {surname}.",
        "The surname is {surname}.",
        "{surname}, like on my card.",
    ),
    "first_name": ("{first_name}.", "First name {first_name}.", "That would be {first_name}."),
    "birth_date": ("{birth_date}.", "Born {birth_date}.", "The date of birth is {birth_date}."),
    "phone": ("{phone}.", "It ends in {phone}.", "The last digits are {phone}.", "That's {phone}."),
    "department": ("{department}, please.", "In {department}.", "I think {department}."),
    "day": ("On {day}.", "{day} would be good.", "I could come {day}."),
    "complaint": ("It's about {complaint}.", "{complaint}.", "I have {complaint}."),
    "which": ("The one with {which}.", "{which}.", "I mean the visit with {which}."),
    "email": ("{email}", "It's {email}.", "Please write {email}."),
    "guardian": ("I'm {guardian}.", "My name is {guardian}.", "{guardian}."),
}
LINES = {
    "yes": ("Yes.", "Yes, please do.", "That suits me.", "Fine by me.", "Perfect, take it."),
    "pick": ("{time} then, please.", "I'd take {time}."),
    "alone": (
        "Nobody else, I'm {age} and here for myself.",
        "It's just me, I'm {age}.",
        "My parents don't know, I'm {age}.",
    ),
    "no_fee": (
        "No, then I'd rather not. I'll come after all.",
        "That's a lot of money, no.",
        "No, with that charge I will turn up.",
    ),
    "no_wait": (
        "No, a list doesn't help me.",
        "No thanks, I will look elsewhere.",
        "No list, please.",
    ),
    "no_fit": (
        "No, it has to be {day}.",
        "That doesn't work for me, I said {day}.",
        "No, only {day}.",
    ),
    "no_other": (
        "No, that's not what I'm here for.",
        "No, please don't.",
        "No, I never wanted that.",
    ),
    "what_time": ("At what time?", "And when would that be?"),
    "joy": (
        "Great, see you then.",
        "Lovely, thank you.",
        "Thanks, that's all I needed.",
        "Wonderful, have a nice day.",
    ),
    "resigned": (
        "All right, can't be helped.",
        "I see. Goodbye then.",
        "Oh well. Thanks anyway.",
        "Understood.",
    ),
    "object": (
        "That makes no sense to me.",
        "Are you sure? I don't think so.",
        "Why would that be?",
    ),
    "walk": ("I've had enough, goodbye.", "I'm hanging up now.", "This leads nowhere."),
    "told_before": ("I said that before: {value}.", "Once more: {value}."),
    "unknown": ("I wouldn't know.", "Why do you need that?", "I can't tell you that."),
    "lost": ("I don't understand.", "Pardon?", "And what does that mean?"),
    "passed": ("OK, I'll hold.", "Then put me through."),
    "adult": ("I'm a grown-up, I speak for myself.",),
    "silent": ("Hello? Anyone?",),
}

ASKS = {
    "guardian": r"guardian|parent\b|on (whose|behalf)|who is (calling|speaking)|am i (talking|speaking) (to|with)|responsible for",
    "first_name": r"(first|given|fore) ?name",
    "surname": r"sur ?name|last name|family name|full name\b|(what is|what's|may i have) (your|the) name|name are you",
    "birth_date": r"birth|\bborn\b",
    "phone": r"phone|mobile|digits",
    "day": r"(which|what) (day|date)|when (would|do|could|can|should) (you|we|i)\b|morning or|day .*\b(suit|work|prefer)|(prefer|suit).* day",
    "department": r"(which|what) (department|speciali|kind|field)|where do you need",
    "complaint": r"reason|what .*\babout\b|symptom|what brings|trouble(s|d)? you|complaint",
    "which": r"which (appointment|visit|one|of)|with (which|whom)|whose (visit|appointment)",
    "email": r"(new|which|what) (e-?mail|address)|(write|send|reach) .*\bto\?|e-?mail .*(please|\?)",
}
WHY = {
    "referral": r"referral|referred|refer you",
    "guardian": r"guardian|parent|under ?age|minor|adult|18|eighteen|grown",
    "balance": r"balance|unpaid|\bowe|outstanding|open amount|\bpay\b|debt",
    "notice": r"notice|24|same day|short(ly)?|hours|too (late|close)",
    "identity": r"verif|identif|match|identity|prove|sure (it is|it's|that) you",
}
TOPICS = {
    "cancel": r"cancel|call(ed)? off|take (you|it) off|taken off|strike|struck",
    "wait": r"waiting list|wait ?list|\bqueue|\blist\b",
    "move": r"\bmov(e|ed|ing)\b|reschedul|shift|instead|new time",
    "email": r"e-?mail|@|\baddress",
    "book": r"\bbook|reserv|\bslot|see you|seen by|has \d|put you (in|down)|pencil|keep .* for you|come (at|in)",
}
_CUE = re.compile(
    r"\?|\b(please|tell me|i need|i'd need|give me|let me have|may i have|could i have)\b"
)
_OFFER = re.compile(
    r"\b(shall|should|may) (i|we)\b|want me to|would you like|\b(ok|okay|all right|fine|happy|agree|suit|work|take)\b.*\?|go ahead|want (it|that|to)\b|\bis that\b|does that"
)
_CLAIM = re.compile(
    r"\b(is|are|has been|have been|was|i've|i have|we've|we have)\b.*\b(booked|reserved|moved|rescheduled|shifted|cancelled|called off|taken off|changed|updated|saved|stored|added|noted|put|expected|on the (waiting )?list)\b|\ball (set|done)\b|\bdone\b|\bexpects? you\b|from now on"
)
_NEGATED = re.compile(
    r"\b(cannot|can't|can not|unable|not able|not possible|impossible|not allowed|won't|unfortunately|afraid|sorry|only (a|with|if)|without)\b"
)
_PASSED = re.compile(
    r"\b(colleague|supervisor|nurse on duty|manager|put you through|hand(ing)? you|transfer|connect you)\b"
)
_AS_IT_IS = re.compile(
    r"\b(stays?|keeps?|kept|leave|left|remains?|nothing|no change)\b.*\b(as|it|everything|appointment|changed|touched|made|done|is|list)\b|\bno changes?\b"
)
MONTHS = {
    m: k + 1
    for k, m in enumerate(
        [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ]
    )
}


@dataclass(frozen=True)
class Heard:
    "What one turn of the desk says."

    asks: list[str]
    offer: bool
    claim: bool
    refusal: bool
    passed: bool
    as_it_is: bool
    reasons: set[str]
    topics: set[str]
    times: list[str]
    dates: set[str]
    numbers: set[float]


@lru_cache(maxsize=10_000)
def hear(text: str) -> Heard:
    "Sentence by sentence: questions ask or offer, the others claim, refuse or tell."
    t = re.sub(
        r"\b(\d{1,2})(?:st|nd|rd|th)? (?:of )?(" + "|".join(MONTHS) + r")\b",
        lambda m: f"2026-{MONTHS[m[2]]:02d}-{int(m[1]):02d}",
        text.lower(),
    )
    parts = re.split(r"(?<=[.!?])\s+", t)
    asks = [[f for f, rx in ASKS.items() if _CUE.search(p) and re.search(rx, p)] for p in parts]
    offers = [
        bool(
            "?" in p
            and _OFFER.search(p)
            and (not a or (set(a) <= {"email"} and re.search(r"\S@\S", p)))
        )
        for p, a in zip(parts, asks)
    ]
    facts = list(dict.fromkeys(f for a, o in zip(asks, offers) if not o for f in a))
    if "guardian" in facts or "first_name" in facts:
        facts = [f for f in facts if f != "surname"]
    flat = [p for p in parts if "?" not in p]
    return Heard(
        facts,
        any(offers),
        any(_CLAIM.search(p) and not _NEGATED.search(p) for p in flat),
        any(map(_NEGATED.search, flat)),
        bool(_PASSED.search(t)),
        any(map(_AS_IT_IS.search, flat)),
        {k for k, rx in WHY.items() if re.search(rx, t)},
        {k for k, rx in TOPICS.items() if re.search(rx, t)},
        [
            f"{int(h):02d}:{m}"
            for h, m in re.findall(r"(?<![\d.:-])(\d{1,2})[:.h](\d\d)(?!\d|[.:]\d)", t)
        ],
        set(re.findall(r"\d{4}-\d\d-\d\d", t)),
        {float(x) for x in re.findall(r"(?<![\w:-])\d+(?:\.\d+)?(?![\w:-])", t)},
    )


@dataclass(frozen=True)
class Verdict:
    "How a talk really went: the one right write (or none), no broken rule, the caller told the right thing for a reason that the desk had seen. `satisfaction` 1 to 5 in halves."

    success: bool
    violations: tuple[str, ...]
    satisfaction: float
    final: str | None
    kind: str


@dataclass
class Clinic:
    "The true world of one caller: `open` and `reply` are the caller, `call` is the backend, `verdict` the judge."

    number: int
    left: bool = False
    final: str | None = None
    declined: bool = False
    fee_named: bool = False
    objected: bool = False
    annoyed: int = 0
    agreed: set[str] = field(default_factory=set)
    given: set[str] = field(default_factory=set)
    seen: set[str] = field(default_factory=set)
    verified: set[str] = field(default_factory=set)
    violations: list[str] = field(default_factory=list)
    tools: tuple[ToolSpec, ...] = TOOLS

    def __post_init__(self) -> None:
        self.request: Request = request(self.number)
        self.before = copy.deepcopy(self.request.registry)
        self.rng = random.Random(f"clinic/caller/{self.number}")
        self.mood = self.rng.choice(["calm", "calm", "hurried", "chatty"])
        self.patience = 2 if self.mood == "hurried" else self.rng.choice([3, 3, 4])
        self.greets, self.misspeaks = self.rng.random() < 0.1, self.rng.random() < 0.08

    # the backend, and what it shows the desk
    def call(self, name: str, arguments: dict[str, JsonValue]) -> tuple[JsonValue, bool]:
        q = self.request
        broken = self._broken(name, arguments) if name in WRITES else []
        value, is_error = q.registry.call(name, arguments)
        if is_error:
            return value, True
        self.violations += [v for v in broken if v not in self.violations]
        own = arguments.get("patient_id") == q.patient
        if name == "check_identity":
            self.verified |= {str(arguments["patient_id"])} if value["verified"] else set()  # type: ignore[index]
            self.seen |= {"mismatch"} if own and not value["verified"] else set()  # type: ignore[index]
        self.seen |= (
            {"record"}
            if name == "get_record" and own
            else {"appointment"}
            if name == "list_appointments"
            and any(a["appointment_id"] == q.appointment for a in value["appointments"])
            else set()
        )  # type: ignore[index]
        return value, False

    def _broken(self, name: str, arguments: dict[str, JsonValue]) -> list[str]:
        "The desk rules that this write breaks if it is made now."
        reg, slot = self.request.registry, SLOTS.get(str(arguments.get("slot_id")))
        a = reg.appointments.get(str(arguments.get("appointment_id")), {})
        pid = str(arguments.get("patient_id", a.get("patient_id")))
        p, row = reg.patients.get(pid), reg._shown(str(arguments["appointment_id"])) if a else {}
        needs = {
            "book_appointment": f"{slot.date} {slot.time}" if slot else "",
            "move_appointment": f"{slot.date} {slot.time}" if slot else "",
            "cancel_appointment": "cancel",
            "join_waiting_list": "wait",
        }.get(name)
        return [
            rule
            for rule, bad in (
                ("identity", pid not in self.verified),
                ("not_agreed", needs is not None and needs not in self.agreed),
                (
                    "fee_unnamed",
                    name == "cancel_appointment"
                    and row.get("late_fee", 0) > 0
                    and "fee" not in self.agreed,
                ),
                ("notice", name == "move_appointment" and row.get("notice_hours", NOTICE) < NOTICE),
                (
                    "referral",
                    name == "book_appointment"
                    and slot is not None
                    and slot.department in REFERRED
                    and p is not None
                    and not any(
                        r["valid"] and r["department"] == slot.department for r in p["referrals"]
                    ),
                ),
                (
                    "guardian",
                    name == "book_appointment"
                    and p is not None
                    and p["guardian"] is not None
                    and "guardian" not in self.given,
                ),
                (
                    "debt",
                    name == "book_appointment" and p is not None and p["account"]["balance"] > DEBT,
                ),
            )
            if bad
        ]

    # the caller
    def open(self) -> str:
        return self.rng.choice(GREETINGS) if self.greets else self._request()

    def _request(self) -> str:
        q, r = self.request, self.rng
        text = r.choice(
            OPENINGS.get(q.variant)
            or OPENINGS.get(q.kind)
            or OPENINGS["owed" if not q.appointment else "next"]
        ) + r.choice(TAIL[self.mood])
        text = r.choice(LEAD[self.mood]) + text
        if r.random() < 0.35 and not self.misspeaks:
            text += r.choice(VOLUNTEERED)
        self.given |= set(re.findall(r"{(\w+)}", text))
        return text.format(**q.facts)

    def reply(self, text: str) -> str:
        "The caller's answer; `left` is set with the last one."
        words = self._answer(hear(text), text)
        return self._leave("walk") if not self.left and self.annoyed >= self.patience else words

    def _answer(self, h: Heard, text: str) -> str:
        q = self.request
        self.fee_named |= bool(q.fee) and q.fee in h.numbers
        if not text.strip():
            return self._bad("silent")
        if h.passed:
            return self._leave("passed", "escalated")
        if h.offer:
            return self._offered(h)
        if h.asks:
            return self._tell(h.asks)
        if q.ending == "told" and all(
            a in h.dates or a in h.times or (a.replace(".", "").isdigit() and float(a) in h.numbers)
            for a in q.answer
        ):
            self.violations += [] if self.verified else ["told_unverified"]
            return self._leave("joy", "told")
        if h.refusal:
            return self._refused(h)
        if h.as_it_is and self.declined:
            return self._leave("resigned", "kept")
        if h.claim:
            fits = (
                not h.topics
                or h.topics & {q.kind, "wait" if q.variant.startswith("wait") else q.kind}
                or (q.kind == "move" and "book" in h.topics and "cancel" not in h.topics)
            )
            return self._leave("joy", "done") if fits and q.kind != "ask" else self._bad("no_other")
        if self.greets and "?" in text:
            self.greets = False
            return self._request()
        return self._bad("lost")

    def _refused(self, h: Heard) -> str:
        if REASONS.get(self.request.variant) in h.reasons:
            return self._leave("resigned", "refused")
        if self.objected:
            return self._leave("walk")
        self.objected = True
        return self._bad("object")

    def _offered(self, h: Heard) -> str:
        q = self.request
        if self.greets:
            self.greets = False
            return self._request()
        if (
            q.kind == "ask"
            or ("cancel" in h.topics) != (q.kind == "cancel" and bool(h.topics))
            or (q.kind == "email" and h.topics - {"email"})
        ):
            return self._bad("no_other")
        if "wait" in h.topics and q.variant.startswith("wait"):
            self.declined |= q.variant == "wait_no"
            return self._line("no_wait") if self.declined else self._agree("wait")
        if q.kind in ("cancel", "email"):
            self.declined |= q.variant == "fee_no" and self.fee_named
            self.agreed |= {"fee"} if self.fee_named else set()
            return self._line("no_fee") if self.declined else self._agree(q.kind)
        day, fits = q.facts["day"].split()[0], [t for t in h.times if t in q.times]
        if not h.times:
            return self._bad("no_other" if "wait" in h.topics else "what_time")
        if not fits or (h.dates and day not in h.dates):
            self.given.add("day")
            return self._bad("no_fit", day=q.facts["day"])
        return self._agree(f"{day} {fits[0]}", "pick" if len(h.times) > 1 else "yes", time=fits[0])

    def _agree(self, to: str, line: str = "yes", **values: str) -> str:
        self.agreed.add(to)
        return self._line(line, **values)

    def _tell(self, facts: list[str]) -> str:
        q = self.request
        if self.greets:
            self.greets = False
            return self._request()
        known = [f for f in facts if f in q.facts]
        if "guardian" in facts and not known:
            if q.variant != "minor":
                return self._bad("adult")
            self.seen.add("alone")
            return self._line("alone", age=str(TODAY.year - 1 - int(q.facts["birth_date"][:4])))
        if not known:
            return self._bad("unknown")
        if "birth_date" in known and self.misspeaks:
            self.misspeaks = False
            wrong = q.facts | {
                "birth_date": q.facts["birth_date"][:-2]
                + f"{int(q.facts['birth_date'][-2:]) % 28 + 1:02d}"
            }
            self.given |= set(known) - {"birth_date", "surname"}
            return " ".join(self.rng.choice(TOLD[f]).format(**wrong) for f in known)
        if all(f in self.given for f in known):
            return self._bad("told_before", value=", ".join(q.facts[f] for f in known))
        self.given |= set(known)
        return " ".join(self.rng.choice(TOLD[f]).format(**q.facts) for f in known)

    def _line(self, key: str, **values: str) -> str:
        return self.rng.choice(LINES[key]).format(**values)

    def _bad(self, key: str, **values: str) -> str:
        self.annoyed += 1
        return self._line(key, **values)

    def _leave(self, key: str, final: str | None = None) -> str:
        self.left, self.final = True, final
        return self._line(key)

    # the judge
    def verdict(self) -> Verdict:
        q = self.request
        changes = q.registry.changes(self.before)
        right = (len(changes) == 1 and changes[0] in q.right) if q.ending == "done" else not changes
        success = (
            right
            and not self.violations
            and self.final == q.ending
            and (q.ending != "refused" or EVIDENCE[REASONS[q.variant]] <= self.seen)
        )
        base = (
            {"done": 4.7, "told": 4.6, "kept": 3.6, "refused": 3.1}[q.ending]
            if success
            else {"escalated": 2.5, "done": 3.3, "refused": 2.2}.get(self.final or "", 1.5)
        )
        noisy = (
            base
            - 0.5 * self.annoyed
            + random.Random(f"clinic/rating/{self.number}/{self.annoyed}").gauss(0, 0.6)
        )
        return Verdict(
            success,
            tuple(self.violations),
            min(5.0, max(1.0, round(2 * noisy) / 2)),
            self.final,
            f"{q.kind}:{q.variant}",
        )
