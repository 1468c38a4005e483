import type { Pool, PoolClient } from 'pg';
import { DataSource, getMetadataArgsStorage } from 'typeorm';
import { reachCrashPoint } from '../crash-points';
import { isRecording, type Span, startSpan } from '../telemetry';
import { nameOf } from './statement-metrics';
import { hasStalePlan, isConnectionLost, isConnectionStale, isSqlError, sqlErrorOf } from './sql-error';
import { retryConflicts, type Transaction } from './transaction';

/** A named statement: PostgreSQL parses and plans it once per connection. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

/** A statement that PostgreSQL parses and plans on each call, for its values. */
type UnpreparedStatement = Pick<Statement, 'text'>;

/** PostgreSQL truncates longer names, so two of them could become equal. */
const longestName = 63;

/**
 * @param name unique in the process, for example `OrderRepository.move`; put in front of the text
 *   as a comment
 * @throws Error for a name of more than 63 characters
 */
export function statement(name: string, text: string): Statement {
  if (name.length > longestName)
    throw new Error(
      `The statement name ${name} has ${name.length} characters; at most ${longestName} are allowed.`,
    );
  return { name, text: `/* ${name} */ ${text.trim()}` };
}

/**
 * For a statement whose plan must fit its values, or of which there are many texts.
 *
 * @param name put in front of the text as a comment
 */
export function unpreparedStatement(name: string, text: string): UnpreparedStatement {
  return { text: `/* ${name} */ ${text.trim()}` };
}

/**
 * Runs a statement in the transaction, or autocommitted on a connection of the pool.
 *
 * @returns the rows; for a statement that changes rows, those of RETURNING
 * @throws pg's DatabaseError, or an error for which `isConnectionLost` is true
 */
export async function query<Row>(
  where: DataSource | Transaction,
  statement: SentStatement,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  if (where instanceof DataSource) return queryPool(where, statement, values);
  const { queryRunner } = where;
  if (!queryRunner) return queryPool(where.connection, statement, values);
  const connection = await (queryRunner.connect() as Promise<PoolClient>);
  try {
    return await send(connection, statement, values);
  } catch (error) {
    // TypeORM's `release` would return the connection to the pool after the rollback.
    if (isConnectionStale(error))
      await (queryRunner as unknown as ReleasableQueryRunner).releasePostgresConnection(error as Error);
    throw error;
  }
}

/** What TypeORM does not declare: with an error, the pool closes the connection. */
interface ReleasableQueryRunner {
  releasePostgresConnection(error: Error): Promise<void>;
}

/**
 * Runs one step of a saga as an autocommitted statement. Tests can kill the process before and
 * after it. A deadlock or a serialization failure is retried.
 *
 * @param step for example `order.payment_started`
 * @param checkBefore called once a connection is acquired; if it throws, the statement is not sent
 */
export async function commitStep<Row>(
  dataSource: DataSource,
  step: string,
  statement: Statement,
  values?: readonly unknown[],
  checkBefore?: () => void,
): Promise<Row[]> {
  reachCrashPoint(`${step}.before-commit`);
  const rows = await retryConflicts(() => queryPool<Row>(dataSource, statement, values, checkBefore));
  reachCrashPoint(`${step}.after-commit`);
  return rows;
}

/** Runs an autocommitted statement; without its name, so without a plan, if its plan was stale. */
async function queryPool<Row>(
  dataSource: DataSource,
  statement: SentStatement,
  values?: readonly unknown[],
  checkBefore?: () => void,
): Promise<Row[]> {
  try {
    return await queryOnce(dataSource, statement, values, checkBefore);
  } catch (error) {
    if (!hasStalePlan(error)) throw error;
    // Another connection of the pool can have the same stale plan.
    return queryOnce(dataSource, { text: statement.text }, values, checkBefore);
  }
}

/** Not `pool.query`, which closes the connection after every error of a statement. */
async function queryOnce<Row>(
  { driver }: DataSource,
  statement: SentStatement,
  values: readonly unknown[] = [],
  checkBefore: () => void = () => undefined,
): Promise<Row[]> {
  const connection = await (driver as unknown as { master: Pool }).master.connect();
  let lost: Error | undefined;
  // A client that is in use has no other listener, so a lost connection would end the process.
  const onError = (error: Error) => (lost = error);
  connection.on('error', onError);
  try {
    checkBefore();
    return await send(connection, statement, values);
  } catch (error) {
    // The error of a server shutdown arrives before the connection is closed.
    if (isConnectionLost(error) || isConnectionStale(error)) lost ??= error as Error;
    throw error;
  } finally {
    connection.off('error', onError);
    connection.release(lost);
  }
}

type SentStatement = UnpreparedStatement & Partial<Statement>;

async function send<Row>(
  connection: PoolClient,
  statement: SentStatement,
  values: readonly unknown[],
): Promise<Row[]> {
  const span = startStatementSpan(statement);
  try {
    return (await connection.query({ ...statement, values: values as unknown[] })).rows as Row[];
  } catch (error) {
    failStatementSpan(span, error);
    throw error;
  } finally {
    span?.end();
  }
}

function startStatementSpan(sent: SentStatement): Span | undefined {
  if (!isRecording()) return undefined;
  // Of a statement that is repeated without its name, too.
  const summary = nameOf(sent);
  return startSpan(summary, {
    kind: 'client',
    attributes: { 'db.system.name': 'postgresql', 'db.query.summary': summary },
  });
}

function failStatementSpan(span: Span | undefined, error: unknown): void {
  if (!span) return;
  const { code } = sqlErrorOf(error);
  if (isSqlError(error)) span.set({ 'db.response.status_code': code });
  span.fail(code === '' ? error : code);
}

/**
 * The columns of an entity under the names of its properties, for SELECT and RETURNING in statements
 * that TypeORM does not write: `orders.user_id AS "userId", orders.step AS "step"`.
 *
 * @param table the table or its alias; without it the columns are not qualified
 * @param except properties to leave out
 * @throws Error if the class has no columns, so is not an entity
 */
export function columnList<Entity extends object>(
  entity: new () => Entity,
  { table, except = [] }: { table?: string; except?: readonly (keyof Entity & string)[] } = {},
): string {
  const columns = getMetadataArgsStorage().filterColumns([entity]);
  if (columns.length === 0) throw new Error(`${entity.name} has no @Column: it is not an entity.`);
  return columns
    .filter(({ propertyName }) => !(except as readonly string[]).includes(propertyName))
    .map(({ propertyName, options }) => {
      const name = options.name ?? propertyName;
      return `${table ? `${table}.` : ''}${name} AS "${propertyName}"`;
    })
    .join(', ');
}
