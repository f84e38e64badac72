"""Figures and passports in the reader's language: numbers as written, facts by name."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import formatting
from kpis.definitions import CORRECTED, READINGS, definition
from kpis.queries.passport import Passport
from kpis.queries.readings import Change, Reading


def title(one: Reading) -> str:
    """Return the name of a figure with its stage: ``Pass rate, pieces · Reported``."""
    name = str(definition(one.definition, one.version).title)
    return f"{name} · {READINGS[one.stage]}" if one.stage else name


def written(one: Reading) -> str:
    """Return the number as people read it, with its unit; ``—`` where there is none."""
    unit = definition(one.definition, one.version).unit
    if unit == "share":
        return formatting.rate(one.value, one.n)
    if unit == "ppm":
        counts = one.numerator if isinstance(one.numerator, int) else None
        return formatting.ppm(one.value, counts, one.n)
    return formatting.turnover(one.value) if unit == "turns" else formatting.days(one.value)


def written_interval(one: Reading) -> str:
    """Return the interval without words; ``—`` where there is none."""
    if definition(one.definition, one.version).unit == "share":
        return formatting.rate_interval(one.low, one.high, one.n)
    return formatting.interval(one.low, one.high)


def written_n(one: Reading) -> str:
    """Return how much was counted: pieces and lots, or lines."""
    if one.n is None:
        return formatting.NONE
    counted = definition(one.definition, one.version).counted
    if one.definition == "on_time_delivery":
        counted = "pieces" if one.details.get("unit") == "quantity" else "lines"
    if counted == "lots":
        return formatting.lots(one.n)
    if counted == "lines":
        return ngettext("%(n)s line", "%(n)s lines", one.n) % {"n": formatting.decimal(one.n)}
    both = [formatting.pieces(one.n)] + ([formatting.lots(one.n_lots)] if one.n_lots is not None else [])
    return _(", ").join(both)


def written_quotient(one: Reading) -> str:
    """Return the value as a quotient of counts or amounts; empty where it is not one."""
    if one.value is None or one.numerator is None or one.denominator is None:
        return ""
    words = {
        "pass_rate": _("%(x)s conforming ÷ %(n)s inspected"),
        "lot_acceptance_rate": _("%(x)s lots accepted ÷ %(n)s judged"),
        "ppm": _("%(x)s nonconforming ÷ %(n)s inspected × 1,000,000"),
        "ppm_delivered": _("%(x)s charged ÷ %(n)s delivered × 1,000,000"),
        "on_time_delivery": _("%(x)s on time ÷ %(n)s promised"),
        "turnover": _("%(x)s issued ÷ %(n)s average stock × 365 ÷ %(days)s"),
        "chain_turnover": _("%(x)s issued ÷ %(n)s average stock × 365 ÷ %(days)s"),
        "days_of_inventory": _("%(n)s average stock ÷ %(x)s issued × %(days)s"),
    }
    return words[one.definition] % {
        "x": formatting.decimal(one.numerator, 0),
        "n": formatting.decimal(one.denominator, 0),
        "days": one.period.days,
    }


def written_change(change: Change | None, one: Reading) -> tuple[str, str]:
    """Return a change as written with its arrow, and its word: ``▲ 0.80 points``, ``better``."""
    if change is None or change.difference is None:
        return "", ""
    unit = definition(one.definition, one.version).unit
    if unit == "share":
        size = formatting.points(change.difference)
    elif unit == "ppm":
        size = formatting.decimal(abs(change.difference))
    else:
        size = formatting.relative(change.relative)
    words = {"better": _("better"), "worse": _("worse"), "undecided": _("not yet decidable")}
    return f"{formatting.arrow(change.difference)} {size}", words.get(change.word, "")


def facts(passport: Passport) -> Iterator[tuple[str, str]]:
    """Yield what the passport says, name by name, in the order in which it is read."""
    one, kpi = passport.reading, passport.definition
    yield _("Definition"), str(kpi.formula)
    yield _("Period"), _("%(days)s (%(n)s days)") % {
        "days": formatting.day_range(one.period.first, one.period.last), "n": one.period.days,
    }  # fmt: skip
    yield _("Scope"), _scope(passport)
    if one.n is not None:
        yield _("Counted"), f"n = {written_n(one)}"
    if one.low is not None:
        yield _("95% interval"), f"{written_interval(one)} · {kpi.interval}"
    elif kpi.interval:
        yield _("95% interval"), str(kpi.interval)
    if one.change is not None and one.change.difference is not None:
        yield _("Against the base"), _base(one, one.change)
    yield from _stock(one)
    if passport.others:
        yield _("Other readings"), _others(passport)
    if kpi.stage_rule:
        yield _("Stage"), str(kpi.stage_rule)
    yield _("Data until"), _data(passport)
    if one.waiting:
        yield _("Data requests"), one.waiting_text
    if passport.corrections is not None:
        yield _("Corrections"), _corrections(passport)
    for name in kpi.not_the_same_as:
        yield _("Not the same as"), str(name)
    if kpi.source:
        yield _("Source"), str(kpi.source)


def copy_line(passport: Passport, *, link: str) -> str:
    """Return one line fit for a report: value, interval, n, period, definition and link."""
    one = passport.reading
    parts = [f"{title(one)} {written(one)}"]
    if one.value is None:
        parts.append(one.reason_text)
    if one.low is not None:
        parts.append(formatting.labelled_interval(written_interval(one)))
    if one.n is not None:
        parts.append(f"n = {written_n(one)}")
    parts.append(formatting.day_range(one.period.first, one.period.last))
    parts.append(_("definition %(name)s v%(version)s") % {"name": one.definition, "version": one.version})
    return "; ".join([*parts, link])


def _scope(passport: Passport) -> str:
    suppliers = ngettext("%(n)s supplier", "%(n)s suppliers", passport.suppliers) % {"n": passport.suppliers}
    number = passport.parts_with_data
    parts = ngettext("%(n)s part with data", "%(n)s parts with data", number) % {"n": number}
    words = [", ".join(passport.customers), suppliers, parts]
    if passport.reading.stage:
        words.append(_("first submissions, %(stage)s") % {"stage": READINGS[passport.reading.stage]})
    return " · ".join(word for word in words if word)


def _base(one: Reading, change: Change) -> str:
    amount, word = written_change(change, one)
    was = Reading(
        by=one.by, label="", value=change.value, definition=one.definition, version=one.version,
        period=change.period, n=one.n, stage=one.stage,
    )  # fmt: skip
    base = formatting.day_range(change.period.first, change.period.last)
    text = _("%(value)s (%(period)s), %(change)s %(word)s") % {
        "value": written(was), "period": base, "change": amount, "word": word,
    }  # fmt: skip
    if change.low is None:
        return text.rstrip()
    if definition(one.definition, one.version).unit == "share":
        bounds = formatting.span(
            formatting.percent(change.low, 2, signed=True), formatting.percent(change.high, 2, signed=True)
        )
    else:
        bounds = formatting.interval(change.low, change.high, signed=True)
    return _("%(text)s, 95%% interval %(bounds)s") % {"text": text.rstrip(), "bounds": bounds}


def _stock(one: Reading) -> Iterator[tuple[str, str]]:
    if "average" not in one.details:
        return
    averages = {
        "daily": _("daily closing balances, weighted by time"),
        "snapshots": _("month ends, weighted by time"),
        "ends": _("mean of opening and closing balance"),
    }
    prices = {"period": _("period prices"), "constant": _("constant prices (of the base)")}
    yield _("Average and prices"), f"{averages[one.details['average']]} · {prices[one.details['prices']]}"
    if one.details.get("volume") is not None:
        effects = {
            name: formatting.decimal(one.details[name], 2, signed=True) for name in ("volume", "stock")
        }
        split = _("volume %(volume)s, stock %(stock)s a year, by the logarithmic mean")
        yield _("Split of the change"), split % effects
    if missing := one.details["parts_without_cost"]:
        yield (
            _("Left out"),
            ngettext("%(n)s part without a unit cost", "%(n)s parts without a unit cost", missing)
            % {"n": missing},
        )


def _others(passport: Passport) -> str:
    return _("; ").join(_other(one) for one in (*passport.others, *_pairs_of(passport)))


def _other(one: Reading) -> str:
    text = f"{READINGS[one.stage]} {written(one)}" if one.stage else written(one)
    if one.value is None:
        return f"{text} ({one.reason_text})"
    if one.stage != CORRECTED:
        return f"{text} ({written_n(one)})"
    pairs = ngettext(
        "%(n)s lot inspected by both, mean difference %(d)s",
        "%(n)s lots inspected by both, mean difference %(d)s",
        one.details["pairs"],
    ) % {
        "n": formatting.decimal(one.details["pairs"]),
        "d": formatting.percent(one.details["mean_difference"], 2, signed=True),
    }
    return f"{text} ({written_interval(one)}; {pairs})"


def _pairs_of(passport: Passport) -> tuple[Reading, ...]:
    """A corrected figure names its own pairs too."""
    return (passport.reading,) if passport.reading.stage == CORRECTED else ()


def _data(passport: Passport) -> str:
    reported = _("%(with)s of %(all)s suppliers have data") % {
        "with": passport.suppliers_with_data, "all": passport.suppliers,
    }  # fmt: skip
    words = [formatting.day(passport.reading.data_until), reported]
    if passport.lots_without_inspection is not None:
        missing = passport.lots_without_inspection
        words.append(
            ngettext(
                "%(n)s delivered lot without an inspection record",
                "%(n)s delivered lots without an inspection record",
                missing,
            )
            % {"n": formatting.decimal(missing)}
        )
    return _("; ").join(words)


def _corrections(passport: Passport) -> str:
    found = passport.corrections
    assert found is not None
    if not found.count:
        return _("none in the period")
    text = ngettext("%(n)s in the period", "%(n)s in the period", found.count) % {"n": found.count}
    if found.effect is None:
        return text
    if passport.definition.unit == "share":
        effect = _("%(n)s points") % {"n": formatting.percent(found.effect, 3, signed=True)}
    else:
        effect = formatting.decimal(found.effect, signed=True)
    return _("%(text)s, effect %(effect)s") % {"text": text, "effect": effect}


def course(title: str, months: Sequence[Reading]) -> str:
    """Return a figure's course over months in one sentence, for those who do not see the chart."""
    known = [one for one in months if one.value is not None]
    if not known:
        return _("%(title)s: no data.") % {"title": title}
    first, last = known[0], known[-1]
    return _("%(title)s: %(first)s in %(from)s, %(last)s in %(to)s.") % {
        "title": title,
        "first": written(first),
        "from": first.by["month"],
        "last": written(last),
        "to": last.by["month"],
    }
