from .form import Form as Form
from .opening import form as form

__all__ = ["Form", "form"]
