"""The appointment desk of a clinic: its records and calendar, its patients, and what counts as right.

Rules of the desk that the backend does not enforce: who calls is checked first; a time, a cancellation and a waiting list need the caller's yes; a late fee
is named before that yes; specialists need a valid referral; a minor's guardian decides; who owes more than 60 gets no new appointment; nothing is moved on the day itself.
"""

import copy
import random
import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from pydantic import JsonValue

from agent_gym.tools import check_arguments
from agent_gym.trace import ToolSpec

TODAY, OPENS, DEBT, NOTICE = date(2026, 3, 2), 8, 60.0, 24
DOCTORS = {
    "family medicine": ("Dr Okafor", "Dr Lindqvist", "Dr Mbeki"),
    "dermatology": ("Dr Anand", "Dr Petit"),
    "cardiology": ("Dr Hrubec", "Dr Salinas"),
    "physiotherapy": ("Dr Yilmaz", "Dr Osei"),
    "ophthalmology": ("Dr Farkas", "Dr Ito"),
}
REFERRED = frozenset({"dermatology", "cardiology", "ophthalmology"})
TIMES = ("09:20", "10:40", "11:30", "14:10", "15:00", "16:20")
COMPLAINTS = {
    "family medicine": (
        "a sore throat",
        "a cough that will not go away",
        "a repeat of my blood test",
        "trouble sleeping",
    ),
    "dermatology": ("a rash on my arm", "a mole that changed"),
    "cardiology": ("a racing heart", "high blood pressure"),
    "physiotherapy": ("a stiff shoulder", "pain in my lower back"),
    "ophthalmology": ("blurred vision", "a dry left eye"),
}
SURNAMES = (
    "Abbott",
    "Castell",
    "Demir",
    "Ekwueme",
    "Fiore",
    "Grabowski",
    "Haddad",
    "Iversen",
    "Jansson",
    "Kovacs",
    "Laurent",
    "Moreno",
    "Nakamura",
    "Oyelaran",
    "Pavlov",
    "Quiroga",
    "Rossi",
    "Sandoval",
    "Tanaka",
    "Varga",
)
FIRST = (
    "Ada",
    "Bela",
    "Chidi",
    "Dunja",
    "Elif",
    "Farid",
    "Greta",
    "Hugo",
    "Ines",
    "Jonas",
    "Kofi",
    "Lena",
    "Marek",
    "Noor",
    "Olga",
    "Pedro",
    "Rana",
    "Sven",
    "Tomas",
    "Uma",
)
RELATIONS = ("mother", "father", "grandmother", "foster father")


@dataclass(frozen=True)
class Slot:
    department: str
    doctor: str
    date: str
    time: str

    @property
    def part(self) -> str:
        return "morning" if self.time < "12:00" else "afternoon"


DAYS = tuple(
    (TODAY + timedelta(days=k)).isoformat()
    for k in range(1, 12)
    if (TODAY + timedelta(days=k)).weekday() < 5
)
SLOTS = {
    f"s{1001 + k}": slot
    for k, slot in enumerate(
        Slot(dep, doc, day, time)
        for dep, docs in DOCTORS.items()
        for doc in docs
        for day in DAYS
        for time in TIMES
    )
}


def _tool(name: str, about: str, required: str, optional: str = "") -> ToolSpec:
    "A tool whose arguments are given as `name:type` words."
    words = [w.split(":") for w in f"{required} {optional}".split()]
    properties: dict[str, object] = {
        k: {"type": t} | ({"enum": ["morning", "afternoon"]} if k == "part_of_day" else {})
        for k, t in words
    }
    return ToolSpec(
        name=name,
        description=about,
        parameters={
            "type": "object",
            "properties": properties,
            "required": [w.split(":")[0] for w in required.split()],
            "additionalProperties": False,
        },
    )


