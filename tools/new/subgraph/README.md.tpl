# __name__

**Owns** `__Entity__` (database `__table__`, table `__table__`).

**Events** in and out: none. **Internal operations**: none.

## Rules

- Every caller can read a `__Entity__`; only an ADMIN can create one.
