"The rules of the sample world (a streaming service), as its support desk would write them."

import re

import agent_gym as ag

policy = ag.Policy(
    writes=[
        "change_plan",
        "cancel_subscription",
        "pause_subscription",
        "issue_refund",
        "apply_promo",
        "update_email",
    ],
    requests={
        "refund": r"refund|money (back|for)|back\?|charge on|payment I did|that I want back",
        "pause": r"pause|on hold|freeze",
        "promo": r"promo|voucher|discount",
        "email": r"new email|email (address|is changing)|(change|update) my e",
        "renewal": r"renew|billed again",
        "price": r"how much|what does my plan cost|monthly price",
        "cancel": r"cancel|end my|stop my|close|goodbye",
        "plan": r"\bplan\b|move to|switch",
    },
)


def subscription(c):
    return c.value("subscription_id")


@policy.forbid("writes only after the identity was verified")
def unverified(c):
    return [w for w in c.writes if not c.called("verify_identity", before=w)]


@policy.forbid("plans and subscriptions change only after a yes")
def no_consent(c):
    asked = ("cancel_subscription", "change_plan")
    return [w for w in c.writes if w.name in asked and not c.agreed(before=w)]


@policy.forbid("the cancellation fee is named before the yes")
def hidden_fee(c):
    for w in c.writes:
        fee = c.value("cancellation_fee", before=w)
        yes = [a for a in c.answers if a.yes and a.turn < w.turn]
        if w.name == "cancel_subscription" and fee and not any(c.told(fee, before=a) for a in yes):
            return w


@policy.forbid("the price is named before the yes")
def hidden_price(c):
    for w in c.writes:
        if w.name == "change_plan":
            row = c.record(w.get("plan"), before=w) or {}
            yes = [a for a in c.answers if a.yes and a.turn < w.turn]
            if not any(c.told(row.get("monthly_price"), before=a) for a in yes):
                return w


def turned_away(c):
    return c.failed("verify_identity") and not c.called("verify_identity")


@policy.ending(
    "refuse",
    reason="the identity cannot be verified",
    says=r"verif|identity|match|belong",
    when=turned_away,
)
def impostor(c):
    return True


@policy.ending("done", reason="the subscription ends", when="cancel")
def cancelled(c):
    return bool(c.called("verify_identity")) and {
        "cancel_subscription": {"subscription_id": subscription(c)}
    }


@policy.ending("declined", reason="they stay rather than pay the fee", when="cancel")
def fee_too_high(c):
    fee = c.value("cancellation_fee")
    return bool(fee) and c.agreed() is False and c.told(fee)


@policy.ending(
    "refuse",
    reason="an invoice is unpaid",
    says=r"unpaid|not (been )?paid|open invoice|outstanding|\bdue\b",
    when="cancel",
)
def payment_due(c):
    return c.failed("cancel_subscription")


@policy.ending("done", reason="the plan they asked for, at a price they heard", when="plan")
def plan_changed(c):
    return bool(c.called("verify_identity")) and {
        "change_plan": {"subscription_id": subscription(c), "plan": named_plan(c)}
    }


def named_plan(c):
    rows = [p["plan"] for p in c.value("plans") or []]
    said = " ".join(t for _, t in c.user_turns).lower()
    return next((p for p in rows if re.search(rf"\b{p}\b", said)), None)


@policy.ending("declined", reason="the plan is too dear", when="plan")
def plan_too_dear(c):
    row = c.record(named_plan(c)) or {}
    return c.agreed() is False and c.told(row.get("monthly_price"))


@policy.ending("refuse", reason="more profiles than the plan holds", says="profiles", when="plan")
def too_many_profiles(c):
    plan, used = c.record(named_plan(c)) or {}, c.value("profiles_in_use")
    full = used and plan.get("max_profiles") and used > plan["max_profiles"]
    return c.failed("change_plan") or full


def invoice(c):
    "The invoice in question, as it was before anything was written."
    return c.record(c.user_said(r"inv_\d+"), before=c.attempts[0] if c.attempts else None)


@policy.ending("done", reason="paid within 30 days", when="refund")
def refunded(c):
    row = invoice(c)
    return (
        row and row.get("status") != "refunded" and row.get("days_ago", 99) <= 30
        and {"issue_refund": {"invoice_id": row["invoice_id"], "amount": row["amount"]}}
    )  # fmt: skip


@policy.ending(
    "refuse",
    reason="paid more than 30 days ago",
    says=r"30 days|thirty|too (long|old)|days ago|window",
    when="refund",
)
def too_late(c):
    row = invoice(c)
    return row and row.get("days_ago", 0) > 30


@policy.ending(
    "refuse", reason="already refunded", says=r"already (been )?(refunded|paid back)", when="refund"
)
def refunded_before(c):
    row = invoice(c)
    return row and row.get("status") == "refunded"


def months(c):
    said = c.user_said(r"\b(\d{1,2}) months?")
    return int(said) if said else None


@policy.ending("done", reason="a pause of at most three months", when="pause")
def paused(c):
    wanted = months(c)
    return (
        wanted
        and wanted <= 3
        and {"pause_subscription": {"subscription_id": subscription(c), "months": wanted}}
    )


@policy.ending(
    "refuse", reason="three months at most", says=r"\b3\b|three|maximum|at most", when="pause"
)
def too_long(c):
    seen = c.called("verify_identity") or c.called("get_subscription")
    return bool(seen) and (months(c) or 0) > 3


@policy.ending("done", reason="a code that is valid", when="promo")
def promo_applied(c):
    code = c.user_said(r"\b(?-i:[A-Z]{4,}\d\d)\b")
    return (
        code
        and bool(c.called("verify_identity"))
        and {"apply_promo": {"subscription_id": subscription(c), "code": code}}
    )


@policy.ending(
    "refuse", reason="the code has expired", says=r"expired|no longer valid", when="promo"
)
def expired(c):
    failed = c.failed("apply_promo")
    return failed and "expired" in str(failed.result)


@policy.ending(
    "refuse",
    reason="the code is for another plan",
    says=r"(only|another|different|not).*\bplan",
    when="promo",
)
def other_plan(c):
    failed = c.failed("apply_promo")
    return failed and "plan" in str(failed.result)


def new_email(c):
    told = [m for _, t in c.user_turns for m in re.findall(r"[\w.]+@[\w.]+\w", t)]
    own = c.called("verify_identity") or c.failed("verify_identity")
    return next((m for m in reversed(told) if own and m != own.arguments.get("email")), None)


@policy.ending("done", reason="the address they gave", when="email")
def email_changed(c):
    address = new_email(c)
    return address and {"update_email": {"email": address}}


@policy.ending(
    "refuse",
    reason="the address belongs to another account",
    says=r"another account|taken|in use|already used",
    when="email",
)
def email_taken(c):
    return c.failed("update_email")


@policy.ending("informed", reason="the day it renews", when="renewal")
def renewal(c):
    return c.value("renews_on") and [c.value("renews_on")]


@policy.ending("informed", reason="the monthly price", when="price")
def price(c):
    paid = c.value("monthly_price", tool="get_subscription")
    return paid is not None and [paid]