TOOLS = (
    _tool(
        "search_patients",
        "People on file by surname and date of birth (YYYY-MM-DD)",
        "surname:string birth_date:string",
        "first_name:string",
    ),
    _tool(
        "check_identity",
        "Compare the last digits of the phone number on file",
        "patient_id:string phone_ending:string",
    ),
    _tool(
        "get_record",
        "A patient's record: contact, guardian, referrals, account",
        "patient_id:string",
    ),
    _tool(
        "list_appointments",
        "A patient's appointments by date, three a page",
        "patient_id:string",
        "page:integer",
    ),
    _tool(
        "search_slots",
        "Free times of a department on a day, earliest first",
        "department:string date:string part_of_day:string",
        "doctor:string",
    ),
    _tool(
        "book_appointment",
        "Give a free time to a patient",
        "patient_id:string slot_id:string reason:string",
    ),
    _tool(
        "move_appointment",
        "Move an appointment to another free time",
        "appointment_id:string slot_id:string",
    ),
    _tool(
        "cancel_appointment",
        "Call off an appointment; a late fee goes on the account",
        "appointment_id:string",
        "reason:string",
    ),
    _tool(
        "join_waiting_list",
        "Put a patient on the list for a day that is full",
        "patient_id:string department:string date:string",
    ),
    _tool(
        "update_email", "Change the e-mail address of a record", "patient_id:string email:string"
    ),
)
WRITES = frozenset(
    {
        "book_appointment",
        "move_appointment",
        "cancel_appointment",
        "join_waiting_list",
        "update_email",
    }
)
GENERATED = frozenset({("book_appointment", "appointment_id"), ("join_waiting_list", "entry_id")})


class Refused(Exception):
    "A call that the backend does not carry out: `args` are a code and a sentence."


