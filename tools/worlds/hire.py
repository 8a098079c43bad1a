"""A hire shop for tools and machines: dates, tiers, fees, members with one request or two, and people who are less tidy than a script.

Rules of the desk that the backend does not enforce: the PIN is checked before anything is told or written; whoever pays for something hears the price and says yes first; an
overdue hire is not extended, and no hire more often than its tier allows; a late fee is waived for trade members up to two days late; a reservation is free to cancel three days
ahead or more; who owes more than 100 reserves nothing. All of it hangs on dates, amounts and tiers that the records show.
"""

import copy
import random
import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from pydantic import JsonValue

from agent_gym.tools import check_arguments
from agent_gym.trace import Message, ToolCall, ToolSpec, Trace

from . import play

TODAY = date(2027, 5, 12)
FREE_DAYS, WAIVE_DAYS, DEBT_LIMIT = 3, 2, 100.0
EXTENSIONS = {"basic": 1, "trade": 3}
RATES = {
    "concrete mixer": 24.0,
    "floor sander": 31.5,
    "jackhammer": 45.0,
    "scaffold tower": 38.0,
    "carpet cleaner": 19.0,
    "mini excavator": 140.0,
}
NAMES = ("Abena", "Bruno", "Carla", "Dilip", "Edda", "Florin", "Gwen", "Hamid", "Ilse", "Jorge")
SURNAMES = ("Akande", "Bauer", "Conti", "Dahl", "Evans", "Fournier", "Gupta", "Horvat", "Ito")


def _tool(name: str, about: str, arguments: str) -> ToolSpec:
    words = [w.split(":") for w in arguments.split()]
    return ToolSpec(
        name=name,
        description=about,
        parameters={
            "type": "object",
            "properties": {k: {"type": t} for k, t in words},
            "required": [k for k, _ in words],
            "additionalProperties": False,
        },
    )


TOOLS = (
    _tool("find_member", "A member's account by number", "member_no:string"),
    _tool("check_pin", "Whether the PIN fits the member", "member_no:string pin:string"),
    _tool("list_hires", "What a member has on hire or reserved", "member_no:string"),
    _tool("check_stock", "How many are free on a day", "item:string day:string"),
    _tool("extend_hire", "Move the day a hire is due", "hire_id:string until:string"),
    _tool("cancel_reservation", "Call a reservation off", "hire_id:string"),
    _tool("waive_late_fee", "Take a late fee off the account", "hire_id:string"),
    _tool("reserve", "Reserve an item", "member_no:string item:string day:string days:integer"),
)
WRITES = frozenset({"extend_hire", "cancel_reservation", "waive_late_fee", "reserve"})
GENERATED = frozenset({("reserve", "hire_id")})


class Refused(Exception):
    "A call the backend does not carry out."


