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

  test.each([
    ['ADMIN_PASSWORD', 'ADMIN_PASSWORD is not set, nor ADMIN_PASSWORD_FILE\n'],
    ['SERVICE_KEY_FILE', 'SERVICE_KEY_FILE is not set\n'],
    ['LEVEL', 'LEVEL is not set\n'],
  ])('names the ways to set %s if it is missing', (name, message) => {
    const load = () => loadConfig({ service: 'shop', schema: z.object({ [name]: z.string() }), env: {} });

    expect(load).toThrow(message);
  });

  test('treats an empty value as not set', () => {
    const config = loadConfig({ service: 'shop', schema, env: { PORT: '1', SECRET: 's', LEVEL: '' } });

    expect(config.LEVEL).toBe('low');
  });

  describe('NAME_FILE', () => {
    const fileWith = (text: string) => {
      const file = join(mkdtempSync(join(tmpdir(), 'config-')), 'secret');
      writeFileSync(file, text);
      return file;
    };

    test('is the file that NAME is read from', () => {
      const env = { PORT: '1', SECRET_FILE: fileWith('from a file\n') };

      expect(loadConfig({ service: 'shop', schema, env }).SECRET).toBe('from a file');
    });

    test('is rejected together with NAME; the message names both', () => {
      const env = { PORT: '1', SECRET: 'hunter2', SECRET_FILE: fileWith('hunter3') };
      const load = () => loadConfig({ service: 'shop', schema, env });

      expect(load).toThrow('1 setting(s) need attention:\n  - SECRET and SECRET_FILE are both set');
      expect(load).toThrow(expect.objectContaining({ message: expect.not.stringContaining('hunter') }));
    });

    test('may be empty while NAME is set, and NAME may be empty', () => {
      const load = (env: NodeJS.ProcessEnv) =>
        loadConfig({ service: 'shop', schema, env: { PORT: '1', ...env } });

      expect(load({ SECRET: 'direct', SECRET_FILE: '' }).SECRET).toBe('direct');
      expect(load({ SECRET: '', SECRET_FILE: fileWith('from a file') }).SECRET).toBe('from a file');
    });

    test.each(['', ' \n'])('is rejected if the file contains only %j', (text) => {
      const file = fileWith(text);
      const load = () => loadConfig({ service: 'shop', schema, env: { PORT: '1', SECRET_FILE: file } });

      expect(load).toThrow(
        `1 setting(s) need attention:\n  - SECRET_FILE names an empty file: write the value to ${file}`,
      );
    });

    test('is rejected if the file cannot be read', () => {
      const env = { PORT: '1', SECRET_FILE: '/does/not/exist' };
      const load = () => loadConfig({ service: 'shop', schema, env });

      expect(load).toThrow('1 setting(s) need attention:\n  - SECRET_FILE cannot be read: ENOENT');
    });

    test('is not read if it is a setting itself', () => {
      const both = z.object({ OPERATIONS: z.string().optional(), OPERATIONS_FILE: z.string() });
      const env = { OPERATIONS: 'log', OPERATIONS_FILE: '/does/not/exist' };

      expect(loadConfig({ service: 'shop', schema: both, env })).toEqual(env);
      expect(loadConfig({ service: 'shop', schema: both, env: { OPERATIONS_FILE: 'list' } })).toEqual({
        OPERATIONS_FILE: 'list',
      });
    });
  });
});
