from .operations import check_leaks as check_leaks

__all__ = ["check_leaks"]
