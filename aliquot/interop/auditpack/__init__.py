"""The audit pack: a ZIP archive with every proof of a cycle and an index of what each proves.

``archive.stream`` writes it piece by piece, ``tables`` its tables, ``index`` its first page. Names
in it are made here and are plain ASCII. The same declaration gives the same bytes every time.
"""