@dataclass
class Shop:
    "The backend: members and hires in plain dicts; `rng` makes the ids of new entries."

    rng: random.Random
    members: dict[str, dict] = field(default_factory=dict)
    hires: dict[str, dict] = field(default_factory=dict)
    stock: dict[tuple[str, str], int] = field(default_factory=dict)

    def call(self, name: str, arguments: dict) -> tuple[JsonValue, bool]:
        "What the tool answers, and whether that is an error; a failing call changes nothing."
        spec = next((t for t in TOOLS if t.name == name), None)
        fault = f"no tool {name}" if spec is None else check_arguments(spec, arguments)
        if fault:
            return {"fault": str(fault)}, True
        try:
            return getattr(self, name)(**arguments), False
        except Refused as e:
            return {"fault": str(e)}, True

    def _member(self, key: str) -> dict:
        if key not in self.members:
            raise Refused(f"member {key} not found")
        return self.members[key]

    def _hire(self, key: str, *status: str) -> dict:
        if key not in self.hires:
            raise Refused(f"hire {key} not found")
        if self.hires[key]["status"] not in status:
            raise Refused(f"hire {key} is {self.hires[key]['status']}")
        return self.hires[key]

    def find_member(self, member_no: str) -> JsonValue:
        m = self._member(member_no)
        shown = {k: m[k] for k in ("name", "tier", "balance")}
        return {"member_no": member_no, **shown, "as_of": TODAY.isoformat()}

    def check_pin(self, member_no: str, pin: str) -> JsonValue:
        return {"member_no": member_no, "match": self._member(member_no)["pin"] == pin.strip()}

    def list_hires(self, member_no: str) -> JsonValue:
        self._member(member_no)
        rows = [{"hire_id": k, **h} for k, h in sorted(self.hires.items()) if h["by"] == member_no]
        rows = [{k: v for k, v in r.items() if k != "by"} for r in rows]
        return {"as_of": TODAY.isoformat(), "hires": rows}

    def check_stock(self, item: str, day: str) -> JsonValue:
        if item not in RATES:
            raise Refused(f"unknown item {item}")
        free = self.stock.get((item, day), 2)
        return {"item": item, "day": day, "free": free, "per_day": RATES[item]}

    def extend_hire(self, hire_id: str, until: str) -> JsonValue:
        h = self._hire(hire_id, "out")
        extra = (_day(until) - date.fromisoformat(h["due"])).days
        if extra < 1:
            raise Refused(f"{until} is not after {h['due']}")
        charge = round(extra * h["per_day"], 2)
        h.update(due=until, extended=h["extended"] + 1)
        self.members[h["by"]]["balance"] = round(self.members[h["by"]]["balance"] + charge, 2)
        return {"hire_id": hire_id, "due": until, "charge": charge}

    def cancel_reservation(self, hire_id: str) -> JsonValue:
        h = self._hire(hire_id, "reserved")
        late = (date.fromisoformat(h["starts"]) - TODAY).days < FREE_DAYS
        fee = round(h["per_day"] / 2, 2) if late else 0.0
        h["status"] = "cancelled"
        self.members[h["by"]]["balance"] = round(self.members[h["by"]]["balance"] + fee, 2)
        return {"hire_id": hire_id, "status": "cancelled", "fee": fee}

    def waive_late_fee(self, hire_id: str) -> JsonValue:
        h = self._hire(hire_id, "out", "returned")
        if not h["late_fee"]:
            raise Refused(f"hire {hire_id} has no late fee")
        fee, h["late_fee"] = h["late_fee"], 0.0
        self.members[h["by"]]["balance"] = round(self.members[h["by"]]["balance"] - fee, 2)
        return {"hire_id": hire_id, "waived": fee}

    def reserve(self, member_no: str, item: str, day: str, days: int) -> JsonValue:
        self._member(member_no)
        free = self.check_stock(item, day)["free"]  # type: ignore[index, call-overload]
        if not free or days < 1:
            raise Refused(f"no {item} free on {day}" if days > 0 else "days must be at least 1")
        self.stock[item, day] = int(free) - 1  # type: ignore[arg-type]
        key, due = f"H{self.rng.randint(50_000, 99_999)}", _day(day) + timedelta(days=days)
        self.hires[key] = _row(member_no, item, "reserved", _day(day), due)
        total = round(days * RATES[item], 2)
        return {"hire_id": key, "item": item, "starts": day, "due": due.isoformat(), "total": total}

    def changes(self, before: "Shop") -> set[tuple]:
        "What was written since `before`, without made-up ids and what follows from the rest."
        out: set[tuple] = set()
        for k, h in self.hires.items():
            if (was := before.hires.get(k)) is None:
                out.add(("reserve", h["by"], h["item"], h["starts"], h["due"]))
            elif h != was:
                out.add((k, h["status"], h["due"], h["late_fee"]))
        return out


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as e:
        raise Refused(f"{text} is no day (YYYY-MM-DD)") from e


def _row(by: str, item: str, status: str, starts: date, due: date) -> dict:
    return {
        "by": by,
        "item": item,
        "status": status,
        "starts": starts.isoformat(),
        "due": due.isoformat(),
        "per_day": RATES[item],
        "extended": 0,
        "late_fee": 0.0,
    }


# the people -------------------------------------------------------------------------------------
KINDS = {
    "extend:ok": 3,
    "extend:overdue": 2,
    "extend:limit": 2,
    "extend:dear": 2,
    "cancel:free": 3,
    "cancel:fee": 2,
    "cancel:fee_no": 2,
    "waive:ok": 2,
    "waive:tier": 2,
    "waive:late": 2,
    "reserve:ok": 3,
    "reserve:debt": 2,
    "reserve:full": 2,
    "ask:due": 2,
    "ask:balance": 2,
    "ask:stranger": 1,
}
REASON = {
    "overdue": "overdue",
    "limit": "limit",
    "tier": "tier",
    "late": "late",
    "debt": "debt",
    "full": "stock",
    "stranger": "identity",
}


@dataclass
class Wish:
    "One request: the writes that fulfil it (none where it ends in a no), and the words it needs."

    kind: str
    variant: str
    hire: str = ""
    item: str = ""
    day: str = ""
    days: int = 0
    price: float = 0.0
    right: frozenset[tuple] = frozenset()

    @property
    def refused(self) -> str:
        return REASON.get(self.variant, "")

    @property
    def declines(self) -> bool:
        return self.variant in ("dear", "fee_no")


