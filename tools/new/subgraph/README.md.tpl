# __name__

**Owns** `__Entity__` (database `__table__`, table `__table__`).

**Events** in and out: none. **Internal operations**: none.

## Rules

- Everybody reads a `__Entity__`; only an ADMIN creates one.
