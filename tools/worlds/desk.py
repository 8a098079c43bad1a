"""The clinic's desk clerk, scripted: knows the rules, breaks them by faults and slips, and so leaves the logs."""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from agent_gym.trace import Message, ToolCall, ToolSpec, Trace

from . import play
from .callers import Clinic, Verdict, hear
from .clinic import COMPLAINTS, DEBT, DOCTORS, NOTICE, REFERRED, SURNAMES, TOOLS

SAY = {
    "help": ("Good day, how can we help?", "Front desk, what can I do for you?"),
    "ask_person": (
        "May I have the surname and the date of birth, please?",
        "What are the surname and date of birth, please?",
        "Please tell me the surname and the date of birth.",
    ),
    "ask_birth": (
        "I find nobody under that date. Could you repeat the date of birth?",
        "There is no such entry, what is the date of birth, please?",
    ),
    "ask_first": (
        "There are two people of that name here, what is the first name?",
        "And the first name, please?",
    ),
    "ask_phone": (
        "For your privacy: what are the last four digits of the phone number on file?",
        "Which digits does your phone number end in?",
        "Please give me the last digits of your phone number.",
    ),
    "ask_department": ("Which department do you need?", "What department is it for?"),
    "ask_day": (
        "Which day suits you, and morning or afternoon?",
        "What day would suit, in the morning or in the afternoon?",
    ),
    "ask_complaint": ("What is the reason for the visit?", "May I note what it is about?"),
    "ask_which": ("Which appointment do you mean?", "Which visit is it, with whom?"),
    "ask_email": ("What is the new address?", "Which e-mail shall I put down?"),
    "ask_guardian": (
        "The patient is under age. Who is calling, are you the guardian?",
        "Who is speaking, please? A guardian has to arrange this.",
    ),
    "offer_slot": (
        "{doctor} has {time} on {date}. Shall I book it?",
        "I can offer {date} at {time} with {doctor}, would you like it?",
        "There is a slot on {date}, {time}, with {doctor}. Does that suit you?",
    ),
    "offer_move": (
        "I could move you to {date} at {time} with {doctor}, is that all right?",
        "Shall I move it to {date}, {time}, with {doctor}?",
    ),
    "offer_wait": (
        "That day is full. Would you like to go on the waiting list for {date}?",
        "Nothing is free on {date}. Shall I add you to the waiting list?",
    ),
    "offer_cancel": (
        "There is no charge. Shall I cancel it?",
        "I see the visit with {doctor}. Do you want me to cancel it?",
    ),
    "offer_fee": (
        "That is today, so a late fee of {fee} applies. Shall I cancel all the same?",
        "Cancelling now costs a late fee of {fee}. Do you want me to cancel it?",
    ),
    "offer_plain": ("Shall I cancel the visit for you?", "Do you want me to cancel it?"),
    "done_book": (
        "You are booked for {date} at {time} with {doctor}.",
        "I've booked {date}, {time}, with {doctor}.",
    ),
    "done_move": (
        "Your visit has been moved to {date} at {time}.",
        "I've moved it to {date}, {time}.",
    ),
    "done_cancel": ("Your visit has been cancelled.", "I've cancelled the appointment."),
    "done_wait": (
        "You are on the waiting list for {date}.",
        "I've put you on the waiting list, we call when something opens.",
    ),
    "done_email": (
        "Your e-mail address has been updated to {email}.",
        "I've changed the address to {email}.",
    ),
    "kept": ("Then everything stays as it is.", "Fine, I leave it as it is."),
    "tell_next": (
        "You come on {date} at {time}, to {doctor}.",
        "The next one is on {date}, {time}.",
    ),
    "tell_owed": ("The open amount is {balance}.", "You have {balance} to pay."),
    "no_one": ("I'm afraid nobody of that name is on file.",),
    "no_identity": (
        "Those digits do not match our file, so I cannot help with this record.",
        "Sorry, I could not verify that it is you.",
    ),
    "no_referral": (
        "Sorry, {department} needs a valid referral, and I see none.",
        "I cannot book {department} without a valid referral.",
    ),
    "no_guardian": (
        "Sorry, only a guardian can arrange this for a minor.",
        "I cannot book for a minor without the guardian.",
    ),
    "no_balance": (
        "There is an open balance of {balance}, so I cannot give new appointments.",
        "Unfortunately {balance} is unpaid, no new booking is possible until then, sorry.",
    ),
    "no_notice": (
        "Sorry, we need 24 hours' notice to move a visit.",
        "It is less than 24 hours away, I cannot move it any more.",
    ),
    "no_way": ("Sorry, that is not possible.", "I'm afraid we cannot do that."),
    "pass": ("I'll hand you to a colleague.", "Let me put you through to the nurse on duty."),
    "wait": ("Just a second.", "I'm having a look."),
}
OTHER = {
    "help": ("You've reached reception - what is it about?",),
    "ask_person": ("Under which family name are you registered, and when were you born?",),
    "ask_birth": ("Hmm, no match in the files; would you spell out when the patient was born?",),
    "ask_first": ("Two of you share that birthday! Which given name is it?",),
    "ask_phone": (
        "A quick check: how does the mobile we hold for you end, I need the final four digits?",
    ),
    "ask_department": ("And what kind of doctor should it be?",),
    "ask_day": ("When would you like to drop by - what date, and morning or later?",),
    "ask_complaint": ("In a few words, what symptoms do you have?",),
    "ask_which": (
        "You have more than one coming up - with whom is the visit?",
        "Whose appointment is it?",
    ),
    "ask_email": ("Where should our mails go - what e-mail is it now?",),
    "ask_guardian": (
        "As this is a young patient: on whose authority are you phoning, as a parent?",
    ),
    "offer_slot": ("How about {time} on {date}? {doctor} could see you then, is that okay?",),
    "offer_move": ("Would a new time on {date}, {time}, work for you?",),
    "offer_wait": (
        "No luck on {date}, every place is gone. May I put your name on our wait list?",
    ),
    "offer_cancel": ("Calling off is free of charge here. Should I strike it from the calendar?",),
    "offer_fee": (
        "Heads up: it's so late that {fee} will be charged. Is it okay to call it off regardless?",
    ),
    "offer_plain": ("May I call it off then?",),
    "done_book": ("Wonderful, {doctor} expects you on {date} at {time}.",),
    "done_move": ("Rescheduled - your new time, {date} {time}, is now saved.",),
    "done_cancel": ("That visit was called off just now.",),
    "done_wait": ("Your name is now noted on our wait list for {date}.",),
    "done_email": ("From now on our letters go to the address {email}.",),
    "kept": ("Understood: nothing is touched and no changes made.",),
    "tell_next": ("I have you down with {doctor}: {time} on {date}.",),
    "tell_owed": ("Our books show {balance} outstanding.",),
    "no_one": ("Unfortunately we have no such person here.",),
    "no_identity": ("We are unable to be sure it is you, as the number differs.",),
    "no_referral": (
        "You were not referred to {department}, so it's impossible to give you a time there.",
    ),
    "no_guardian": (
        "A parent would have to phone us; until then our hands are tied, unfortunately.",
    ),
    "no_balance": ("As long as {balance} is outstanding we are not able to offer another visit.",),
    "no_notice": ("It's too short before the visit, shifting it is not possible.",),
    "no_way": ("That is impossible here.",),
    "pass": ("My supervisor will take over.",),
    "wait": ("Bear with me.",),
}
FAULTS = {
    "skip_identity": 0.6,
    "skip_offer": 0.7,
    "hide_fee": 1.0,
    "lenient": 1.2,
    "claim_only": 0.35,
    "refuse_early": 0.3,
    "pass_early": 0.25,
    "any_row": 0.6,
}
KINDS = (
    ("cancel", r"cancel|call off|can't make it|no longer need"),
    ("move", r"another time|instead|reschedul|move my|later one"),
    ("email", r"e-?mail|@|use .* for me"),
    ("next", r"due next|next appointment|when (my|i)\b"),
    ("owed", r"\bpay\b|\bowe\b|open on|balance"),
    (
        "book",
        r"appointment|come|seen|anything|see |time|look|look at|open for|child|for \w+,|department|"
        + "|".join(DOCTORS),
    ),
)


