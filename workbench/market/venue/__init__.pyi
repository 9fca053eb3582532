from .desk import ask as ask
from .desk import ask_size as ask_size
from .desk import bid as bid
from .desk import bid_size as bid_size
from .desk import buy as buy
from .desk import cancel as cancel
from .desk import clock as clock
from .desk import has_ask as has_ask
from .desk import has_bid as has_bid
from .desk import last as last
from .desk import my_order as my_order
from .desk import my_orders as my_orders
from .desk import order_price as order_price
from .desk import order_side as order_side
from .desk import place as place
from .desk import position as position
from .desk import sell as sell
from .desk import stop as stop
from .desk import trade_now as trade_now
from .layout import World as World

__all__ = [
    "World",
    "ask",
    "ask_size",
    "bid",
    "bid_size",
    "buy",
    "cancel",
    "clock",
    "has_ask",
    "has_bid",
    "last",
    "my_order",
    "my_orders",
    "order_price",
    "order_side",
    "place",
    "position",
    "sell",
    "stop",
    "trade_now",
]
