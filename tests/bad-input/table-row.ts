import type { RawResponse, RawRequest } from './raw-client';
import type { Given } from './place';

/** What the requests of the table need besides. */
export interface TableGiven extends Given {
  expiredToken: string;
  /** Signed by somebody else with the kid of ours. */
  forgedToken: string;
  /** An order of another customer, and who that is. */
  foreignOrderId: string;
  foreignUserId: string;
}

/** One request and its answer. */
export interface Row {
  what: string;
  request: (given: TableGiven) => RawRequest;
  status: number;
  /** As `outcomeOf` says it. */
  outcome: string;
  /** That the answer must have. */
  header?: [name: string, value: string];
}

/** By the classes of the table of bad input. */
export type Table = Record<string, readonly Row[]>;

interface Body {
  code?: string;
  errors?: { extensions?: { code?: string } }[];
  data?: Record<string, { __typename?: string } | boolean | null>;
}

/** REST's `code`; of GraphQL the first error's code, else what the first field is: a member of its union, null, or a value. */
export function outcomeOf({ headers, text }: RawResponse): string {
  if (!headers['content-type']?.includes('json')) return text;
  const { code, errors, data } = JSON.parse(text) as Body;
  if (code) return code;
  if (errors?.[0]) return errors[0].extensions?.code ?? 'an error without a code';
  if (!data) return 'success';
  const [field] = Object.values(data);
  if (typeof field !== 'object' || field === null) return String(field);
  return field.__typename ?? 'a value';
}