@dataclass
class Caller:
    "The true world of one member: `open` and `reply` are the member, `call` the backend, `verdict` the judge."

    number: int
    left: bool = False
    tools: tuple[ToolSpec, ...] = TOOLS

    def __post_init__(self) -> None:
        self.rng = r = random.Random(f"hire/{self.number}")
        self.shop = Shop(random.Random(f"hire/ids/{self.number}"))
        self.me, self.pin = f"M{r.randint(10_000, 99_999)}", f"{r.randint(0, 9999):04d}"
        self._people(r)
        kinds = [k.split(":") for k in r.choices(list(KINDS), list(KINDS.values()), k=2)]
        two = (
            r.random() < 0.3
            and kinds[0][0] != kinds[1][0]
            and "reserve" not in (kinds[0][0], kinds[1][0])
        )
        two = two and "stranger" not in (kinds[0][1], kinds[1][1])
        self.wishes = [self._wish(r, *kinds[0])] + ([self._wish(r, *kinds[1])] if two else [])
        self.before, self.at = copy.deepcopy(self.shop), 0
        if self.wishes[0].variant == "stranger":
            self.pin = f"{(int(self.pin) + r.randint(1, 9998)) % 10_000:04d}"
        self.mood = r.choice(["calm", "curt", "rambling"])
        self.patience, self.annoyed = r.choice([3, 4, 4]), 0
        self.slips, self.correct = r.random() < 0.3, r.random() < 0.15
        self.verified, self.read, self.told = False, set[str](), set[str]()
        self.agreed, self.broken, self.met = set[str](), list[str](), list[bool]()
        self.named_price, self.expected = False, set[tuple]()

    def _people(self, r: random.Random) -> None:
        for key in [self.me, *(f"M{r.randint(10_000, 99_999)}" for _ in range(2))]:
            self.shop.members[key] = {
                "name": f"{r.choice(NAMES)} {r.choice(SURNAMES)}",
                "tier": r.choice(["basic", "basic", "trade"]),
                "balance": round(r.choice([0.0, r.uniform(2, DEBT_LIMIT - 5)]), 2),
                "pin": self.pin if key == self.me else f"{r.randint(0, 9999):04d}",
            }

    def _hire(self, r: random.Random, item: str, status: str, starts: int, due: int) -> str:
        key = f"H{r.randint(10_000, 49_999)}"
        days = [TODAY + timedelta(days=k) for k in (starts, due)]
        self.shop.hires[key] = _row(self.me, item, status, *days)
        return key

    def _wish(self, r: random.Random, kind: str, variant: str) -> Wish:
        taken = {h["item"] for h in self.shop.hires.values()}
        item, account = (
            r.choice([i for i in RATES if i not in taken]),
            self.shop.members[self.me],
        )
        w = Wish(kind, variant, item=item)
        if kind == "extend":
            w.hire = self._hire(
                r, item, "out", -6, -r.randint(1, 4) if variant == "overdue" else r.randint(0, 4)
            )
            h = self.shop.hires[w.hire]
            cap = EXTENSIONS[account["tier"]]
            h["extended"] = cap if variant == "limit" else r.randint(0, cap - 1)
            more = r.randint(2, 6)
            w.day = (date.fromisoformat(h["due"]) + timedelta(days=more)).isoformat()
            w.price = round(more * RATES[item], 2)
            if variant == "ok":
                w.right = frozenset({(w.hire, "out", w.day, h["late_fee"])})
        elif kind == "cancel":
            starts = r.randint(FREE_DAYS, 12) if variant == "free" else r.randint(0, FREE_DAYS - 1)
            w.hire = self._hire(r, item, "reserved", starts, starts + r.randint(1, 5))
            h = self.shop.hires[w.hire]
            w.price = 0.0 if variant == "free" else round(RATES[item] / 2, 2)
            if variant != "fee_no":
                w.right = frozenset({(w.hire, "cancelled", h["due"], 0.0)})
        elif kind == "waive":
            account["tier"] = "basic" if variant == "tier" else "trade"
            late = r.randint(WAIVE_DAYS + 1, 8) if variant == "late" else r.randint(1, WAIVE_DAYS)
            w.hire = self._hire(r, item, "returned", -9, -late)
            h = self.shop.hires[w.hire]
            h["late_fee"] = round(late * RATES[item], 2)
            account["balance"] = round(account["balance"] + h["late_fee"], 2)
            if variant == "ok":
                w.right = frozenset({(w.hire, "returned", h["due"], 0.0)})
        elif kind == "reserve":
            start = TODAY + timedelta(days=r.randint(1, 14))
            w.day, w.days, w.price = start.isoformat(), r.randint(1, 5), 0.0
            w.price = round(w.days * RATES[item], 2)
            due = (start + timedelta(days=w.days)).isoformat()
            if variant == "debt":
                account["balance"] = round(r.uniform(DEBT_LIMIT + 5, 300), 2)
            elif account["balance"] > DEBT_LIMIT:
                account["balance"] = 0.0
            self.shop.stock[item, w.day] = 0 if variant == "full" else r.randint(1, 3)
            if variant == "ok":
                w.right = frozenset({("reserve", self.me, item, w.day, due)})
        elif variant != "balance":
            w.hire = self._hire(r, item, "out", -3, r.randint(1, 9))
        return w

    @property
    def wish(self) -> Wish:
        return self.wishes[self.at]

    # the backend as the desk sees it
    def call(self, name: str, arguments: dict[str, JsonValue]) -> tuple[JsonValue, bool]:
        before, own = copy.deepcopy(self.shop), arguments.get("member_no") == self.me
        value, is_error = self.shop.call(name, arguments)
        if is_error:
            return value, True
        if name in WRITES:
            made = self.shop.changes(before)
            wanted = self.wish.right
            paid = self.wish.price > 0 and self.wish.kind != "waive"
            rules = (
                ("identity", not self.verified),
                ("not_wanted", not made <= wanted),
                ("no_yes", paid and "yes" not in self.agreed),
            )
            self.broken += [n for n, bad in rules if bad]
        if name == "check_pin" and own:
            self.verified = bool(value["match"])  # type: ignore[index, call-overload]
            self.read |= set() if self.verified else {"mismatch"}
        if own and name in ("find_member", "list_hires"):
            self.read.add(name)
        if name == "check_stock":
            self.read.add("stock")
        return value, False

    # the member
    def _say(self, key: str, **more: object) -> str:
        w = self.wish
        words = self.rng.choice(LINES[key]).format(
            me=self.me, pin=self.pin, item=w.item, day=w.day, days=w.days, hire=w.hire, **more
        )
        if self.slips and key not in TOLD:
            words = _typo(self.rng, words)
        return words

    def open(self) -> str:
        lead = {"calm": ["", "Hello. "], "curt": [""], "rambling": ["Hi, it's been a day. "]}
        words = self.rng.choice(lead[self.mood]) + self._say(f"{self.wish.kind}:{self._ask}")
        if self.rng.random() < 0.4:
            words += " " + self._say("member")
            self.told.add("member")
        return words

    @property
    def _ask(self) -> str:
        return self.wish.variant if self.wish.kind == "ask" else "want"

    def reply(self, text: str) -> str | None:
        h = hear(text)
        for field_ in h.asks:
            if field_ in self.told:
                return self._annoy("again", value=self._value(field_))
            self.told.add(field_)
            if field_ == "day" and self.correct:
                self.correct = False
                wrong = date.fromisoformat(self.wish.day or "2027-05-20") + timedelta(days=1)
                return f"{wrong.isoformat()}. Sorry, I meant {self.wish.day}."
            return self._say(field_) if self._value(field_) else self._annoy("unknown")
        if h.offer:
            return self._offered(h, text)
        return self._ended(h, text)

    def _value(self, field_: str) -> str:
        w = self.wish
        return {
            "member": self.me,
            "pin": self.pin,
            "item": w.item,
            "day": w.day,
            "days": str(w.days or ""),
        }[field_]

    def _offered(self, h: "Heard", text: str) -> str:
        w = self.wish
        if h.act not in (w.kind, ""):
            return self._annoy("not_that")
        if w.kind == "ask" or w.refused:
            return self._say("yes") if w.refused else self._annoy("not_that")
        named = not w.price or any(abs(x - w.price) < 0.005 for x in h.numbers)
        self.named_price = self.named_price or named
        if w.declines and named and w.price:
            self.agreed.add("no")
            return self._say("no_price")
        self.agreed |= {"yes"} if named else set()
        return self._say("yes")

    def _ended(self, h: "Heard", text: str) -> str | None:
        w = self.wish
        if h.refusal and h.reasons:
            return self._next(self._refusal_is_right(h))
        if h.passed:
            return self._next(False)
        if h.claim:
            return self._next(not w.refused and not w.declines and w.kind != "ask")
        if h.kept and "no" in self.agreed:
            return self._next(w.declines)
        if w.kind == "ask" and self._answered(h, text):
            return self._next(not w.refused)
        return self._annoy("lost")

    def _refusal_is_right(self, h: "Heard") -> bool:
        seen = {"stock": "stock", "identity": "mismatch", "debt": "find_member"}
        need = seen.get(self.wish.refused, "list_hires")
        return bool(self.wish.refused) and self.wish.refused in h.reasons and need in self.read

    def _answered(self, h: "Heard", text: str) -> bool:
        if not self.verified:
            return False
        if self.wish.variant == "balance":
            owed = self.shop.members[self.me]["balance"]
            return any(abs(x - owed) < 0.005 for x in h.numbers)
        return self.wish.hire in self.shop.hires and self.shop.hires[self.wish.hire]["due"] in text

    def _next(self, met: bool) -> str | None:
        self.expected |= set(self.wish.right)
        self.met.append(met)
        self.agreed = set()
        self.told &= {"member", "pin"}
        thanks = self._say("glad" if met else "sour")
        if self.at + 1 < len(self.wishes):
            self.at += 1
            return f"{thanks} {self._say('more')} {self._say(f'{self.wish.kind}:{self._ask}')}"
        self.left = True
        return thanks

    def _annoy(self, key: str, **more: object) -> str | None:
        self.annoyed += 1
        if self.annoyed >= self.patience:
            self.left = True
            return self._say("walk")
        return self._say(key, **more)

    def verdict(self) -> "Verdict":
        done = self.shop.changes(self.before)
        wanted = set().union(*(w.right for w in self.wishes))
        right = len(self.met) == len(self.wishes) and all(self.met)
        success = right and done == wanted and not self.broken
        noise = random.Random(f"hire/rating/{self.number}").choice([-1, 0, 0, 1])
        rating = max(1, min(5, (5 if success else 2) - self.annoyed + noise))
        return Verdict(success, tuple(self.broken), float(rating), self.wishes[0])


