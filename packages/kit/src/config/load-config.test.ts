import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError, loadConfig } from '.';

const schema = z.object({
  PORT: z.coerce.number().int().max(65_535),
  SECRET: z.string(),
  LEVEL: z.enum(['low', 'high']).default('low'),
});

describe('loadConfig', () => {
  test('reports all missing and invalid settings at once', () => {
    const load = () => loadConfig({ service: 'shop', schema, env: { PORT: 'many', LEVEL: 'middle' } });

    expect(load).toThrow(ConfigError);
    expect(load).toThrow(
      /PORT=many is not valid: it must be a number[^]*SECRET is not set|SECRET is not set[^]*PORT=many/,
    );
    expect(load).toThrow(/LEVEL=middle is not valid/);
  });

  test.each(['ADMIN_PASSWORD', 'WEBHOOK_SECRET', 'STRIPE_KEY', 'ACCESS_TOKEN', 'USER_DATABASE_URL'])(
    'never shows the value of %s, which may be a secret',
    (name) => {
      const secret = z.object({ [name]: z.string().max(3) });
      const load = () => loadConfig({ service: 'shop', schema: secret, env: { [name]: 'hunter2' } });

      expect(load).toThrow(`${name} is not valid`);
      expect(load).toThrow(expect.objectContaining({ message: expect.not.stringContaining('hunter2') }));
    },
  );

  test('treats an empty value as not set', () => {
    const config = loadConfig({ service: 'shop', schema, env: { PORT: '1', SECRET: 's', LEVEL: '' } });

    expect(config.LEVEL).toBe('low');
  });

  test('reads NAME from the file that NAME_FILE names', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'config-')), 'secret');
    writeFileSync(file, 'from a file\n');

    const config = loadConfig({ service: 'shop', schema, env: { PORT: '1', SECRET_FILE: file } });

    expect(config.SECRET).toBe('from a file');
  });
});
