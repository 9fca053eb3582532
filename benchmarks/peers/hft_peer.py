"""hftbacktest in a process of its own: `python hft_peer.py events.npz`, then a line a round.

Each line on stdin runs the strategy once more and answers with one line of JSON.
"""

import json
import sys
import time

import numpy as np
from hftbacktest import GTC, LIMIT, BacktestAsset, HashMapMarketDepthBacktest
from numba import njit


@njit
def quoting(hbt, interval, positions, balances):
    """Cancel everything and quote one lot at the best bid and ask, every interval."""
    number, wake = 0, 0
    while hbt.elapse(interval) == 0:
        depth = hbt.depth(0)
        positions[wake] = hbt.position(0)
        balances[wake] = hbt.state_values(0).balance
        wake += 1
        hbt.clear_inactive_orders(0)
        orders = hbt.orders(0).values()
        while orders.has_next():
            order = orders.get()
            if order.cancellable:
                hbt.cancel(0, order.order_id, False)
        hbt.submit_buy_order(0, number, depth.best_bid, 1.0, GTC, LIMIT, False)
        hbt.submit_sell_order(0, number + 1, depth.best_ask, 1.0, GTC, LIMIT, False)
        number += 2
    return wake


def run(given):
    """One run; seconds are of the loop alone, the data are loaded."""
    asset = (
        BacktestAsset()
        .data(given["rows"])
        .linear_asset(1.0)
        .constant_order_latency(int(given["entry"]), int(given["response"]))
        .risk_adverse_queue_model()
        .no_partial_fill_exchange()
        .tick_size(float(given["tick"]))
        .lot_size(1.0)
    )
    hbt = HashMapMarketDepthBacktest([asset])
    wakes = int(given["wakes"]) + 10
    positions, balances = np.zeros(wakes), np.zeros(wakes)
    start = time.perf_counter()
    count = quoting(hbt, int(given["interval"]), positions, balances)
    spent = time.perf_counter() - start
    hbt.close()
    return spent, positions[:count], balances[:count]


def main():
    """Answer rounds until stdin ends."""
    path = sys.argv[1]
    given = dict(np.load(path))
    for _ in sys.stdin:
        spent, positions, balances = run(given)
        np.savez(path.replace(".npz", ".answer.npz"), positions=positions, balances=balances)
        print(json.dumps({"seconds": spent}), flush=True)


if __name__ == "__main__":
    main()
