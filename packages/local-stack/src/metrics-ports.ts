import { freePorts, isPortFree } from './ports';
import { recordOf, type ServiceName, serviceNames } from './services';

/** The gateway's; the subgraphs have the next ones in the order of `serviceNames`. */
const firstPort = 9464;

/** The default ports of /metrics on METRICS_HOST, each replaced by any free port if it is in use. */
export async function chooseMetricsPorts(host: string): Promise<Record<ServiceName, number>> {
  const isFree = await Promise.all(serviceNames.map((_name, index) => isPortFree(firstPort + index, host)));
  const others = await freePorts(serviceNames.length);
  return recordOf(serviceNames, (name) => {
    const index = serviceNames.indexOf(name);
    return isFree[index] ? firstPort + index : (others[index] as number);
  });
}
