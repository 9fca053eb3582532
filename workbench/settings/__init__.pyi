from .model import Settings as Settings
from .model import load_settings as load_settings
from .places import cache_folder as cache_folder
from .places import home as home
from .places import shipped as shipped
from .places import shipped_folders as shipped_folders
from .secrets import masked as masked
from .show import ShownSetting as ShownSetting
from .show import show_settings as show_settings

__all__ = [
    "Settings",
    "ShownSetting",
    "cache_folder",
    "home",
    "load_settings",
    "masked",
    "shipped",
    "shipped_folders",
    "show_settings",
]