@dataclass(frozen=True)
class Verdict:
    "How a talk really went; `satisfaction` is 1 to 5."

    success: bool
    violations: tuple[str, ...]
    satisfaction: float
    wish: Wish

    @property
    def kind(self) -> str:
        return f"{self.wish.kind}:{self.wish.variant}"


def _typo(r: random.Random, words: str) -> str:
    "Two letters of one plain word change places."
    facts = {w for item in RATES for w in item.split()}
    spots = [m for m in re.finditer(r"\b[a-z]{5,}\b", words) if m[0] not in facts]
    if not spots:
        return words
    m = r.choice(spots)
    k = r.randint(m.start() + 1, m.end() - 3)
    return words[:k] + words[k + 1] + words[k] + words[k + 2 :]


TOLD = frozenset({"member", "pin", "item", "day", "days", "again"})
LINES = {
    "extend:want": (
        "I'd like to keep the {item} until {day}.",
        "Can I have the {item} longer, until {day}?",
        "The job drags on, I still need that {item}.",
        "My {item} should stay here a bit longer.",
    ),
    "cancel:want": (
        "I don't need the {item} after all, call it off.",
        "Please cancel my reservation for the {item}.",
        "The {item} I booked, scrap that.",
        "Plans changed, I won't pick up the {item}.",
    ),
    "waive:want": (
        "You charged me for bringing the {item} back late, take that off.",
        "There is a late fee for the {item}, can that go?",
        "I'm not paying that late charge on the {item}.",
        "The {item} was barely late and you bill me for it.",
    ),
    "reserve:want": (
        "I want to book a {item} for {day}.",
        "Do you have a {item} on {day}?",
        "I need a {item}.",
        "Put me down for a {item}, from {day}, {days} days.",
    ),
    "ask:due": (
        "When does the {item} have to be back?",
        "Until when do I have the {item}?",
        "Which day is my {item} due?",
    ),
    "ask:balance": (
        "How much do I owe you?",
        "What is open on my account?",
        "Is there still something to pay?",
    ),
    "ask:stranger": (
        "When does the {item} have to be back?",
        "My partner has your {item}, when is it due?",
    ),
    "member": ("My number is {me}.", "{me}.", "Member {me}.", "That's {me}."),
    "pin": ("{pin}.", "The PIN is {pin}.", "It's {pin}, I think."),
    "item": ("The {item}.", "It's the {item}.", "{item}."),
    "day": ("{day}.", "Until {day}, please.", "{day} would be right."),
    "days": ("{days} days.", "For {days} days.", "{days}."),
    "yes": ("Yes.", "Yes, do that.", "Fine, go ahead.", "Okay, yes please."),
    "no_price": ("No, that is too much.", "For that price? No.", "No, then leave it as it is."),
    "not_that": ("No, that's not what I asked.", "No! I want something else.", "That's not it."),
    "glad": ("Thanks.", "Great, thank you.", "Perfect."),
    "sour": ("Hm, a pity.", "Well, if you say so.", "Not what I hoped for."),
    "more": ("One more thing:", "And then there is this:", "Also,"),
    "lost": ("Sorry, what do you mean?", "I don't follow.", "And my question?"),
    "again": ("I said that already: {value}.", "As I told you, {value}."),
    "unknown": ("I can't tell you that.", "No idea, why?"),
    "walk": ("Forget it, bye.", "I give up. Goodbye.", "That's enough, I'm off."),
}

