from .bars import fill_plan as fill_plan

__all__ = ["fill_plan"]
