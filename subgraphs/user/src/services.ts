import type { Outbox } from '@shop/events/outbox';
import { createTokenSigner } from '@shop/kit/auth';
import type { ServiceBase } from '@shop/kit/subgraph';
import { LoginService } from './accounts/login.service';
import { PasswordChangeService } from './accounts/password-change.service';
import { RegistrationService } from './accounts/registration.service';
import { UserRepository } from './users/user.repository';
import { openThrottles } from './attempt-throttle/open-throttles';
import { allowedCommonPasswords, type UserSettings } from './config';
import { PasswordHasher } from './passwords/password-hasher';
import { SessionRepository } from './sessions/session.repository';
import { SessionService } from './sessions/session.service';
import { watchSigningKeys } from './signing-keys/signing-keys';

export type UserServices = ReturnType<typeof createServices>;

/** Wires repositories, keys and throttles into services, once. */
export function createServices(parts: ServiceBase<UserSettings> & { outbox: Outbox }) {
  const { settings, dataSource, logger, onClose } = parts;
  const keys = watchSigningKeys({ directory: settings.SIGNING_KEYS_DIR, logger });
  onClose(() => keys.close());
  const passwords = new PasswordHasher(settings.BCRYPT_COST);
  onClose(() => passwords.close());
  const throttles = openThrottles(settings, logger);
  onClose(() => throttles.close());
  const signer = createTokenSigner({
    currentKey: () => keys.currentKey(),
    issuer: settings.JWT_ISSUER,
    audience: settings.JWT_AUDIENCE,
  });
  const users = new UserRepository(dataSource);
  const sessionRows = new SessionRepository(dataSource);
  const base = {
    ...parts,
    users,
    passwords,
    throttles,
    allowedCommonPasswords: allowedCommonPasswords(settings),
  };
  const sessions = new SessionService({
    ...{ ...base, sessions: sessionRows, signer },
    successorSecrets: () => keys.successorSecrets(),
    refreshRepeatSeconds: settings.REFRESH_REPEAT_SECONDS,
  });
  const logins = new LoginService({ ...base, sessions });
  return {
    keys,
    users,
    sessionRows,
    sessions,
    logins,
    registrations: new RegistrationService({ ...base, sessions, logins }),
    passwordChanges: new PasswordChangeService({ ...base, sessionRepository: sessionRows }),
  };
}