@dataclass
class Notes:
    "What an attentive clerk has on the pad: `told` by the caller, good answers of each tool, and whether the last offer was taken."

    kind: str | None = None
    told: dict[str, str] = field(default_factory=dict)
    found: dict[str, dict] = field(default_factory=dict)
    rows: list[dict] = field(default_factory=list)
    answered: int = 0
    taken: bool | None = None
    said: str = ""


def notes(messages: Sequence[Message]) -> Notes:
    n, turn = Notes(), hear("")
    for m in messages:
        if m.role == "assistant":
            n.said, turn, n.answered = (
                m.content or n.said,
                hear(m.content or "") if m.content else turn,
                n.answered + 1,
            )
        elif m.role == "user":
            _listen(n, m.content or "", turn.offer, turn.asks)
            turn = hear("")
        elif not m.is_error and m.name and isinstance(m.value, dict):
            n.found[m.name] = m.value
            n.rows = (
                n.rows + [a for a in m.value["appointments"] if a not in n.rows]
                if m.name == "list_appointments"
                else n.rows
            )  # type: ignore[union-attr, operator, misc]
    return n


def _listen(n: Notes, text: str, offered: bool, asked: list[str]) -> None:
    n.kind = n.kind or next((k for k, rx in KINDS if re.search(rx, text.lower())), None)
    for key, rx in (
        ("surname", "|".join(SURNAMES)),
        ("phone", r"(?<![\d.@-])\d{4}(?![\d-])"),
        ("email", r"[\w.]+@[\w.]+\w"),
        ("doctor", "|".join(d for ds in DOCTORS.values() for d in ds)),
        ("department", "|".join(DOCTORS)),
        ("complaint", "|".join(c for cs in COMPLAINTS.values() for c in cs)),
    ):
        if hits := re.findall(rx, text):
            n.told[key] = hits[-1]
    for d in re.findall(r"\d{4}-\d\d-\d\d", text):
        n.told["date" if d > "2026" else "born"] = d
    if part := re.findall(r"morning|afternoon", text.replace("Good morning", "")):
        n.told["part"] = part[-1]
    if "first_name" in asked and (name := re.findall(r"[A-Z]\w+(?=\.?$)", text)):
        n.told["first"] = name[0]
    if "guardian" in asked:
        n.told["caller"] = text
    if offered:
        n.taken = not re.match(r"\W*(no|that's a lot|that doesn't)\b", text.lower())


