from .application import application as application
from .application import serve as serve
from .catalogue import catalogue_page as catalogue_page
from .dashboards import Dashboard as Dashboard
from .dashboards import dashboards as dashboards
from .explorer import explorer as explorer
from .fields import Input as Input
from .fields import choice as choice
from .fields import fields_of as fields_of
from .fields import given as given
from .fields import input_of as input_of
from .fields import model_fields as model_fields
from .form import operation_form as operation_form
from .frame import figure as figure
from .frame import metric_cards as metric_cards
from .frame import page as page
from .frame import panel_card as panel_card
from .job import Job as Job
from .question import Question as Question
from .shown import shown as shown
from .shown import table as table

__all__ = [
    "Dashboard",
    "Input",
    "Job",
    "Question",
    "application",
    "catalogue_page",
    "choice",
    "dashboards",
    "explorer",
    "fields_of",
    "figure",
    "given",
    "input_of",
    "metric_cards",
    "model_fields",
    "operation_form",
    "page",
    "panel_card",
    "serve",
    "shown",
    "table",
]