ASKS = {
    "pin": r"\bpin\b|secret number|four digits",
    "member": r"member|account number|customer number|card number",
    "item": r"which (item|machine|tool|one)|what (item|machine|tool)|which of",
    "days": r"how (many days|long)|number of days",
    "day": r"(which|what) (day|date)|until when|when (would|do|should) you|from when|new date",
}
REASONS = {
    "overdue": r"overdue|already late|past (its|the) (date|due)|should have been back",
    "limit": r"(often|times|limit|again|once more|maximum|further)",
    "tier": r"\btrade\b|tier|basic|membership",
    "late": r"two days|too (late|long)|more than|days late",
    "debt": r"owe|debt|balance|unpaid|open amount|outstanding",
    "stock": r"none|no .* free|not available|sold out|all (out|taken)|nothing (is )?free",
    "identity": r"pin|verif|identi|match|who you are",
}
ACTS = {
    "extend": r"exten|longer|keep|until",
    "cancel": r"cancel|call(ed)? off|scrap",
    "waive": r"waiv|late (fee|charge)|take .* off|drop",
    "reserve": r"reserv|book|put you down",
}
_OFFER = re.compile(
    r"\b(shall|should) i\b|\bmay i\b(?! have| ask)|want me to|would you like|is that (ok|all right|fine)|agree|okay\?|go ahead"
)
_NOT = re.compile(
    r"\b(can't|cannot|can not|unable|not possible|impossible|afraid|sorry|no longer|unfortunately|not allowed)\b"
)
_CLAIM = re.compile(
    r"\b(is|are|has been|have been|i've|i have|was)\b.*\b(extended|cancelled|called off|waived|taken off|dropped|reserved|booked|put down|moved)\b|\ball (set|done)\b|\bdone\b"
)
_PASSED = re.compile(r"\b(colleague|supervisor|manager|put you through|transfer)\b")
_KEPT = re.compile(r"\b(stays?|leave|left|remains?|nothing|unchanged)\b")


@dataclass(frozen=True)
class Heard:
    "What one turn of the desk says."

    asks: list[str]
    offer: bool
    act: str
    claim: bool
    refusal: bool
    passed: bool
    kept: bool
    reasons: frozenset[str]
    numbers: tuple[float, ...]