@dataclass(frozen=True)
class Step:
    "Call `tool`, or say one of the sentences under `say`, with `values`."

    say: str = ""
    tool: str = ""
    values: dict = field(default_factory=dict)


def _say(key: str, **values: object) -> Step:
    return Step(say=key, values=values)


def _use(name: str, **arguments: object) -> Step:
    return Step(tool=name, values=arguments)


def decide(n: Notes, faults: frozenset[str] = frozenset()) -> Step:
    "The next step by the rules, less those that `faults` drop."
    t, people = n.told, n.found.get("search_patients", {}).get("matches")
    if n.kind is None:
        return _say("help")
    if "surname" not in t or "born" not in t:
        return _say("ask_person")
    query = {"surname": t["surname"], "birth_date": t["born"]} | (
        {"first_name": t["first"]} if "first" in t else {}
    )
    if people is None:
        return _use("search_patients", **query)
    if not people:
        asked = any(n.said == s for s in SAY["ask_birth"] + OTHER["ask_birth"])
        return _say("ask_birth") if not asked else _use("search_patients", **query)
    if len(people) > 1:
        return _say("ask_first") if "first" not in t else _use("search_patients", **query)
    pid = people[0]["patient_id"]
    if "skip_identity" not in faults:
        if "phone" not in t:
            return _say("ask_phone")
        check = n.found.get("check_identity")
        if check is None:
            return _use("check_identity", patient_id=pid, phone_ending=t["phone"])
        if not check["verified"]:
            return _say("no_identity")
    if "pass_early" in faults:
        return _say("pass")
    if "refuse_early" in faults:
        return (
            _say("no_way")
            if n.answered % 2
            else _say(
                "no_referral" if n.kind == "book" else "no_notice",
                department=t.get("department", "that department"),
            )
        )
    return DUTIES[n.kind](n, pid, faults)


