import { runCommand } from '@shop/kit/service';
import { ensureAdmin } from './accounts/ensure-admin';
import { loadSeedSettings } from './config';
import { connect } from './data-source';
import { PasswordHasher } from './passwords/password-hasher';

void runCommand({
  name: 'user-seed',
  loadSettings: loadSeedSettings,
  work: async (settings, logger) => {
    const passwords = new PasswordHasher(settings.BCRYPT_COST);
    const dataSource = await connect(settings);
    try {
      const admin = { email: settings.ADMIN_EMAIL, password: settings.ADMIN_PASSWORD };
      const outcome = await ensureAdmin({
        dataSource,
        passwords,
        admin,
        isReset: settings.ADMIN_PASSWORD_RESET,
      });
      logger.info('admin account', { email: admin.email, outcome });
    } finally {
      await dataSource.destroy();
      await passwords.close();
    }
  },
});