@dataclass
class Registry:
    "Records, calendar and waiting list in plain dicts. `rng` makes numbers of new entries only."

    rng: random.Random
    patients: dict[str, dict] = field(default_factory=dict)
    appointments: dict[str, dict] = field(default_factory=dict)
    free: set[str] = field(default_factory=set)
    waiting: dict[str, dict] = field(default_factory=dict)

    def call(self, name: str, arguments: dict) -> tuple[JsonValue, bool]:
        "What the tool answers, and whether that is an error; a failing call changes nothing."
        spec = next((t for t in TOOLS if t.name == name), None)
        fault = f"There is no tool {name}" if spec is None else check_arguments(spec, arguments)
        if fault:
            return {"error": "bad_request", "detail": f"{fault}."}, True
        try:
            return getattr(self, name)(**arguments), False
        except Refused as e:
            return {"error": e.args[0], "detail": e.args[1]}, True

    def _patient(self, key: str) -> dict:
        if key not in self.patients:
            raise Refused("no_such_patient", f"No record {key}.")
        return self.patients[key]

    def _upcoming(self, key: str) -> dict:
        a = self.appointments.get(key)
        if a is None or a["status"] != "upcoming":
            raise Refused("not_upcoming", f"{key} is not an upcoming appointment.")
        return a

    def _take(self, key: str) -> Slot:
        if key not in self.free:
            raise Refused(
                "slot_taken" if key in SLOTS else "no_such_slot", f"{key} cannot be given."
            )
        self.free.remove(key)
        return SLOTS[key]

    def search_patients(self, surname: str, birth_date: str, first_name: str = "") -> JsonValue:
        found = [
            {"patient_id": k, "name": p["name"]}
            for k, p in sorted(self.patients.items())
            if p["name"]["last"].lower() == surname.strip().lower()
            and p["birth_date"] == birth_date
        ]
        found = [
            f
            for f in found
            if not first_name or f["name"]["first"].lower() == first_name.strip().lower()
        ]
        return {"matches": found, "total": len(found)}

    def check_identity(self, patient_id: str, phone_ending: str) -> JsonValue:
        return {
            "patient_id": patient_id,
            "verified": self._patient(patient_id)["phone_ending"] == phone_ending.strip(),
        }

    def get_record(self, patient_id: str) -> JsonValue:
        return {"patient_id": patient_id} | {
            k: copy.deepcopy(v) for k, v in self._patient(patient_id).items() if k != "phone_ending"
        }

    def list_appointments(self, patient_id: str, page: int = 1) -> JsonValue:
        self._patient(patient_id)
        rows = [
            self._shown(k)
            for k, a in sorted(
                self.appointments.items(), key=lambda x: (x[1]["date"], x[1]["time"])
            )
            if a["patient_id"] == patient_id
        ]
        return {
            "appointments": rows[3 * page - 3 : 3 * page] if page > 0 else [],
            "page": page,
            "pages": max(1, -(-len(rows) // 3)),
        }

    def _shown(self, key: str) -> dict:
        a = self.appointments[key]
        hours = (
            (date.fromisoformat(a["date"]) - TODAY).days * 24 + int(a["time"][:2]) - OPENS
            if a["status"] == "upcoming"
            else 0
        )
        fee = (
            (40.0 if a["department"] in REFERRED else 25.0)
            if a["status"] == "upcoming" and hours < NOTICE
            else 0.0
        )
        return (
            {"appointment_id": key}
            | {k: v for k, v in a.items() if k != "patient_id"}
            | {"notice_hours": hours, "late_fee": fee}
        )

    def search_slots(
        self, department: str, date: str, part_of_day: str, doctor: str = ""
    ) -> JsonValue:
        if department not in DOCTORS:
            raise Refused("no_such_department", f"Departments are {', '.join(DOCTORS)}.")
        slots = sorted(
            (SLOTS[k].date, SLOTS[k].time, k)
            for k in self.free
            if SLOTS[k].department == department
            and SLOTS[k].part == part_of_day
            and doctor in ("", SLOTS[k].doctor)
        )
        return {
            "slots": [
                {"slot_id": k, "doctor": SLOTS[k].doctor, "date": d, "time": t, "minutes": 20}
                for d, t, k in slots
                if d == date
            ][:4],
            "next_free_day": next((d for d, _, _ in slots if d > date), None),
        }

    def book_appointment(self, patient_id: str, slot_id: str, reason: str) -> JsonValue:
        self._patient(patient_id)
        s = self._take(slot_id)
        key = f"A{self.rng.randint(200_000, 999_999)}"
        self.appointments[key] = {
            "patient_id": patient_id,
            "department": s.department,
            "doctor": s.doctor,
            "date": s.date,
            "time": s.time,
            "status": "upcoming",
        }
        return {
            "appointment_id": key,
            "status": "booked",
            "doctor": s.doctor,
            "date": s.date,
            "time": s.time,
            "reason": reason,
        }

    def move_appointment(self, appointment_id: str, slot_id: str) -> JsonValue:
        a = self._upcoming(appointment_id)
        if slot_id in SLOTS and SLOTS[slot_id].department != a["department"]:
            raise Refused("other_department", "An appointment stays in its department.")
        s, was = self._take(slot_id), {"date": a["date"], "time": a["time"]}
        a.update(doctor=s.doctor, date=s.date, time=s.time)
        return {
            "appointment_id": appointment_id,
            "status": "moved",
            "from": was,
            "to": {"date": s.date, "time": s.time, "doctor": s.doctor},
        }

    def cancel_appointment(self, appointment_id: str, reason: str = "") -> JsonValue:
        a, fee = self._upcoming(appointment_id), self._shown(appointment_id)["late_fee"]
        a["status"] = "cancelled"
        account = self.patients[a["patient_id"]]["account"]
        account["balance"] = round(account["balance"] + fee, 2)
        return {"appointment_id": appointment_id, "status": "cancelled", "charged": fee}

    def join_waiting_list(self, patient_id: str, department: str, date: str) -> JsonValue:
        self._patient(patient_id)
        key = f"W{self.rng.randint(2_000, 9_999)}"
        self.waiting[key] = {"patient_id": patient_id, "department": department, "date": date}
        return {"entry_id": key, "department": department, "date": date, "status": "waiting"}

    def update_email(self, patient_id: str, email: str) -> JsonValue:
        if not re.fullmatch(r"[^@\s]+@[^@\s]+\.\w+", email):
            raise Refused("bad_email", f"{email} is no e-mail address.")
        self._patient(patient_id)["contact"]["email"] = email
        return {"patient_id": patient_id, "contact": {"email": email}}

    def changes(self, before: "Registry") -> list[tuple[str, ...]]:
        "What was written since `before`, without made-up numbers and without fees (they follow from the rest)."
        rows = [(k, a, before.appointments.get(k)) for k, a in sorted(self.appointments.items())]
        out = [
            (
                a["status"] if was else f"new {a['status']}",
                k if was else a["patient_id"],
                a["doctor"],
                a["date"],
                a["time"],
            )
            for k, a, was in rows
            if a != was
        ]
        out += [
            ("waiting", w["patient_id"], w["department"], w["date"])
            for k, w in sorted(self.waiting.items())
            if k not in before.waiting
        ]
        return out + [
            ("email", k, p["contact"]["email"])
            for k, p in sorted(self.patients.items())
            if p["contact"] != before.patients[k]["contact"]
        ]


KINDS = {
    "book:plain": 3,
    "book:specialist": 3,
    "book:referral": 3,
    "book:child": 2,
    "book:minor": 2,
    "book:wait": 2,
    "book:wait_no": 2,
    "book:owing": 2,
    "move:free": 3,
    "move:short": 2,
    "cancel:free": 3,
    "cancel:fee": 2,
    "cancel:fee_no": 2,
    "cancel:stranger": 1,
    "email:new": 3,
    "email:stranger": 1,
    "ask:next": 2,
    "ask:owed": 2,
    "ask:stranger": 1,
}
REASONS = {
    "referral": "referral",
    "minor": "guardian",
    "owing": "balance",
    "short": "notice",
    "stranger": "identity",
}
EVIDENCE = {
    "referral": {"record"},
    "guardian": {"record", "alone"},
    "balance": {"record"},
    "notice": {"appointment"},
    "identity": {"mismatch"},
}


@dataclass
class Request:
    "One caller: what they want, what they know, the registry before the first word, and the writes of which exactly one is right (none where empty)."

    number: int
    kind: str
    variant: str
    registry: Registry
    patient: str
    facts: dict[str, str]
    right: set[tuple[str, ...]]
    ending: str
    fee: float = 0.0
    appointment: str = ""
    times: set[str] = field(default_factory=set)
    answer: tuple[str, ...] = ()


def request(number: int) -> Request:
    "The request of a number, the same in every process."
    r = random.Random(f"clinic/{number}")
    kind, variant = r.choices(list(KINDS), list(KINDS.values()))[0].split(":")
    reg = Registry(random.Random(f"clinic/numbers/{number}"))
    young = variant in ("child", "minor")
    pid, last = f"P-{r.randint(10_000, 99_999)}", r.choice(SURNAMES)
    born = date(
        r.randint(2010, 2012)
        if variant == "minor"
        else r.randint(2013, 2019)
        if young
        else r.randint(1945, 2003),
        r.randint(1, 12),
        r.randint(1, 28),
    ).isoformat()
    department = (
        r.choice(sorted(REFERRED))
        if variant in ("specialist", "referral")
        else r.choice([d for d in DOCTORS if kind != "book" or d not in REFERRED])
    )
    first, *others = r.sample(FIRST, 4)
    for k, name in enumerate(
        [first, *others[: 3 if kind != "email" and r.random() < 0.15 else 2]]
    ):  # a third other person is a twin
        key, child = (pid if k == 0 else f"P-{r.randint(10_000, 99_999)}"), young and k == 0
        reg.patients[key] = {
            "name": {
                "first": name,
                "last": last if k in (0, 3) else r.choice([s for s in SURNAMES if s != last]),
            },
            "birth_date": born
            if k in (0, 3)
            else f"19{r.randint(45, 99)}-0{r.randint(1, 9)}-{r.randint(10, 28)}",
            "contact": {"email": f"{name}.{r.randint(10, 99)}@post.example".lower()},
            "guardian": {"name": f"{r.choice(FIRST)} {last}", "relation": r.choice(RELATIONS)}
            if child
            else None,
            "referrals": [],
            "account": {"balance": round(r.choice([0.0, r.uniform(5, DEBT - 2)]), 2)},
            "phone_ending": f"{r.randint(0, 9999):04d}",
        }
    me = reg.patients[pid]
    if variant == "specialist":
        me["referrals"].append(
            {
                "department": department,
                "valid_until": f"2026-0{r.randint(4, 9)}-{r.randint(10, 28)}",
                "valid": True,
            }
        )
    elif variant == "referral" and r.random() < 0.5:
        me["referrals"].append(
            {
                "department": department,
                "valid_until": f"2026-01-{r.randint(10, 28)}",
                "valid": False,
            }
        )
    if variant == "owing":
        me["account"]["balance"] = round(r.uniform(DEBT + 5, 180), 2)
    if variant == "owed":
        me["account"]["balance"] = round(r.uniform(5, 180), 2)
    wish = Slot(department, r.choice(DOCTORS[department]), r.choice(DAYS), r.choice(TIMES))
    own = _appointments(r, reg, pid, department, kind, variant)
    reg.free = {k for k in SLOTS if r.random() < 0.3}
    picky = kind == "book" and r.random() < 0.3
    fits = {
        k
        for k, s in SLOTS.items()
        if (s.department, s.date, s.part) == (wish.department, wish.date, wish.part)
        and (not picky or s.doctor == wish.doctor)
    }
    reg.free = (
        reg.free - fits
        if variant.startswith("wait")
        else reg.free
        if reg.free & fits
        else reg.free | {r.choice(sorted(fits))}
    )
    facts = {
        "surname": last,
        "first_name": me["name"]["first"],
        "birth_date": born,
        "phone": me["phone_ending"]
        if variant != "stranger"
        else f"{(int(me['phone_ending']) + r.randint(1, 9998)) % 10_000:04d}",
    }
    if kind == "book":
        facts |= {
            "department": department,
            "day": f"{wish.date} in the {wish.part}" + (f" with {wish.doctor}" if picky else ""),
            "complaint": r.choice(COMPLAINTS[department]),
        } | (
            {"guardian": f"{me['guardian']['name']}, the {me['guardian']['relation']}"}
            if variant == "child"
            else {}
        )
    elif kind in ("move", "cancel"):
        facts |= {"which": reg.appointments[own]["doctor"]} | (
            {"day": f"{wish.date} in the {wish.part}"} if kind == "move" else {}
        )
    elif kind == "email":
        facts["email"] = (
            f"{first}.{last}{r.randint(1, 99)}@{r.choice(['letter', 'courier', 'pigeon'])}.example".lower()
        )
    slots = [SLOTS[k] for k in sorted(reg.free & fits)]
    row = reg._shown(own) if own else {}
    right = {
        "book": {("new upcoming", pid, s.doctor, s.date, s.time) for s in slots}
        or {("waiting", pid, department, wish.date)},
        "move": {("upcoming", own, s.doctor, s.date, s.time) for s in slots},
        "cancel": {("cancelled", own, *(str(row.get(k)) for k in ("doctor", "date", "time")))},
        "email": {("email", pid, facts.get("email", ""))},
    }.get(kind, set())
    ending = (
        "refused"
        if variant in REASONS
        else "kept"
        if variant in ("wait_no", "fee_no")
        else "told"
        if kind == "ask"
        else "done"
    )
    answer = (
        (f"{me['account']['balance']:g}",)
        if variant == "owed"
        else (row["date"], row["time"])
        if kind == "ask"
        else ()
    )
    return Request(
        number,
        kind,
        variant,
        reg,
        pid,
        facts,
        right if ending == "done" else set(),
        ending,
        row.get("late_fee", 0.0) if kind == "cancel" else 0.0,
        own,
        {s.time for s in slots},
        answer,
    )


def _appointments(
    r: random.Random, reg: Registry, pid: str, department: str, kind: str, variant: str
) -> str:
    "Past and upcoming appointments of a patient; returns the upcoming one that the caller means."

    def add(dep: str, doc: str, day: date, time: str, status: str) -> str:
        key = f"A{r.randint(200_000, 999_999)}"
        reg.appointments[key] = {
            "patient_id": pid,
            "department": dep,
            "doctor": doc,
            "date": day.isoformat(),
            "time": time,
            "status": status,
        }
        return key

    for k in range(r.choice([0, 1, 1, 2, 3])):
        dep = r.choice(list(DOCTORS))
        add(
            dep,
            r.choice(DOCTORS[dep]),
            TODAY - timedelta(days=r.randint(9, 60) + 61 * k),
            r.choice(TIMES),
            "attended",
        )
    if kind not in ("move", "cancel") and variant not in ("next", "stranger"):
        return ""
    late = variant in ("short", "fee", "fee_no")
    doctor = r.choice(DOCTORS[department])
    own = add(
        department,
        doctor,
        TODAY if late else date.fromisoformat(r.choice(DAYS)),
        r.choice(TIMES[1:]),
        "upcoming",
    )
    if kind != "ask" and r.random() < 0.35:
        other = r.choice([d for d in DOCTORS if d != department])
        add(
            other,
            r.choice(DOCTORS[other]),
            date.fromisoformat(r.choice(DAYS)) + timedelta(days=14),
            r.choice(TIMES),
            "upcoming",
        )
    return own
