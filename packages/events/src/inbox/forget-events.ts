import { inTransaction } from '@shop/kit/database';
import { addJob, type JobHandler } from '@shop/kit/jobs';
import type { DataSource } from 'typeorm';
import { forgetOld } from './inbox.repository';

/** Name of the job that forgets events that cannot come again. */
export const forgetEventsJob = 'forget-events';

/** Longer than any bus keeps an event: a repeat after that would have its effect again. */
export const inboxDays = 30;

const dayMs = 24 * 60 * 60 * 1_000;
const batchSize = 5_000;

/** Plans the job's next run, unless it is planned already. */
export async function planForgetting(dataSource: DataSource, delayMs = dayMs): Promise<void> {
  await inTransaction(dataSource, (transaction) =>
    addJob(transaction, {
      task: forgetEventsJob,
      payload: {},
      key: forgetEventsJob,
      delayMs,
      keepsTime: true,
    }),
  );
}

/** The handler of `forget-events`: some rows at a time, and again at once while there are more. */
export function forgetEventsTask(dataSource: DataSource): JobHandler {
  return async () => {
    const removed = await forgetOld(dataSource.manager, { days: inboxDays, limit: batchSize });
    await planForgetting(dataSource, removed === batchSize ? 0 : dayMs);
  };
}
