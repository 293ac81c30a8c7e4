"""Plain helpers that know neither Django nor the business: text, dates, decimals, codes, errors."""
