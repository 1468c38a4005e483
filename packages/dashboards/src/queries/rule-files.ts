import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '@shop/local-stack/stack';
import { parse } from 'yaml';

/** A recording rule or an alert. */
export interface Rule {
  /** File name without its folder. */
  file: string;
  record?: string;
  alert?: string;
  expr: string;
  labels?: Readonly<Record<string, string>>;
  annotations?: Readonly<Record<string, string>>;
}

export const rulesDirectory = join(workspaceRoot, 'docker', 'prometheus', 'rules');

/** All rules in docker/prometheus/rules. */
export function readRules(): Rule[] {
  return readdirSync(rulesDirectory).flatMap((file) => {
    const { groups } = parse(readFileSync(join(rulesDirectory, file), 'utf8')) as {
      groups: { rules: Omit<Rule, 'file'>[] }[];
    };
    return groups.flatMap(({ rules }) => rules.map((rule) => ({ file, ...rule })));
  });
}
