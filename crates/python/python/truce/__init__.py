"""Trade law as a ledger you can run.

What a shipment owes, on any date, as the law was known on any date, in any world, with the law behind every cent:

>>> import truce
>>> truce.duty("9503.00.00.73", "CN", "2025-05-20", 10_000)["duty"]
'3000.00'
>>> assessed = truce.assess(frame)                    # pyarrow, Polars, pandas, DuckDB: the same kind back
>>> back = truce.diff(frame, from_="known=entry", to="known=today").report["difference"]
"""

from truce._api import Difference, Ledger, assess, brief, diff, duty, panel
from truce._error import TruceError
from truce._truce import VERSION as __version__

__all__ = ["Difference", "Ledger", "TruceError", "assess", "brief", "diff", "duty", "panel", "__version__"]