def _book(n: Notes, pid: str, faults: frozenset[str]) -> Step:
    t, record = n.told, n.found.get("get_record")
    if "department" not in t:
        return _say("ask_department")
    if "lenient" not in faults:
        if record is None:
            return _use("get_record", patient_id=pid)
        if record["account"]["balance"] > DEBT:
            return _say("no_balance", balance=record["account"]["balance"])
        if record["guardian"]:
            if "caller" not in t:
                return _say("ask_guardian")
            if record["guardian"]["name"] not in t["caller"]:
                return _say("no_guardian")
        if t["department"] in REFERRED and not any(
            r["valid"] and r["department"] == t["department"] for r in record["referrals"]
        ):
            return _say("no_referral", department=t["department"])
    slot = _slot(n, t["department"], t.get("doctor"), faults)
    if isinstance(slot, Step):
        return slot
    if slot is None:
        wait = {"department": t["department"], "date": t["date"]}
        return _agreed(
            n,
            faults,
            "offer_wait",
            _use("join_waiting_list", patient_id=pid, **wait),
            "done_wait",
            wait,
        )
    if "complaint" not in t and n.taken:
        return _say("ask_complaint")
    return _agreed(
        n,
        faults,
        "offer_slot",
        _use(
            "book_appointment",
            patient_id=pid,
            slot_id=slot["slot_id"],
            reason=t.get("complaint", "a visit"),
        ),
        "done_book",
        slot,
    )


def _slot(
    n: Notes, department: str, doctor: str | None, faults: frozenset[str]
) -> Step | dict | None:
    "The free time to offer, None where there is none, or the step that is missing."
    t, found = n.told, n.found.get("search_slots")
    if "date" not in t or "part" not in t:
        return _say("ask_day")
    if found is None:
        part = t["part"] if "any_row" not in faults else "morning"
        return _use(
            "search_slots",
            department=department,
            date=t["date"],
            part_of_day=part,
            **({"doctor": doctor} if doctor and "any_row" not in faults else {}),
        )
    return found["slots"][0] if found["slots"] else None


def _agreed(
    n: Notes, faults: frozenset[str], offer: str, write: Step, done: str, values: dict
) -> Step:
    "An offer, then on a yes the write, then the news."
    if write.tool in n.found:
        return _say(done, **values)
    if n.taken is False:
        return _say("kept")
    if n.taken is None and "skip_offer" not in faults:
        return _say(offer, **values)
    return _say(done, **values) if "claim_only" in faults else write


def _own(n: Notes, pid: str, faults: frozenset[str]) -> Step | dict:
    "The upcoming appointment that is meant, or the step that is missing."
    listed = n.found.get("list_appointments")
    if listed is None or (listed["page"] < listed["pages"] and "any_row" not in faults):
        return _use(
            "list_appointments", patient_id=pid, **({"page": listed["page"] + 1} if listed else {})
        )
    rows = [a for a in n.rows if a["status"] == "upcoming"]
    if not rows:
        return _say("no_way")
    meant = [a for a in rows if a["doctor"] == n.told.get("doctor")] or rows
    return (
        meant[0]
        if len(meant) == 1 or "any_row" in faults or n.kind == "next"
        else _say("ask_which")
    )


def _move(n: Notes, pid: str, faults: frozenset[str]) -> Step:
    own = _own(n, pid, faults)
    if isinstance(own, Step):
        return own
    if own["notice_hours"] < NOTICE and "lenient" not in faults:
        return _say("no_notice")
    slot = _slot(n, own["department"], None, faults)
    if isinstance(slot, Step):
        return slot
    return (
        _say("no_way")
        if slot is None
        else _agreed(
            n,
            faults,
            "offer_move",
            _use("move_appointment", appointment_id=own["appointment_id"], slot_id=slot["slot_id"]),
            "done_move",
            slot,
        )
    )


def _cancel(n: Notes, pid: str, faults: frozenset[str]) -> Step:
    own = _own(n, pid, faults)
    if isinstance(own, Step):
        return own
    offer = (
        "offer_plain"
        if "hide_fee" in faults
        else "offer_fee"
        if own["late_fee"]
        else "offer_cancel"
    )
    return _agreed(
        n,
        faults,
        offer,
        _use("cancel_appointment", appointment_id=own["appointment_id"]),
        "done_cancel",
        {"fee": own["late_fee"], "doctor": own["doctor"]},
    )


def _email(n: Notes, pid: str, faults: frozenset[str]) -> Step:
    if "email" not in n.told:
        return _say("ask_email")
    done = "update_email" in n.found or "claim_only" in faults
    return (
        _say("done_email", email=n.told["email"])
        if done
        else _use("update_email", patient_id=pid, email=n.told["email"])
    )


