"""The app's routes: who may call each, what it reads, what it answers.

Each module has the handlers of its subject and their rows; `answer` joins the rows into one table.
"""

from app.routes.answer import ROUTER, answer, problem
from app.routes.call import Call

__all__ = ["ROUTER", "Call", "answer", "problem"]
