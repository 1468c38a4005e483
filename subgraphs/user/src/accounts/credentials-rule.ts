import { checkNewPassword } from '../passwords/new-password-rule';
import { normaliseEmail } from './email';

export type CredentialsCheck =
  { kind: 'acceptable'; email: string } | { kind: 'refused'; fields: { path: string; message: string }[] };

/** Checks the email and the password of a new account; a refusal names every field that breaks a rule. */
export function checkCredentials(
  input: { email: string; password: string },
  allowedPasswords: readonly string[],
): CredentialsCheck {
  const email = normaliseEmail(input.email);
  const password = checkNewPassword(input.password, { email, allowed: allowedPasswords });
  if (email !== null && password.kind === 'acceptable') return { kind: 'acceptable', email };
  const fields: { path: string; message: string }[] = [];
  if (email === null) {
    fields.push({
      path: 'email',
      message: 'must be an email address of at most 254 characters, for example name@example.com',
    });
  }
  if (password.kind === 'refused') fields.push({ path: 'password', message: password.rule });
  return { kind: 'refused', fields };
}
