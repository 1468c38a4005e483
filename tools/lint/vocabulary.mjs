// Finds words that docs/glossary.md replaces by the field's terms, in identifiers, file names and strings
// (messages, test titles).
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);

const replacements = {
  anew: 'again',
  away: 'unavailable, disconnected or stopped',
  bury: 'moveToDeadLetter',
  buried: 'dead-lettered',
  callee: 'target or ServiceClient',
  courtesy: 'process priority',
  judge: 'decide, check or evaluate',
  judged: 'decided, checked or evaluated',
  mend: 'fix or recover',
  mended: 'fixed or recovered',
  nobody: 'no client or anonymous',
  patient: 'reconnecting or withRetry',
  presence: 'lease',
  tell: 'notify, report or export',
  tells: 'notifies, reports or exports',
  told: 'notified or rejected with',
  verdict: 'decision or result',
  verdicts: 'decisions or results',
  warden: 'orphan watchdog',
};

/** Words of good prose that are wrong as names. */
const identifierReplacements = {
  fact: 'event, input or record',
  facts: 'events, inputs or records',
  finding: 'result, outcome or violation',
  findings: 'results, outcomes or violations',
  turn: 'slot',
  turns: 'slots or ConcurrencyLimiter',
};

const phrases = {
  'under way': 'in progress',
  'must be said': 'is required',
  'who may ask what': 'authorization matrix',
};

/** The Unix user; the label of a documented metric; a property of ESLint's syntax tree. */
const exempt = new Set([
  'packages/local-stack/src/postgres/account.ts nobody',
  'eslint.config.mjs callee',
  'packages/kit/src/resilience/guard.ts callee',
]);

const isChecked = (path) =>
  /\.(ts|mjs|cjs)$/.test(path) && !/\/(generated|migrations|corpora)\/|^tools\/lint\//.test(path);

/**
 * @param root the repository
 * @param paths tracked files, relative to it
 * @returns one problem per occurrence, with the replacement
 */
export function vocabularyProblems(root, paths) {
  const ts = require('typescript');
  return paths.filter(isChecked).flatMap((path) => {
    const problems = [];
    const check = (text, line, isName) => {
      const words = isName ? { ...replacements, ...identifierReplacements } : replacements;
      for (const word of wordsOf(text))
        if (Object.hasOwn(words, word) && !exempt.has(`${path} ${word}`))
          problems.push(`${path}:${line}: "${word}": write ${words[word]}`);
      for (const [phrase, replacement] of Object.entries(phrases))
        if (text.toLowerCase().includes(phrase))
          problems.push(`${path}:${line}: "${phrase}": write ${replacement}`);
    };
    check(path, 1, true);
    const source = ts.createSourceFile(
      path,
      readFileSync(join(root, path), 'utf8'),
      ts.ScriptTarget.Latest,
      true,
    );
    const visit = (node) => {
      const isName = ts.isIdentifier(node) || ts.isPrivateIdentifier(node);
      if (
        isName ||
        ts.isStringLiteralLike(node) ||
        ts.isTemplateHead(node) ||
        ts.isTemplateMiddleOrTemplateTail(node)
      )
        check(node.text, source.getLineAndCharacterOfPosition(node.getStart()).line + 1, isName);
      ts.forEachChild(node, visit);
    };
    visit(source);
    return problems;
  });
}

function wordsOf(text) {
  const spaced = text.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return new Set(spaced.split(/[^a-z]+/));
}
