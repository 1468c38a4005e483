export { startJobs } from './job-runner';
export type { JobHandler, JobRunner } from './job-runner';
export { addJob, queueByHash, removeJob } from './job-queue';
export type { JobRequest } from './job-queue';