def hear(text: str) -> Heard:
    "Sentence by sentence: questions ask or offer, the others claim, refuse or tell."
    low = text.lower()
    parts = re.split(r"(?<=[.!?])\s+", low)
    asked = [p for p in parts if "?" in p or "please" in p]
    offer = any(_OFFER.search(p) for p in asked)
    flat = [p for p in parts if "?" not in p]
    asks = [] if offer else [k for k, rx in ASKS.items() if any(re.search(rx, p) for p in asked)]
    return Heard(
        asks[:1],
        offer,
        next((k for k, rx in ACTS.items() if re.search(rx, low)), ""),
        any(_CLAIM.search(p) and not _NOT.search(p) for p in flat),
        any(map(_NOT.search, flat)),
        bool(_PASSED.search(low)),
        any(map(_KEPT.search, flat)),
        frozenset(k for k, rx in REASONS.items() if re.search(rx, low)),
        tuple(float(x) for x in re.findall(r"(?<![\w.-])\d+(?:\.\d+)?(?![\w-])", low)),
    )


# the desk ---------------------------------------------------------------------------------------
SAY = {
    "help": ("What can I do for you?", "Hire desk, how can I help?"),
    "ask_member": ("May I have your member number?", "What is your member number, please?"),
    "ask_pin": ("And your PIN, please?", "What is the PIN of the account?"),
    "ask_item": ("Which item is it about?", "Which machine do you mean?"),
    "ask_until": ("Until which day do you want it?", "What is the new date, please?"),
    "ask_day": ("From which day do you need it?", "Which day do you want it?"),
    "ask_days": ("For how many days?", "How long do you need it, in days?"),
    "offer_extend": (
        "Keeping it until {day} costs {price:.2f}. Shall I extend it?",
        "I can extend it to {day} for {price:.2f}, is that all right?",
    ),
    "offer_cancel": ("Cancelling is free. Shall I cancel it?", "Shall I call it off? No charge."),
    "offer_fee": (
        "It starts so soon that cancelling costs {price:.2f}. Shall I cancel all the same?",
        "There is a fee of {price:.2f} this close to the day. Want me to cancel it?",
    ),
    "offer_plain": ("Shall I do that for you?", "Want me to go ahead?"),
    "offer_reserve": (
        "{item} from {day}, {days} days, {price:.2f}. Shall I reserve it?",
        "That makes {price:.2f} for {days} days from {day}. Would you like me to reserve it?",
    ),
    "done_extend": ("It has been extended until {day}.", "Done, it is extended to {day}."),
    "done_cancel": ("Your reservation has been cancelled.", "I've cancelled it."),
    "done_waive": ("The late fee has been waived.", "I've taken the fee off, it is waived."),
    "done_reserve": ("The {item} is reserved for {day}.", "I've booked the {item} from {day}."),
    "kept": ("Then it stays as it is.", "All right, I leave it unchanged."),
    "tell_due": ("It is due back on {day}.", "You have it until {day}."),
    "tell_balance": ("You owe {price:.2f}.", "The open amount is {price:.2f}."),
    "no_overdue": (
        "Sorry, it is overdue, so I cannot extend it.",
        "I'm afraid it should have been back by now; overdue hires cannot be extended.",
    ),
    "no_limit": (
        "Sorry, it was extended as often as your membership allows.",
        "I cannot extend it once more, the limit is reached.",
    ),
    "no_tier": (
        "Sorry, we waive late fees for trade members only.",
        "I cannot waive that on a basic membership.",
    ),
    "no_late": (
        "Sorry, it came back more than two days late, so the fee stands.",
        "I'm afraid I can only waive up to two days; this was later.",
    ),
    "no_debt": (
        "Sorry, {price:.2f} is outstanding, so I cannot reserve anything.",
        "I'm afraid you owe {price:.2f}; nothing can be reserved until then.",
    ),
    "no_stock": ("Sorry, there is none free on {day}.", "I'm afraid nothing is free on {day}."),
    "no_identity": ("Sorry, the PIN does not match.", "I cannot verify you, the PIN is wrong."),
    "no_way": ("Sorry, that is not possible.", "I'm afraid we can't do that."),
    "pass": ("Let me put you through to a colleague.", "My supervisor will call you."),
    "wait": ("One moment.", "Let me look."),
}
OTHER = {
    "help": ("You've reached the counter - go on?",),
    "ask_member": ("Under which account number do I find you?",),
    "ask_pin": ("To be safe, tell me the four digits only you know?",),
    "ask_item": ("And what tool are we talking about?",),
    "ask_until": ("Until when should that be?",),
    "ask_day": ("From when on?",),
    "ask_days": ("And how long will the job take?",),
    "offer_extend": ("It'd be {price:.2f} more for staying out till {day}, agree?",),
    "offer_cancel": ("No cost at all. Would you like it called off?",),
    "offer_fee": ("Short notice is {price:.2f}. Call it off, is that fine?",),
    "offer_plain": ("May I go ahead with it?",),
    "offer_reserve": ("{days} days starting {day} come to {price:.2f}; may I put you down?",),
    "done_extend": ("Good news: the end was moved to {day}.",),
    "done_cancel": ("As you wished, it was called off.",),
    "done_waive": ("That charge was dropped just now.",),
    "done_reserve": ("You are all set: {item}, from {day}.",),
    "kept": ("Understood, nothing happens then.",),
    "tell_due": ("{day} is the last day.",),
    "tell_balance": ("Our books say {price:.2f}.",),
    "no_overdue": ("It is past its date, therefore impossible, sorry.",),
    "no_limit": ("You had it prolonged the maximum number of times, it's not possible.",),
    "no_tier": ("Unfortunately that is a favour for the trade tier.",),
    "no_late": ("Unfortunately too long a delay for a favour.",),
    "no_debt": ("With {price:.2f} unpaid I am unable to put anything down for you.",),
    "no_stock": ("Unfortunately all taken on {day}.",),
    "no_identity": ("I am unable to be certain who you are: those digits fail.",),
    "no_way": ("Impossible, unfortunately.",),
    "pass": ("The manager takes over.",),
    "wait": ("Bear with me.",),
}
FAULTS = {
    "skip_pin": 0.6,
    "skip_offer": 0.7,
    "hide_price": 0.9,
    "ignore_dates": 1.1,
    "ignore_tier": 0.9,
    "claim_only": 0.35,
    "refuse_early": 0.3,
    "pass_early": 0.25,
}
_WANTS = (
    ("cancel", r"call it off|cancel|scrap|won't pick"),
    ("waive", r"late|bill me|charge"),
    ("extend", r"longer|keep|drags|still need"),
    ("due", r"back\?|until when|is my .* due|when is it due|have to be back"),
    ("balance", r"\bowe\b|open on|to pay"),
    ("reserve", r"book|do you have|i need a|put me down"),
)


