"""The set-up: seven steps from an empty connection to one that sends. Each page leaves off where
the person left; nothing is sent but the three orders of step 6, until step 7 switches it on.

steps       which step is done, and which is the open one
checklist   step 2: what the Web Connector has reached so far
questions   step 3: the six questions; what is shown beside them; facts: the figures
answers     what is saved for an answer
trial       steps 6 and 7: the chosen orders, how far each is, and what may be chosen
routes      the pages and their buttons
"""

from qbwc_service.admin.set_up.routes import pages as pages
