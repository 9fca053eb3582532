"""An account keeps its laws to the last digit, and the hand-worked example."""

from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain import Fill, Side
from workbench.errors import InvalidInput, NoData
from workbench.market import Account, Terms

ANSWER = yaml.safe_load(
    (Path(__file__).parents[1] / "answers" / "futures_account.yaml").read_text()
)
TERMS = {
    "S": Terms(),
    "F": Terms(multiplier=Decimal("12.5"), margined=True),
    "P": Terms(multiplier=Decimal("0.1")),
}

quantities = st.decimals("0.00000001", "1000", places=8)
prices = st.decimals("-20", "100000", places=6)
fills = st.builds(
    Fill,
    symbol=st.sampled_from(sorted(TERMS)),
    side=st.sampled_from(Side),
    quantity=quantities,
    price=prices,
    fee=st.decimals("-2", "10", places=5),
)
marks = st.fixed_dictionaries(dict.fromkeys(TERMS, prices))


def exact(value):
    return Fraction(value)


def opened(amount=1_000_000):
    return Account(terms=TERMS).deposited(amount)


@given(st.lists(fills, max_size=12), marks)
def test_what_the_account_gains_is_the_profit_less_the_fees(trades, at):
    account = opened().filled(*trades)
    earned = Fraction(0)
    for t in trades:
        points = exact(at[t.symbol]) - exact(t.price)
        earned += exact(t.signed) * exact(TERMS[t.symbol].multiplier) * points
    paid = sum((exact(t.fee) for t in trades), Fraction(0))
    assert exact(account.value(at)) == 1_000_000 + earned - paid
    held = account.positions.values()
    assert sum(exact(p.profit(at[p.symbol])) for p in held) == earned - paid
    for p in held:
        at_mark = at[p.symbol]
        assert exact(p.realised) + exact(p.unrealised(at_mark)) - exact(p.fees) == exact(
            p.profit(at_mark)
        )


@given(st.lists(fills, min_size=1, max_size=8), st.data())
def test_fills_in_any_split_give_the_same_account(trades, data):
    parts = []
    for trade in trades:
        share = data.draw(st.integers(0, 7))
        first = (trade.quantity * share / 8).quantize(Decimal("1e-9"))
        sizes = [size for size in (first, trade.quantity - first) if size]
        fees = [trade.fee, Decimal(0)][: len(sizes)]
        parts += [
            Fill(trade.symbol, trade.side, size, trade.price, fee)
            for size, fee in zip(sizes, fees, strict=True)
        ]
    assert opened().filled(*parts) == opened().filled(*trades)


@given(st.lists(fills, max_size=8), marks, marks)
def test_settling_moves_profit_to_cash_and_changes_no_value(trades, day, later):
    account = opened().filled(*trades)
    settled = account.settled(day)
    assert settled.value(day) == account.value(day)
    assert settled.value(later) == account.value(later)
    assert settled.settled(day) == settled


@given(st.lists(fills, max_size=8), marks)
def test_a_closed_position_has_realised_everything(trades, at):
    account = opened().filled(*trades)
    for held in list(account.positions.values()):
        if held.quantity:
            side = Side.SELL if held.quantity > 0 else Side.BUY
            account = account.filled(Fill(held.symbol, side, abs(held.quantity), at[held.symbol]))
    flat = account.settled({})
    assert flat.value({}) == flat.cash["USD"]
    realised = sum((exact(p.realised) - exact(p.fees) for p in flat.positions.values()), Fraction())
    assert exact(flat.cash["USD"]) == 1_000_000 + realised


def test_reducing_keeps_the_average_price_and_turning_over_opens_anew():
    # 10 at 100 and 20 at 130: 30 at 120; 12 sold at 150 earn 360; 28 more turn it over
    bought = opened().filled(Fill("S", Side.BUY, 10, 100), Fill("S", Side.BUY, 20, 130))
    assert bought.position("S").average_price == 120
    sold = bought.filled(Fill("S", Side.SELL, 12, 150)).position("S")
    assert (sold.average_price, sold.realised, sold.quantity) == (120, 360, 18)
    turned = bought.filled(Fill("S", Side.SELL, 40, 150)).position("S")
    assert (turned.average_price, turned.realised, turned.quantity) == (150, 900, -10)


def test_the_hand_worked_account():
    shares = Terms("EUR")
    future = Terms(multiplier=Decimal(ANSWER["multiplier"]), margined=True)
    day_1 = {"EUR": Decimal(ANSWER["rates"]["day_1"])}
    day_2 = {"EUR": Decimal(ANSWER["rates"]["day_2"])}
    account = (
        Account(terms={"ES": future, "SAP": shares})
        .deposited(ANSWER["deposit"])
        .filled(Fill("ES", Side.BUY, 2, 4000, 4), Fill("SAP", Side.BUY, 100, 80, 5, currency="EUR"))
    )
    close = {"ES": Decimal(4010), "SAP": Decimal(81)}
    account = account.settled(close).converted(day_1)
    assert account.cash == {"USD": Decimal(ANSWER["day_1"]["cash"])}
    assert account.value(close, day_1) == Decimal(ANSWER["day_1"]["value"])

    account = account.filled(Fill("ES", Side.SELL, 3, 3990, 6)).dividend("SAP", 2)
    close = {"ES": Decimal(3980), "SAP": Decimal(79)}
    account = account.settled(close).converted(day_2)
    assert account.cash == {"USD": Decimal(ANSWER["day_2"]["cash"])}
    assert account.value(close, day_2) == Decimal(ANSWER["day_2"]["value"])
    for symbol, name in (("ES", "future"), ("SAP", "shares")):
        held = account.position(symbol)
        for fact, expected in ANSWER[name].items():
            made = getattr(held, fact)
            assert (made(close[symbol]) if callable(made) else made) == expected, fact


def test_a_short_pays_the_dividend_and_the_borrow_fee():
    account = opened(0).filled(Fill("S", Side.SELL, 10, 50)).dividend("S", "0.25")
    account = account.charged("0.1", "S").charged(3)
    assert account.cash["USD"] == Decimal("494.4")  # 500 - 2.5 - 0.1 - 3
    held = account.position("S")
    assert (held.income, held.fees) == (Decimal("-2.5"), Decimal("0.1"))
    assert account.deposits["USD"] == -3


def test_a_split_changes_units_and_no_value():
    account = opened().filled(Fill("S", Side.BUY, 10, 300), Fill("S", Side.SELL, 4, 330))
    parted = account.split("S", 3)
    assert parted.value({"S": Decimal(110)}) == account.value({"S": Decimal(330)})
    held = parted.position("S")
    assert (held.quantity, held.average_price, held.realised) == (18, 100, 120)


def test_what_is_missing_is_named():
    account = opened().filled(Fill("X", Side.BUY, 1, 10, currency="EUR"))
    with pytest.raises(NoData, match=r"no price.*X"):
        account.value({}, {"EUR": Decimal(1)})
    with pytest.raises(NoData, match="no rate from EUR to USD"):
        account.value({"X": Decimal(1)})
    with pytest.raises(InvalidInput, match="not in EUR"):
        account.filled(Fill("X", Side.BUY, 1, 10, currency="GBP"))
