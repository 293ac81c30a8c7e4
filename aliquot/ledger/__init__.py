"""The append-only credit ledger: activities, and the credit entries they earned.

Words: activity, credit entry, reversing entry. A balance is the sum of entries; nothing is edited
or deleted. It does not know what a credential asks for: standing pulls from here.
"""
