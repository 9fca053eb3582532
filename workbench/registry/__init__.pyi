from .calling import call as call
from .calling import validated as validated
from .catalogue import catalogue as catalogue
from .catalogue import schema as schema
from .checking import checked as checked
from .index import Entry as Entry
from .index import find as find
from .index import operations as operations
from .naming import broken as broken
from .naming import lookup as lookup
from .naming import names as names
from .naming import register as register
from .operation import operation as operation
from .saving import save as save
from .schemas import ParameterSchema as ParameterSchema
from .schemas import Schema as Schema

__all__ = [
    "Entry",
    "ParameterSchema",
    "Schema",
    "broken",
    "call",
    "catalogue",
    "checked",
    "find",
    "lookup",
    "names",
    "operation",
    "operations",
    "register",
    "save",
    "schema",
    "validated",
]