@dataclass
class Pad:
    "What an attentive clerk has written down for the present request."

    want: str = ""
    told: dict[str, str] = field(default_factory=dict)
    found: dict[str, dict] = field(default_factory=dict)
    wrote: bool = False
    wrong_pin: bool = False
    answer: bool | None = None
    closed: bool = False


def listen(messages: list[Message]) -> Pad:
    pad, offered, args = Pad(), False, {}
    for m in messages:
        if m.role == "assistant":
            args |= {c.id: c for c in m.tool_calls}
            if m.content and not m.tool_calls:
                h = hear(m.content)
                offered = h.offer
                pad.closed = not h.offer and not h.asks
        elif m.role == "tool" and isinstance(m.value, dict) and not m.is_error:
            pad.found[m.name or ""] = m.value
            pad.wrote = pad.wrote or m.name in WRITES
            if m.name == "check_pin":
                pad.wrong_pin = not m.value["match"]
        elif m.role == "user":
            _note(pad, m.content or "", offered)
            offered = False
    return pad


def _note(pad: Pad, text: str, offered: bool) -> None:
    low = text.lower()
    want = next((k for k, rx in _WANTS if re.search(rx, _untypo(low))), "")
    again = re.search(r"one more thing|there is this|also,", _untypo(low))
    if want and (not pad.want or again):
        pad.want, pad.answer, pad.wrote = want, None, False
        pad.told = {k: v for k, v in pad.told.items() if k in ("member", "pin")}
        pad.found = {k: v for k, v in pad.found.items() if k == "check_pin"}
    for key, rx in (
        ("member", r"\bM\d{5}\b"),
        ("pin", r"(?<![\d-])\d{4}(?![\d-])"),
        ("day", r"\d{4}-\d\d-\d\d"),
        ("days", r"\b(\d+)(?= days)|^(\d)\.$"),
    ):
        if hits := [m.group() for m in re.finditer(rx, text)]:
            pad.told[key] = hits[-1].rstrip(".")
    if items := [i for i in RATES if i in low]:
        pad.told["item"] = items[-1]
    if offered:
        pad.answer = not re.match(r"\W*(no\b|for that price)", _untypo(low))


_KNOWN = sorted({w for v in LINES.values() for s in v for w in re.findall(r"[a-z]{5,}", s)})


def _untypo(low: str) -> str:
    "Words two letters of which changed places, as they were meant."
    by = {"".join(sorted(w)) + w[0]: w for w in _KNOWN}
    return re.sub(r"[a-z]{5,}", lambda m: by.get("".join(sorted(m[0])) + m[0][0], m[0]), low)


def decide(p: Pad, faults: frozenset[str] = frozenset()) -> tuple[str, dict]:
    "The next step by the rules, less those that `faults` drop: (`say` key or tool name, values)."
    t, member = p.told, p.found.get("find_member")
    if not p.want:
        return "help", {}
    if "member" not in t:
        return "ask_member", {}
    if "skip_pin" not in faults:
        if "pin" not in t:
            return "ask_pin", {}
        if "check_pin" not in p.found:
            return "check_pin", {"member_no": t["member"], "pin": t["pin"]}
        if p.wrong_pin:
            return "no_identity", {}
    for fault, key in (("pass_early", "pass"), ("refuse_early", "no_way")):
        if fault in faults:
            return key, {}
    if member is None:
        return "find_member", {"member_no": t["member"]}
    if p.want == "balance":
        return "tell_balance", {"price": member["balance"]}
    return _reserve(p, faults) if p.want == "reserve" else _on_hire(p, faults)


