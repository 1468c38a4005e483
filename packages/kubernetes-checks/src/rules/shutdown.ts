import { serviceEnvironment } from '@shop/kit/config';
import { telemetryShutdownMs } from '@shop/kit/telemetry';
import { z } from 'zod';
import { settingsOf } from '../manifests/settings';
import type { Container } from '../manifests/workload';
import type { Rule } from './rule';

/** The image sets NODE_ENV=production, where this is the default of DRAIN_DELAY_MS. */
const productionDrainDelayMs = 5_000;
/** The default of the gateway's SUBGRAPH_TIMEOUT_MS: the time limit of a mutation. */
const longestRequestMs = 5_000;

const shutdownSettings = z.object({
  DRAIN_DELAY_MS: serviceEnvironment.DRAIN_DELAY_MS.default(productionDrainDelayMs),
  DRAIN_TIMEOUT_MS: serviceEnvironment.DRAIN_TIMEOUT_MS,
  SUBGRAPH_TIMEOUT_MS: z.coerce.number().default(longestRequestMs),
});

const kubernetesDefaultSeconds = 30;

/** A pod is killed only after it has finished its requests. */
export const gracePeriods: Rule = ({ workloads, contents }) =>
  workloads.flatMap((workload) => {
    const { podSpec, object, path, isLongRunning } = workload;
    const graceSeconds = podSpec.terminationGracePeriodSeconds ?? kubernetesDefaultSeconds;
    return (isLongRunning ? podSpec.containers : []).flatMap((container) => {
      const parts = shutdownParts(container, settingsOf(workload, container, contents));
      const neededSeconds = parts.reduce((sum, { seconds }) => sum + seconds, 0);
      if (graceSeconds > neededSeconds) return [];
      const sum = parts.map(({ name, seconds }) => `${name} ${seconds} s`).join(' + ');
      const message = `The pod is killed after ${graceSeconds} s, but needs ${neededSeconds} s (${sum}): set it to ${Math.floor(neededSeconds) + 1} or more`;
      return [{ rule: 'grace-period', object, path: `${path}/terminationGracePeriodSeconds`, message }];
    });
  });

function shutdownParts(
  { lifecycle }: Container,
  settings: ReadonlyMap<string, string | undefined>,
): { name: string; seconds: number }[] {
  const preStop = { name: 'preStop', seconds: lifecycle?.preStop?.sleep?.seconds ?? 0 };
  const isService = settings.has('SERVICE');
  if (!isService) return [preStop];
  const values = shutdownSettings.parse(Object.fromEntries(settings));
  return [
    preStop,
    { name: 'DRAIN_DELAY_MS', seconds: values.DRAIN_DELAY_MS / 1_000 },
    { name: 'DRAIN_TIMEOUT_MS', seconds: values.DRAIN_TIMEOUT_MS / 1_000 },
    { name: 'longest request', seconds: values.SUBGRAPH_TIMEOUT_MS / 1_000 },
    { name: 'last spans', seconds: telemetryShutdownMs / 1_000 },
  ];
}

/** Without it, a pod stops before all proxies have removed it from their lists. */
export const preStops: Rule = ({ workloads, contents }) =>
  workloads.flatMap((workload) =>
    workload.podSpec.containers.flatMap((container, index) => {
      const isService = workload.isLongRunning && settingsOf(workload, container, contents).has('SERVICE');
      if (!isService || container.lifecycle?.preStop?.sleep?.seconds) return [];
      const message = `The container ${container.name} has no preStop sleep: add lifecycle.preStop.sleep.seconds`;
      const path = `${workload.path}/containers/${index}/lifecycle/preStop`;
      return [{ rule: 'pre-stop', object: workload.object, path, message }];
    }),
  );
