import type { Watched } from '../observe';
import type { Scene } from '../scene';

/** The field asked for is called `result`. */
export interface GraphQuestion extends Watched {
  query: string;
  variables?: Record<string, unknown>;
  headers?: Record<string, string>;
}

/** One reference to an entity, and what is to be shown of it. */
export interface EntityQuestion extends Watched {
  representation: { __typename: string } & Record<string, unknown>;
  selection: string;
}

/** The method is in the row's name, and the path, too, where it has no parameter and no query. */
export interface HttpQuestion extends Watched {
  path?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

/** How rows are asked, by their names. Each cell gets a question of its own, with fresh data where something changes. */
export type Questions<Row extends string, Question> = Readonly<
  Record<Row, (scene: Scene) => Question | Promise<Question>>
>;

/** Keeps the rows' names, so that a table must have exactly these. */
export function defineQuestions<Question>() {
  return <Row extends string>(questions: Questions<Row, Question>): Questions<Row, Question> => questions;
}