def _reserve(p: Pad, faults: frozenset[str]) -> tuple[str, dict]:
    t, member = p.told, p.found["find_member"]
    if member["balance"] > DEBT_LIMIT and "ignore_tier" not in faults:
        return "no_debt", {"price": member["balance"]}
    for key, say in (("item", "ask_item"), ("day", "ask_day")):
        if key not in t:
            return say, {}
    if "check_stock" not in p.found:
        return "check_stock", {"item": t["item"], "day": t["day"]}
    if not p.found["check_stock"]["free"]:
        return "no_stock", {"day": t["day"]}
    if "days" not in t:
        return "ask_days", {}
    days = int(t["days"].split()[0])
    price = days * p.found["check_stock"]["per_day"]
    values = {"item": t["item"], "day": t["day"], "days": days}
    call = {"member_no": t["member"], **values}
    return _agree(p, faults, "reserve", "offer_reserve", call, values | {"price": price})


def _on_hire(p: Pad, faults: frozenset[str]) -> tuple[str, dict]:
    t, member = p.told, p.found["find_member"]
    if "list_hires" not in p.found:
        return "list_hires", {"member_no": t["member"]}
    rows = p.found["list_hires"]["hires"]
    row = next((r for r in rows if r["item"] == t.get("item")), None)
    if row is None:
        return "ask_item", {}
    if p.want == "due":
        return "tell_due", {"day": row["due"]}
    soon = (date.fromisoformat(row["starts"]) - TODAY).days < FREE_DAYS
    hire = {"hire_id": row["hire_id"]}
    if p.want == "cancel":
        key = "offer_fee" if soon else "offer_cancel"
        price = {"price": row["per_day"] / 2}
        return _agree(p, faults, "cancel_reservation", key, hire, price)
    if p.want == "waive":
        late = (TODAY - date.fromisoformat(row["due"])).days
        if member["tier"] != "trade" and "ignore_tier" not in faults:
            return "no_tier", {}
        if late > WAIVE_DAYS and "ignore_dates" not in faults:
            return "no_late", {}
        return ("done_waive", {}) if p.wrote else ("waive_late_fee", hire)
    if row["due"] < TODAY.isoformat() and "ignore_dates" not in faults:
        return "no_overdue", {}
    if row["extended"] >= EXTENSIONS[member["tier"]] and "ignore_tier" not in faults:
        return "no_limit", {}
    if "day" not in t:
        return "ask_until", {}
    extra = (_day(t["day"]) - date.fromisoformat(row["due"])).days
    values = {"day": t["day"], "price": extra * row["per_day"]}
    call = {**hire, "until": t["day"]}
    return _agree(p, faults, "extend_hire", "offer_extend", call, values)


def _agree(
    p: Pad, faults: frozenset[str], tool: str, offer: str, call: dict, values: dict
) -> tuple[str, dict]:
    "Offer, then write or leave it, then say so."
    done = {
        "reserve": "done_reserve",
        "cancel_reservation": "done_cancel",
        "extend_hire": "done_extend",
    }[tool]
    if p.wrote:
        return done, values
    if "skip_offer" not in faults:
        if p.answer is None:
            plain = "hide_price" in faults
            return ("offer_plain", {}) if plain else (offer, values)
        if not p.answer:
            return "kept", {}
    return (done, values) if "claim_only" in faults else (tool, call)


@dataclass
class Clerk:
    "A scripted clerk: `noise` is the chance of a random slip a turn, `other` speaks in words that no log holds."

    seed: float = 0
    noise: float = 0.0
    faults: frozenset[str] = frozenset()
    other: bool = False

    def act(self, messages: list[Message], tools: object = ()) -> Message:
        r = random.Random(f"{self.seed}/{len(messages)}/{messages[-1].content}")
        pad = listen(messages)
        key, values = decide(pad, self.faults)
        if r.random() < self.noise:
            key, values = r.choice(["wait", "ask_pin", "ask_item", "no_way", "pass"]), {}
        if any(t.name == key for t in TOOLS):
            call = ToolCall(id=f"call_{len(messages)}", name=key, arguments=values)
            return Message(role="assistant", tool_calls=[call])
        words = r.choice((OTHER if self.other else SAY)[key]).format(**values)
        return Message(role="assistant", content=words)


@dataclass(frozen=True)
class Log:
    "A logged talk, the number of its caller and how it really went (never shown to a gym)."

    trace: Trace
    number: int
    verdict: Verdict
    faults: frozenset[str]


def make_logs(many: int, noise: float, seed: int = 0, flip: float = 0.05) -> list[Log]:
    "`many` talks of mediocre clerks; a share `flip` of the outcomes is wrong."
    out = []
    for k in range(many):
        r = random.Random(f"hire/log/{seed}/{k}")
        number = 1_000_000 * (seed + 1) + k
        faults = frozenset(f for f, p in FAULTS.items() if r.random() < noise * p)
        scene = Caller(number)
        messages = play(scene, Clerk(r.random(), noise / 3, faults), TOOLS)
        v = scene.verdict()
        said = v.success != (r.random() < flip)
        trace = Trace(
            conversation_id=f"h{seed}-{k:05d}",
            messages=messages,
            outcome="resolved" if said else "unresolved",
            satisfaction_score=v.satisfaction,
        )
        out.append(Log(trace, number, v, faults))
    return out
