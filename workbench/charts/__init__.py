"""Frames in, Bokeh figures out, and the HTML page that holds them.

Bokeh alone: it is in the base install, so a tear sheet needs nothing else. HoloViews and
hvPlot bring Panel with them and are used on the dashboards only. Every function returns a
figure or layout that a notebook, a page and a file show alike; nothing is computed here
beyond what drawing needs.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
