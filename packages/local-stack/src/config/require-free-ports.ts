import { isPortFree } from '../ports';
import { StackError } from '../stack-error';
import { serviceNames } from '../stack';
import { portVariableOf, type StackConfig } from './config';

/** @throws StackError that names each port in use and the variable that changes it */
export async function requireFreePorts({ ports, host }: Pick<StackConfig, 'ports' | 'host'>): Promise<void> {
  const wanted = serviceNames.filter((name) => ports[name] !== 0);
  const free = await Promise.all(
    wanted.map((name) => isPortFree(ports[name], name === 'gateway' ? host : '127.0.0.1')),
  );
  const taken = wanted.filter((_, index) => !free[index]);
  if (taken.length === 0) return;
  const list = taken.map((name) => `${ports[name]} (${portVariableOf(name)})`).join(', ');
  const example = taken.map((name) => `${portVariableOf(name)}=${ports[name] + 10_000}`).join(' ');
  const subject = taken.length === 1 ? `Port ${list} is` : `Ports ${list} are`;
  throw new StackError(
    `${subject} in use: stop the process that listens there, or set another port, for example \`${example} npm start\``,
  );
}