def _next(n: Notes, pid: str, faults: frozenset[str]) -> Step:
    own = _own(n, pid, faults)
    return (
        own
        if isinstance(own, Step)
        else _say("tell_next", date=own["date"], time=own["time"], doctor=own["doctor"])
    )


def _owed(n: Notes, pid: str, faults: frozenset[str]) -> Step:
    record = n.found.get("get_record")
    return (
        _use("get_record", patient_id=pid)
        if record is None
        else _say("tell_owed", balance=record["account"]["balance"])
    )


DUTIES: dict[str, Callable[[Notes, str, frozenset[str]], Step]] = {
    "book": _book,
    "move": _move,
    "cancel": _cancel,
    "email": _email,
    "next": _next,
    "owed": _owed,
}


@dataclass(frozen=True)
class Clerk:
    "The scripted clerk: `faults` dropped rules, `slips` the chance of a random step each turn, `other` words that occur in no log. What it does depends on these and the messages alone."

    seed: int = 0
    slips: float = 0.0
    faults: frozenset[str] = frozenset()
    other: bool = False

    def act(self, messages: Sequence[Message], tools: Sequence[ToolSpec] = ()) -> Message:
        r = random.Random(
            f"clinic/clerk/{self.seed}/{len(messages)}/{messages[0].content}/{messages[-1].content}"
        )
        n = notes(messages)
        step = slip(n, r) if r.random() < self.slips else decide(n, self.faults)
        if step.tool:
            return Message(
                role="assistant",
                tool_calls=[
                    ToolCall(id=f"call_{len(messages)}", name=step.tool, arguments=step.values)
                ],
            )
        return Message(
            role="assistant",
            content=r.choice((OTHER if self.other else SAY)[step.say]).format(**step.values),
        )


def slip(n: Notes, r: random.Random) -> Step:
    "Any sentence whose blanks can be filled, or any call whose arguments are at hand."
    t, people, slots = (
        n.told,
        n.found.get("search_patients", {}).get("matches") or [],
        n.found.get("search_slots", {}).get("slots") or [],
    )
    values = {
        **t,
        **(n.found.get("get_record", {}).get("account") or {}),
        **(r.choice(n.rows) if n.rows else {}),
        **(r.choice(slots) if slots else {}),
    }
    values |= {"fee": values.get("late_fee", 25.0)}
    steps = [
        Step(say=k, values=values)
        for k, texts in SAY.items()
        if all(b in values for x in texts for b in re.findall(r"{(\w+)}", x))
    ]
    have = {
        **values,
        "birth_date": t.get("born"),
        "phone_ending": t.get("phone"),
        "part_of_day": t.get("part"),
        "reason": t.get("complaint", "a visit"),
        "page": 1,
        "patient_id": people[0]["patient_id"] if people else None,
    }
    for tool in TOOLS:
        needs = tool.parameters["required"]
        if all(have.get(k) is not None for k in needs):
            steps += [Step(tool=tool.name, values={k: have[k] for k in needs})] * 3
    return r.choice(steps)


@dataclass(frozen=True)
class Logged:
    "A logged talk, the number of its scenario, and how it really went."

    trace: Trace
    number: int
    verdict: Verdict


def make_logs(n: int = 300, noise: float = 0.6, seed: int = 0, flip: float = 0.05) -> list[Logged]:
    """`n` talks of clerks of all sorts. Each fault is there with probability `noise` times its rate, each turn slips with `noise` / 9; a share `flip` of the outcomes is wrong."""
    out = []
    for k in range(n):
        r = random.Random(f"clinic/log/{seed}/{k}")
        clerk = Clerk(
            r.randrange(10**6),
            noise / 8,
            frozenset(f for f, p in FAULTS.items() if r.random() < noise * p),
        )
        number = 1_000_003 * (seed + 1) + k
        scene = Clinic(number)
        messages, verdict = play(scene, clerk, TOOLS), scene.verdict()
        outcome = (
            "resolved"
            if verdict.success
            else "escalated"
            if verdict.final == "escalated"
            else "unresolved"
        )
        if r.random() < flip:
            outcome = "unresolved" if outcome == "resolved" else "resolved"
        out.append(
            Logged(
                Trace(
                    conversation_id=f"desk-{seed}-{k:04d}",
                    messages=messages,
                    outcome=outcome,
                    satisfaction_score=verdict.satisfaction,
                    metadata={"team": r.choice(["front", "phone"])},
                ),
                number,
                verdict,
            )
        )
    return out
