"""Makes a table of the suite's results and puts it into a page.

    report.py reports/index.json [page.md]

Ends with 1 if a case failed or was only nearly right. For Python 2.7, which the
suite needs anyway.
"""

from __future__ import print_function

import collections
import io
import json
import re
import sys

BEGIN = u"<!-- results: written by server/tests/autobahn/run -->\n"
END = u"<!-- end of results -->\n"

GROUPS = collections.OrderedDict([
    ("1", u"text and binary messages"),
    ("2", u"pings and pongs"),
    ("3", u"reserved bits"),
    ("4", u"reserved opcodes"),
    ("5", u"fragments"),
    ("6", u"UTF-8"),
    ("7", u"closing"),
    ("9", u"up to 16 MiB, whole and in pieces"),
    ("10", u"fragments of the sender's own making"),
    ("12", u"permessage-deflate, messages"),
    ("13", u"permessage-deflate, parameters"),
])

# No compression is offered, so these can't be tried.
NOT_OFFERED = ("12", "13")


def order(case):
    return [int(part) for part in case.split(".")]


def verdict(result):
    """The worse of what the suite says about messages and about the close."""
    message, close = result["behavior"], result["behaviorClose"]
    return close if message in ("OK", "UNIMPLEMENTED") and close != "OK" else message


def is_good(case, word):
    if case.split(".")[0] in NOT_OFFERED and word == "UNIMPLEMENTED":
        return True
    return word in ("OK", "INFORMATIONAL")


def table(results):
    lines = [u"| cases | about | OK | informational | not offered | other |",
             u"|---|---|---|---|---|---|"]
    total = [0, 0, 0, 0]
    for group, about in GROUPS.items():
        words = [verdict(r) for case, r in results.items() if case.split(".")[0] == group]
        if not words:
            continue
        known = [words.count(w) for w in ("OK", "INFORMATIONAL", "UNIMPLEMENTED")]
        counts = known + [len(words) - sum(known)]
        total = [a + b for a, b in zip(total, counts)]
        lines.append(u"| %s.* | %s | %d | %d | %d | %d |" % tuple([group, about] + counts))
    lines.append(u"| all | | **%d** | %d | %d | **%d** |" % tuple(total))
    return u"\n".join(lines) + u"\n"


def put(page, text):
    with io.open(page, encoding="utf-8") as file:
        old = file.read()
    pattern = re.escape(BEGIN) + u".*?" + re.escape(END)
    new, found = re.subn(pattern, lambda _: BEGIN + u"\n" + text + u"\n" + END, old, flags=re.S)
    if found != 1:
        sys.exit("%s has no place for results" % page)
    with io.open(page, "w", encoding="utf-8") as file:
        file.write(new)


def main():
    with io.open(sys.argv[1], encoding="utf-8") as file:
        results = json.load(file)["place"]
    if not results:
        sys.exit("no case ran")
    text = table(results)
    bad = [(case, verdict(results[case])) for case in sorted(results, key=order)
           if not is_good(case, verdict(results[case]))]
    if bad:
        text += u"\n" + u"".join(u"- %s: %s\n" % pair for pair in bad)
    print(text)
    if len(sys.argv) > 2:
        put(sys.argv[2], text)
    sys.exit(1 if bad else 0)


main()
