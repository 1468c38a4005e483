import { z } from 'zod';
import { serviceEnvironment } from '../config';

/** Settings of a process that has a database. */
export const databaseEnvironment = {
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(2).max(200).default(10),
};

/** Settings of a command that works on a database and ends, for example migrate or seed. */
export const commandEnvironment = {
  LOG_LEVEL: serviceEnvironment.LOG_LEVEL,
  LOG_FORMAT: serviceEnvironment.LOG_FORMAT,
  LOG_REPEAT_WINDOW_SECONDS: serviceEnvironment.LOG_REPEAT_WINDOW_SECONDS,
  DATABASE_URL: databaseEnvironment.DATABASE_URL,
};
