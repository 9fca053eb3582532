"""Orders move as FIX 4.4 lets them, and never lose or invent a unit."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.domain import (
    IN_FLIGHT,
    OPEN,
    TERMINAL,
    Fill,
    Order,
    OrderState,
    OrderType,
    Position,
    Side,
    TimeInForce,
)
from workbench.domain.decimals import decimal
from workbench.domain.order_states import MOVES
from workbench.errors import InvalidInput, OutOfRange


def order(state=OrderState.NEW, quantity=10, **terms):
    return Order("o1", "AAPL", Side.BUY, quantity, state=state, **terms)


def fill(quantity, price=100, **facts):
    return Fill("AAPL", Side.BUY, quantity, price, order_id="o1", **facts)


class TestStates:
    def test_every_state_has_its_moves_and_one_place(self):
        assert set(MOVES) == set(OrderState)
        assert OPEN.isdisjoint(TERMINAL)
        assert set(OrderState) - OPEN - TERMINAL == {OrderState.CREATED}
        assert IN_FLIGHT < OPEN

    def test_what_is_terminal_is_final(self):
        assert {state for state in OrderState if not MOVES[state]} == TERMINAL
        assert OrderState.FILLED.is_terminal
        assert not OrderState.PENDING_CANCEL.is_terminal

    def test_every_open_order_can_end_in_every_way_but_a_refusal(self):
        ends = TERMINAL - {OrderState.REJECTED}
        assert all(ends <= MOVES[state] for state in OPEN)

    def test_what_is_uncertain_may_turn_out_to_be_anything(self):
        never = {OrderState.CREATED, OrderState.PENDING_NEW, OrderState.PENDING_REPLACE}
        assert MOVES[OrderState.PENDING_NEW] == set(OrderState) - never

    def test_no_refusal_after_a_fill(self):
        assert not OrderState.PARTIALLY_FILLED.may_become(OrderState.REJECTED)
        assert OrderState.NEW.may_become(OrderState.REJECTED)

    def test_sides(self):
        assert [side.sign for side in Side] == [1, -1]
        assert [side.opposite for side in Side] == [Side.SELL, Side.BUY]


class TestMoves:
    def test_a_move_that_is_none_names_those_there_are(self):
        with pytest.raises(InvalidInput, match=r"created cannot become new .*can become cancelled"):
            order(OrderState.CREATED).moved(OrderState.NEW)

    def test_an_end_is_an_end(self):
        with pytest.raises(InvalidInput, match="it is final"):
            order(OrderState.EXPIRED).moved(OrderState.NEW)

    def test_a_state_that_contradicts_the_fills(self):
        partly = order().filled_by(fill(4)).moved(OrderState.PENDING_CANCEL)
        with pytest.raises(InvalidInput, match=r"4 of 10 filled is not filled.*Record the fills"):
            partly.moved(OrderState.FILLED)
        with pytest.raises(InvalidInput, match="4 of 10 filled is not rejected"):
            partly.moved(OrderState.REJECTED)
        with pytest.raises(InvalidInput, match="4 of 10 filled is not new"):
            partly.moved(OrderState.NEW)
        with pytest.raises(InvalidInput, match="0 of 10 filled is not partially_filled"):
            order().moved(OrderState.PARTIALLY_FILLED)
        assert partly.moved(OrderState.PARTIALLY_FILLED).state is OrderState.PARTIALLY_FILLED
        assert partly.moved(OrderState.CANCELLED).filled == 4

    def test_a_reason_stays(self):
        refused = order(OrderState.PENDING_NEW).moved(OrderState.REJECTED, "no margin")
        assert refused.reason == "no margin"
        asked = order().moved(OrderState.PENDING_CANCEL, "too slow")
        assert asked.moved(OrderState.CANCELLED).reason == "too slow"


class TestFills:
    def test_an_order_fills_in_parts(self):
        partly = order(OrderState.PENDING_NEW).filled_by(fill(4, 100))
        assert partly.state is OrderState.PARTIALLY_FILLED
        assert (partly.filled, partly.remaining, partly.leaves) == (4, 6, 6)
        whole = partly.filled_by(fill(6, 110))
        assert whole.state is OrderState.FILLED
        assert (whole.remaining, whole.leaves) == (0, 0)
        assert whole.average_price == 106  # (4 x 100 + 6 x 110) / 10
        assert order().average_price is None

    def test_a_fill_may_come_while_a_cancel_is_on_its_way(self):
        asked = order().moved(OrderState.PENDING_CANCEL)
        assert asked.filled_by(fill(1)).state is OrderState.PENDING_CANCEL
        assert asked.filled_by(fill(10)).state is OrderState.FILLED

    def test_more_than_was_ordered_is_refused(self):
        with pytest.raises(OutOfRange, match=r"quantity of the fill.*10.5"):
            order().filled_by(fill("10.5"))

    def test_what_has_ended_or_never_left_does_not_fill(self):
        for state in TERMINAL - {OrderState.FILLED} | {OrderState.CREATED}:
            with pytest.raises(InvalidInput, match="cannot be filled"):
                order(state).filled_by(fill(1))

    def test_a_fill_of_another_order_is_refused(self):
        with pytest.raises(InvalidInput, match="another order"):
            order().filled_by(Fill("MSFT", Side.BUY, 1, 1, order_id="o1"))

    def test_a_fill_knows_its_sign_and_time(self):
        sale = Fill("A", "sell", 2, 5, time_ns=1_700_000_000_123_456_789)
        assert Fill("A", Side.SELL, 2, 5).signed == -2
        assert sale.time == dt.datetime(2023, 11, 14, 22, 13, 20, 123456, tzinfo=dt.UTC)


class TestAmendments:
    def test_other_terms_keep_what_was_filled(self):
        resting = order(type=OrderType.LIMIT, limit_price=100).filled_by(fill(4))
        asked = resting.moved(OrderState.PENDING_REPLACE)
        more = asked.amended(quantity=20, limit_price="99.5")
        assert (more.filled, more.remaining, more.limit_price) == (4, 16, Decimal("99.5"))
        assert more.state is OrderState.PARTIALLY_FILLED
        assert asked.amended(quantity=4).state is OrderState.FILLED
        unfilled = order().moved(OrderState.PENDING_REPLACE)
        assert unfilled.amended(quantity=3).state is OrderState.NEW
        with pytest.raises(OutOfRange, match="filled"):
            asked.amended(quantity=3)

    def test_what_cannot_be_changed(self):
        asked = order().moved(OrderState.PENDING_REPLACE)
        with pytest.raises(InvalidInput, match=r"cannot be changed.*side"):
            asked.amended(side=Side.SELL)
        with pytest.raises(InvalidInput, match="pending_replace"):
            order().amended(quantity=3)


class TestTerms:
    @pytest.mark.parametrize(
        ("terms", "problem"),
        [
            ({"type": OrderType.LIMIT}, "needs limit_price"),
            ({"limit_price": 1}, "has no limit_price"),
            ({"type": OrderType.STOP}, "needs stop_price"),
            ({"type": OrderType.STOP_LIMIT, "limit_price": 1}, "needs stop_price"),
            ({"type": OrderType.TRAILING_STOP}, "needs trail"),
            ({"time_in_force": TimeInForce.GTD}, "needs expires_ns"),
            ({"expires_ns": 1}, "has no expires_ns"),
            ({"post_only": True}, "Only a limit order"),
        ],
    )
    def test_terms_fit_the_type(self, terms, problem):
        with pytest.raises(InvalidInput, match=problem):
            order(**terms)

    def test_terms_that_fit(self):
        assert order(type=OrderType.STOP_LIMIT, limit_price=2, stop_price="1.5").stop_price == 1.5
        assert order(type=OrderType.TRAILING_STOP, trail=0.5).trail == Decimal("0.5")
        assert order(type=OrderType.LIMIT, limit_price=1, post_only=True).post_only
        assert order(time_in_force=TimeInForce.GTD, expires_ns=5).expires_ns == 5

    def test_amounts_are_numbers_above_nothing(self):
        with pytest.raises(InvalidInput, match="quantity is no number"):
            order(quantity="ten")
        with pytest.raises(InvalidInput, match="price is no number"):
            fill(1, float("nan"))
        with pytest.raises(OutOfRange, match="quantity"):
            order(quantity=0)
        with pytest.raises(OutOfRange, match="trail"):
            order(type=OrderType.TRAILING_STOP, trail=-1)
        with pytest.raises(OutOfRange, match="filled"):
            order(filled=11)
        assert decimal("x", 0.1) == Decimal("0.1")


def test_a_repr_shows_what_differs_from_the_default():
    assert repr(order(OrderState.CREATED)) == (
        "Order(order_id='o1', symbol='AAPL', side='buy', quantity=10)"
    )
    limited = order(type=OrderType.LIMIT, limit_price="1E+2", expires_ns=None)
    assert repr(limited).endswith("quantity=10, type='limit', limit_price=100, state='new')")
    assert repr(Position("A")) == "Position(symbol='A')"
    assert repr(fill(1, maker=True)).endswith("price=100, order_id='o1', maker=True)")


def test_a_position_at_average_cost():
    # ten contracts of 2 a point for 1060 points in all, then four sold at 120
    held = Position("A", 6, cost=1060, units=10, flow=-2120 + 960, multiplier=2, fees=3, income=5)
    assert held.average_price == 106
    assert held.held_cost == 636
    assert held.realised == 112  # 4 x (120 - 106) x 2
    assert held.worth(Decimal(110)) == 1320
    assert held.unrealised(Decimal(110)) == 48  # 6 x (110 - 106) x 2
    assert held.profit(Decimal(110)) == 112 + 48 + 5 - 3
    assert Position("A").average_price is None
    assert Position("A").held_cost == 0
    with pytest.raises(OutOfRange, match="multiplier"):
        Position("A", multiplier=0)


amounts = st.decimals("0.000001", "100", places=6)
steps = st.one_of(
    st.sampled_from(list(OrderState)), st.tuples(amounts, st.decimals("-5", "500", places=4))
)


@given(quantity=amounts, events=st.lists(steps, max_size=25))
def test_whatever_happens_an_order_keeps_its_laws(quantity, events):
    now = order(OrderState.CREATED, quantity)
    paid = filled = Fraction(0)
    for event in events:
        before = now
        try:
            if isinstance(event, OrderState):
                now = now.moved(event)
                assert event in MOVES[before.state]
                assert now.state is event
            else:
                now = now.filled_by(fill(*event))
                filled += Fraction(event[0])
                paid += Fraction(event[0]) * Fraction(event[1])
        except InvalidInput:
            assert now is before  # a refusal changes nothing
        if before.state in TERMINAL:
            assert now is before  # final
        assert before.filled <= now.filled <= now.quantity == before.quantity
        assert (Fraction(now.filled), Fraction(now.value)) == (filled, paid)
        assert (now.state is OrderState.FILLED) == (now.filled == now.quantity)
        assert not (now.state in {OrderState.NEW, OrderState.REJECTED} and now.filled)
